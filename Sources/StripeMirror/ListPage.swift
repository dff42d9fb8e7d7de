package import BillingModel
package import MirrorLog

/// One page of a list, as Stripe's API gives it, with each element exactly as it came.
package struct ListPage: Hashable, Sendable {
    /// The elements, in the order in which they stand: newest first.
    package var elements: [Element]
    /// Whether there is more behind the last element.
    package var hasMore: Bool

    /// A page from its parts.
    package init(elements: [Element], hasMore: Bool) {
        self.elements = elements
        self.hasMore = hasMore
    }

    /// One element.
    package struct Element: Hashable, Sendable {
        /// Its id; `nil` where it has none that can be read.
        package var id: String?
        /// Its `created`; `nil` where it has none that can be read.
        package var created: Instant?
        /// The element as it came.
        package var raw: RawJSON.Slice

        /// An element as it came.
        package init(_ raw: RawJSON.Slice) {
            self.raw = raw
            id = RawJSON.string(RawJSON.member("id", of: raw)).flatMap { $0.isEmpty ? nil : $0 }
            created = RawJSON.integer(RawJSON.member("created", of: raw))
                .flatMap { Instant(unixSeconds: $0) }
        }
    }

    /// Reads `{"object":"list","data":[…],"has_more":…}`.
    ///
    /// Anything else is no page, rather than an empty one: an empty page would say that there is
    /// nothing. So is a page that says that more follows, and names nothing to go on from.
    /// - Parameters:
    ///   - body: The body of an answer.
    ///   - scanner: A scanner of the calling thread.
    /// - Throws: ``RecordError`` that says what is wrong.
    package init(_ body: [UInt8], _ scanner: JSONScanner) throws(RecordError) {
        let root = try RawJSON.checked(body, scanner)
        guard RawJSON.string(RawJSON.member("object", of: root)) == "list" else {
            throw RecordError("it is no list")
        }
        guard let data = RawJSON.member("data", of: root),
            let elements = RawJSON.elements(of: data)
        else { throw RecordError("the list has no `data`") }
        guard let more = RawJSON.member("has_more", of: root) else {
            throw RecordError("the list does not say whether there is more")
        }
        switch String(decoding: more, as: UTF8.self) {
        case "true": hasMore = true
        case "false": hasMore = false
        default: throw RecordError("`has_more` is neither true nor false")
        }
        self.elements = elements.map { Element($0) }
        guard !hasMore || cursor != nil else {
            throw RecordError("more follows, and no element has an id to go on from")
        }
    }

    /// The id from which the next page goes on.
    ///
    /// It is the last element's, or, where that has none, the last one's that has: then some come twice.
    package var cursor: String? { elements.last { $0.id != nil }?.id }
}
