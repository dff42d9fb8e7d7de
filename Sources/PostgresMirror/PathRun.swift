import BillingModel
import MirrorLog

/// What a legacy service says of a run of its own: in a logical message, or in a row.
struct PathRun: Hashable, Sendable {
    /// Its name, where it has one.
    var id: String?
    var path: LegacyPath
    /// The event or request that it reacts to.
    var trigger: String?
    /// Whose run it is; the accounts of the changed rows where it does not say.
    var account: AccountID?
    var started: Instant?
    var finished: Instant?
    var outcome = Execution.Outcome.completed
    var error: String?
    /// What it says it did; `nil` where the changed rows say it alone.
    var effects: [JSONTree]?

    /// A run of which only the path is known.
    init(path: LegacyPath) {
        self.path = path
    }

    /// Reads a logical message.
    ///
    /// Members that are not known are passed over, as in the log.
    /// - Parameter content: JSON.
    /// - Throws: ``RecordError`` where it is no object or lacks a path that is known.
    init(message content: [UInt8]) throws(RecordError) {
        let tree: JSONTree
        do throws(RecordError) {
            tree = try JSONTree(content)
        } catch {
            throw error.inside("message")
        }
        guard case .object = tree else {
            throw RecordError("message: it is \(tree.kindInWords), not an object")
        }
        guard let path = try Self.text("path", tree).flatMap({ LegacyPath(rawValue: $0) }) else {
            throw RecordError("message: `path` is none of A to E")
        }
        self.path = path
        id = try Self.text("id", tree)
        trigger = try Self.text("trigger", tree)
        account = try Self.text("account", tree).map { AccountID($0) }
        started = try Self.time("started", tree)
        finished = try Self.time("finished", tree)
        error = try Self.text("error", tree)
        if let name = try Self.text("outcome", tree) {
            guard let known = Execution.Outcome(rawValue: name) else {
                throw RecordError("message: `outcome` is not known")
            }
            outcome = known
        } else if error != nil {
            outcome = .failed
        }
        switch tree["effects"] {
        case nil, .null?: effects = nil
        case .array(let elements)?: effects = elements
        default: throw RecordError("message: `effects` is no array")
        }
    }

    /// Reads a row of the table of executions.
    ///
    /// - Returns: `nil` while the run has not ended.
    /// - Throws: ``RecordError`` where the row makes no sense.
    init?(row: MappedRow) throws(RecordError) {
        let outcomeName = row["outcome"].text
        finished = row["finished"].time
        guard finished != nil || outcomeName != nil else { return nil }
        account = try row.owner()
        guard let path = row["path"].text.flatMap({ LegacyPath(rawValue: $0) }) else {
            throw RecordError("column `path` is none of A to E")
        }
        self.path = path
        id = row["id"].text
        trigger = row["trigger"].text
        started = row["started"].time
        error = row["error"].text
        if let outcomeName {
            guard let known = Execution.Outcome(rawValue: outcomeName) else {
                throw RecordError("column `outcome` is not known")
            }
            outcome = known
        } else if error != nil {
            outcome = .failed
        }
        if case .json(let tree) = row["effects"] {
            guard let elements = tree.elements else {
                throw RecordError("column `effects` is no JSON array")
            }
            effects = elements
        }
    }

    private static func text(_ key: String, _ tree: JSONTree) throws(RecordError) -> String? {
        switch tree[key] {
        case nil, .null?: return nil
        case .string(let text)?: return text
        default: throw RecordError("message: `\(key)` is no text")
        }
    }

    private static func time(_ key: String, _ tree: JSONTree) throws(RecordError) -> Instant? {
        guard let text = try text(key, tree) else { return nil }
        guard let instant = Instant(rfc3339: text) else {
            throw RecordError("message: `\(key)` is no RFC 3339 time")
        }
        return instant
    }

    /// Writes the run as the value of an `execution`.
    ///
    /// What it says of its effects comes first, and of the effects that rows show only those that it
    /// does not speak of.
    /// - Parameters:
    ///   - shown: What the changed rows show.
    ///   - time: When the transaction committed: the time of whatever has none of its own.
    ///   - json: Where to write.
    func write(_ shown: [Effect], at time: Instant, into json: inout JSONText) {
        let end = finished ?? (outcome == .stuck ? nil : time)
        json.object { json in
            json.member("path", path.rawValue)
            json.member("trigger", trigger)
            json.member("finished", end)
            json.member("outcome", outcome.rawValue)
            json.member("error", error)
            json.array("effects") { json in
                for effect in effects ?? [] { Self.write(stated: effect, at: end ?? time, &json) }
                let stated = (effects ?? []).map { EffectSubject($0) }
                for effect in shown where !stated.contains(EffectSubject(effect)) {
                    json.object { json in
                        json.member("at", time)
                        RecordWriter().writeEffect(effect, into: &json)
                        json.member("ok", true)
                    }
                }
            }
        }
    }

    private static func write(stated effect: JSONTree, at time: Instant, _ json: inout JSONText) {
        guard case .object(let members) = effect else { return json.value(effect) }
        json.object { json in
            if effect["at"] == nil { json.member("at", time) }
            for member in members {
                json.key(member.key)
                json.value(member.value)
            }
            if effect["ok"] == nil { json.member("ok", true) }
        }
    }
}

/// What an effect changes: two effects of one subject are the same deed told twice.
private struct EffectSubject: Hashable {
    private let name: String
    private let thing: String

    /// The subject of an effect as somebody stated it.
    init(_ tree: JSONTree) {
        name = tree["do"]?.string ?? ""
        thing =
            tree["subscription"]?.string ?? tree["event"]?.string
            ?? tree["bit"]?.integer.map(String.init) ?? ""
    }

    /// The subject of an effect that rows show.
    init(_ effect: Effect) {
        var json = JSONText()
        json.object { RecordWriter().writeEffect(effect, into: &$0) }
        self.init((try? JSONTree(json.bytes)) ?? .null)
    }
}
