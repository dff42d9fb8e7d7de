/// Objects that are listed as Stripe lists them: newest first, by pages, between two times.
package struct ListedObjects: Sendable {
    /// One object.
    package struct Object: Hashable, Sendable {
        /// Its id.
        package var id: String
        /// Its `created`, in seconds.
        package var created: Int64
        /// From which second on it is listed.
        package var listed: Int64
        /// The object as it is sent.
        package var json: String

        /// An object.
        package init(id: String, created: Int64, listed: Int64? = nil, json: String) {
            self.id = id
            self.created = created
            self.listed = listed ?? created
            self.json = json
        }
    }

    private var objects: [Object]

    /// Some objects.
    package init(_ objects: [Object]) {
        self.objects = objects.sorted { ($0.created, $0.id) > ($1.created, $1.id) }
    }

    /// Adds an object.
    package mutating func add(_ object: Object) {
        self = ListedObjects(objects + [object])
    }

    /// The page that a request asks for.
    ///
    /// - Parameters:
    ///   - target: Path and query of the request.
    ///   - second: The time; what is listed later, or was created before `oldest`, is not there.
    ///   - oldest: From which second on objects are kept.
    /// - Returns: The body; `nil` where the request goes on from an object that is not listed.
    package func page(_ target: String, at second: Int64, oldest: Int64 = .min) -> String? {
        let query = Self.query(of: target)
        let from = query["created[gte]"].flatMap { Int64($0) } ?? .min
        let to = query["created[lte]"].flatMap { Int64($0) } ?? .max
        let there = objects.filter { $0.listed <= second && $0.created >= oldest }
        var rest = there[...]
        if let cursor = query["starting_after"] {
            guard let place = there.firstIndex(where: { $0.id == cursor }) else { return nil }
            rest = there[(place + 1)...]
        }
        let matching = rest.filter { $0.created >= from && $0.created <= to }
        let limit = query["limit"].flatMap { Int($0) } ?? 10
        let data = matching.prefix(limit).map(\.json).joined(separator: ",")
        let hasMore = matching.count > limit
        return #"{"object":"list","url":"/v1/events","has_more":\#(hasMore),"data":[\#(data)]}"#
    }

    /// A query's parameters; of one that stands more than once the last.
    package static func query(of target: String) -> [String: String] {
        let parts = target.split(separator: "?", maxSplits: 1)
        guard parts.count == 2 else { return [:] }
        var query: [String: String] = [:]
        for item in parts[1].split(separator: "&") {
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query[decoded(pair[0])] = pair.count == 2 ? decoded(pair[1]) : ""
        }
        return query
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            else {
                bytes.append(byte)
                continue
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
