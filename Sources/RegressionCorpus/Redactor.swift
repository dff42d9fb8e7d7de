import BillingModel
import MirrorLog

/// Rewrites trees by the allow-list, in two passes.
///
/// The first notes every text that is to become a pseudonym, the second puts the pseudonyms in:
/// their order can be known only when all are.
struct Redactor {
    private let amounts: AmountTreatment
    /// What the second pass puts in; `nil` in the first.
    private let pseudonyms: Pseudonyms?
    /// What the first pass met.
    private(set) var texts: Set<String> = []
    /// What all amounts come to, signs aside, after the treatment.
    private var total: Int64 = 0

    init(_ amounts: AmountTreatment, _ pseudonyms: Pseudonyms? = nil) {
        self.amounts = amounts
        self.pseudonyms = pseudonyms
    }

    /// What a value becomes; `nil` where it goes.
    ///
    /// - Throws: ``RecordError`` with the place in the value, for what can't be redacted.
    mutating func redact(
        _ tree: JSONTree,
        by treatment: Treatment
    ) throws(RecordError) -> JSONTree? {
        if tree == .null { return .null }
        switch treatment {
        case .list(let element): return try list(tree, of: element)
        case .object(let table): return try object(tree, by: table)
        case .chosen(let key, let tables):
            guard let name = tree.member(key)?.string, let table = tables[name] else { return nil }
            return try object(tree, by: table)
        case .entries(let table): return try entries(tree, table)
        case .event: return try event(tree)
        case .reference:
            if case .object = tree { return try object(tree, by: RedactionTable.expanded) }
            return try text(tree.string, by: .id)
        case .keys(let known):
            guard let elements = tree.elements else { return nil }
            var keys: [JSONTree] = []
            for key in elements {
                if let key = try text(key.string, by: .word(known, otherwise: .pseudonym)) {
                    keys.append(key)
                }
            }
            return .array(keys)
        case .seconds: return tree.integer.flatMap { Instant(unixSeconds: $0) } == nil ? nil : tree
        case .amount:
            guard let amount = tree.integer else { return nil }
            return .integer(try treated(amount))
        case .integer: return tree.integer == nil ? nil : tree
        case .boolean: if case .bool = tree { return tree } else { return nil }
        case .word, .id, .idsInText, .actor, .time, .amountInText, .currency, .version, .eventType:
            return try text(tree.string, by: treatment)
        }
    }
}

// MARK: - Containers

extension Redactor {
    private mutating func object(
        _ tree: JSONTree,
        by table: MemberTable
    ) throws(RecordError) -> JSONTree? {
        guard case .object(let members) = tree else { return nil }
        var kept: [JSONTree.Member] = []
        for (place, member) in members.enumerated() {
            // Of two members of one name the readers take the last.
            guard let treatment = table[member.key],
                !members[(place + 1)...].contains(where: { $0.key == member.key })
            else { continue }
            if let value = try redact(member, by: treatment) { kept.append(value) }
        }
        return .object(kept)
    }

    private mutating func redact(
        _ member: JSONTree.Member,
        by treatment: Treatment
    ) throws(RecordError) -> JSONTree.Member? {
        do throws(RecordError) {
            return try redact(member.value, by: treatment).map { .init(member.key, $0) }
        } catch {
            throw error.inside(member.key)
        }
    }

    /// An array, or a Stripe list that may hold pages back.
    private mutating func list(
        _ tree: JSONTree,
        of element: Treatment
    ) throws(RecordError) -> JSONTree? {
        guard let elements = tree.elements else {
            return try object(
                tree,
                by: [
                    "object": .word(["list"], otherwise: .nothing), "data": .list(element),
                    "has_more": .boolean,
                ]
            )
        }
        var kept: [JSONTree] = []
        for value in elements {
            if let value = try redact(value, by: element) { kept.append(value) }
        }
        return .array(kept)
    }

    private mutating func entries(
        _ tree: JSONTree,
        _ table: MemberTable
    ) throws(RecordError) -> JSONTree? {
        guard case .object(let members) = tree else { return nil }
        var kept: [JSONTree.Member] = []
        for member in members {
            if let treatment = table[member.key] {
                if let known = try redact(member, by: treatment) { kept.append(known) }
            } else if let value = try redact(member.value, by: .id) {
                kept.append(.init(try pseudonym(of: member.key), value))
            }
        }
        return .object(kept)
    }

