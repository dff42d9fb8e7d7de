package import DunningBrain
package import MirrorLog

/// What becomes of amounts.
package enum AmountTreatment: Hashable, Sendable {
    /// They stay.
    case kept
    /// They are multiplied by a whole number of 1 or more.
    ///
    /// A whole number, because then sums, differences and equalities hold exactly.
    case multiplied(by: Int64)
}

/// Takes out of the records of one case what would tell whose they are, and leaves what a verdict
/// rests on.
///
/// Pure: the same records and secret give the same bytes.
package struct Redaction: Sendable {
    private let secret: [UInt8]
    private let amounts: AmountTreatment

    /// A redaction.
    ///
    /// - Parameters:
    ///   - secret: The key of the pseudonyms; whoever has it can try ids out.
    ///   - amounts: What becomes of amounts.
    ///   - policy: What the case is judged by.
    /// - Throws: ``RecordError`` for a short secret, for a factor that is no whole number of 1 or
    ///   more, and where amounts would be multiplied under a policy that compares them with one of
    ///   its own.
    package init(
        secret: [UInt8],
        amounts: AmountTreatment = .kept,
        policy: Policy
    ) throws(RecordError) {
        try Pseudonyms.check(secret)
        if case .multiplied(let factor) = amounts {
            guard factor >= 1 else {
                throw RecordError("amounts can't be multiplied by \(factor), only by 1 or more")
            }
            guard policy.threshold == 0 else {
                throw RecordError(
                    "amounts can't be multiplied under a policy whose threshold is "
                        + "\(policy.threshold): they would stand elsewhere to it"
                )
            }
        }
        self.secret = secret
        self.amounts = amounts
    }

    /// Redacts the records of one case.
    ///
    /// - Parameter lines: The records as they stand in the log, a line each, with or without their
    ///   line feeds. An id is the same id in all of them.
    /// - Returns: The redacted records, in the same order. Of two different records of one id, the
    ///   one that counts for nothing is left out.
    /// - Throws: ``RecordError`` that names the line, for one that can't be read, and where
    ///   something would have come through. It may quote the record.
    package func redact(_ lines: [[UInt8]]) throws(RecordError) -> RedactedCase {
        let reader = try RecordReader()
        var read: [(line: Int, tree: JSONTree, record: MirrorRecord)] = []
        for (index, line) in lines.enumerated() {
            read.append(
                try Self.inside(line: index + 1) { () throws(RecordError) in
                    let text = Self.withoutEnd(line)
                    return (index + 1, try JSONTree(text), try reader.read(copying: text))
                }
            )
        }
        let standing = Redeliveries.standing(read.map(\.record))
        read = zip(read, standing).filter(\.1).map(\.0)

        var gatherer = Redactor(amounts)
        for entry in read { _ = try Self.redacted(entry.tree, entry.line, by: &gatherer) }
        let pseudonyms = try Pseudonyms(of: gatherer.texts, secret: secret)
        var writer = Redactor(amounts, pseudonyms)
        var result: [(line: Int, text: [UInt8])] = []
        for entry in read {
            var json = JSONText()
            json.value(try Self.redacted(entry.tree, entry.line, by: &writer))
            result.append((entry.line, json.bytes))
        }

        var check = RedactionCheck(pseudonyms)
        for entry in read { check.note(original: entry.tree) }
        for (line, text) in result {
            try Self.inside(line: line) { () throws(RecordError) in
                _ = try reader.read(copying: text)
                try check.pass(JSONTree(text))
            }
        }
        try check.passDigests()
        let isChinese = read.contains { $0.tree.namesChina }
        return RedactedCase(
            lines: result.map { $0.text + [UInt8(ascii: "\n")] },
            region: isChinese ? .cn : .global,
            pseudonyms: pseudonyms,
            amounts: amounts
        )
    }

    private static func redacted(
        _ tree: JSONTree,
        _ line: Int,
        by redactor: inout Redactor
    ) throws(RecordError) -> JSONTree {
        do throws(RecordError) {
            guard let redacted = try redactor.redact(tree, by: RedactionTable.record) else {
                throw RecordError("the record is of no kind that the table has")
            }
            return redacted
        } catch {
            throw error.inside("line \(line)")
        }
    }

    private static func inside<Result>(
        line: Int,
        _ body: () throws(RecordError) -> Result
    ) throws(RecordError) -> Result {
        do throws(RecordError) { return try body() } catch { throw error.inside("line \(line)") }
    }

    private static func withoutEnd(_ line: [UInt8]) -> [UInt8] {
        let ends = line.reversed().prefix { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        return Array(line.dropLast(ends.count))
    }
}

/// The records of a case after redaction.
package struct RedactedCase: Sendable {
    /// A record each, line feed included.
    package let lines: [[UInt8]]
    /// The region of the corpus that the case belongs in, by the legal entities that the original
    /// records name; ``CorpusRegion/admits(_:)`` tells which corpora may hold it.
    package let region: CorpusRegion
    /// What stands for each id: for naming the account of the redacted case, and never to be kept
    /// beside it.
    package let pseudonyms: Pseudonyms
    /// What became of amounts.
    package let amounts: AmountTreatment
}

extension JSONTree {
    /// Whether a legal entity anywhere in it is `cn`, in a place that is read or not.
    fileprivate var namesChina: Bool {
        switch self {
        case .object(let members):
            members.contains { member in
                let isEntity = member.key == "legal_entity"
                let entity = member.value.string?.lowercased()
                return isEntity && CorpusRegion(legalEntity: entity) == .cn
                    || member.value.namesChina
            }
        case .array(let elements): elements.contains(where: \.namesChina)
        case .null, .bool, .integer, .number, .string: false
        }
    }
}