    /// An event, opened as the reader opens it.
    private mutating func event(_ tree: JSONTree) throws(RecordError) -> JSONTree? {
        guard case .object = tree else { return nil }
        for envelope in ["detail", "data"] {
            guard let inner = tree.member(envelope), case .object = inner else { continue }
            let isEvent =
                tree.member("object")?.string == nil && inner.member("object")?.string == "event"
            guard envelope == "detail" || isEvent else { continue }
            guard let opened = try event(inner) else { return nil }
            return .object([.init(envelope, opened)])
        }
        guard case .object(var kept) = try object(tree, by: RedactionTable.event) else {
            return nil
        }
        guard let data = tree.member("data"), let carried = data.member("object") else {
            return .object(kept)
        }
        let type = StripeEventType(tree.member("type")?.string ?? "")
        let kind = RedactionTable.kind(of: carried.member("object")?.string, type)
        let table = kind.flatMap { RedactionTable.snapshots[$0] } ?? RedactionTable.otherSnapshot
        if let snapshot = try redact(.init("object", carried), by: .object(table)) {
            kept.append(.init("data", .object([snapshot])))
        }
        return .object(kept)
    }
}

extension JSONTree {
    /// The member of a name that the readers take: of several the last.
    fileprivate func member(_ key: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }
}

// MARK: - Texts

extension Redactor {
    private mutating func text(
        _ text: String?,
        by treatment: Treatment
    ) throws(RecordError) -> JSONTree? {
        guard let text else { return nil }
        switch treatment {
        case .word(let words, let substitute):
            // The list's own word comes out, not one that only counts as equal to it.
            if let word = words.first(where: { $0 == text }) { return .string(word) }
            switch substitute {
            case .nothing: return nil
            case .pseudonym: return .string(try pseudonym(of: text))
            case .neutral(let word): return .string(word)
            }
        case .idsInText:
            var ids: [String] = []
            for id in Invoice.ids(in: text) { ids.append(try pseudonym(of: id.rawValue)) }
            return .string(ids.joined(separator: ","))
        case .actor: return .string(try actor(text))
        case .time: return Instant(rfc3339: text).map { .string($0.description) }
        case .amountInText:
            guard let amounts = AmountText(text) else { return .string(try pseudonym(of: text)) }
            return .string(try amounts.mapped { amount throws(RecordError) in try treated(amount) })
        case .currency: return Currency(text).map { .string($0.code) }
        case .version: return VersionText(text).map { .string($0.text) }
        case .eventType: return .string(RedactionTable.redacted(eventType: text))
        default: return .string(try pseudonym(of: text))
        }
    }

    private mutating func pseudonym(of text: String) throws(RecordError) -> String {
        guard let pseudonyms else {
            // Equal in Swift and not in bytes: two ids here, and one there.
            let (_, known) = texts.insert(text)
            guard known.utf8.elementsEqual(text.utf8) else {
                throw RecordError("two ids look the same and are not the same bytes")
            }
            return ""
        }
        guard let name = pseudonyms[text] else {
            throw RecordError("a text was overlooked when the ids were gathered")
        }
        return name
    }

    /// `admin:4711` keeps `admin`.
    private mutating func actor(_ text: String) throws(RecordError) -> String {
        let role = RedactionTable.actors.first { text == $0 || text.hasPrefix($0 + ":") }
        if let role, role == text { return role }
        let name = try pseudonym(of: text)
        return role.map { "\($0):\(name)" } ?? name
    }

    private mutating func treated(_ amount: Int64) throws(RecordError) -> Int64 {
        guard case .multiplied(let factor) = amounts else { return amount }
        let (product, overflow) = amount.multipliedReportingOverflow(by: factor)
        guard !overflow, let magnitude = Int64(exactly: product.magnitude),
            case let (sum, isBeyond) = total.addingReportingOverflow(magnitude), !isBeyond
        else {
            // A sum that saturates in one log and not in the other would change what is compared.
            throw RecordError("the amounts of the case, times \(factor), do not fit 64 bits")
        }
        total = sum
        return product
    }
}
