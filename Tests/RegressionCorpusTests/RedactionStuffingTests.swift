import DunningBrain
import MirrorLog
import RegressionCorpus
import Testing

/// Whatever else stands in a record, what comes out is the same.
struct RedactionStuffingTests {
    private static let log = Result { try LogByAccount(fleetLines("small")) }

    @Test("members that nobody knows make no difference to a byte", arguments: 0..<40)
    func stuffing(seed: Int) throws {
        let accounts = try Self.log.get().lines.sorted { $0.key < $1.key }
        let lines = accounts[seed * 31 % accounts.count].value
        let redaction = try Redaction(secret: testSecret, policy: Policy())
        var stuffing = Stuffing(count: seed)
        let stuffed = try lines.map { line in
            var json = JSONText()
            json.value(stuffing.stuffed(try JSONTree(line)))
            return json.bytes
        }
        try #require(stuffing.count > seed + 20)
        #expect(try redaction.redact(stuffed).lines == redaction.redact(lines).lines)
    }
}

/// Puts members that no table has into every object, each unlike the others.
private struct Stuffing {
    private(set) var count: Int

    init(count: Int) {
        self.count = count
    }

    mutating func stuffed(_ tree: JSONTree) -> JSONTree {
        switch tree {
        case .array(let elements): return .array(elements.map { stuffed($0) })
        case .object(let members):
            var result: [JSONTree.Member] = []
            for member in members {
                if count % 3 == 0 { result.append(secret()) }
                // What an effect writes is compared with what a model writes, so it counts.
                let isWritten = member.key == "set"
                result.append(.init(member.key, isWritten ? member.value : stuffed(member.value)))
            }
            return .object(result + [secret()])
        case .null, .bool, .integer, .number, .string: return tree
        }
    }

    private mutating func secret() -> JSONTree.Member {
        count += 1
        let name = ["email", "name", "ip_address", "last4", "zz", "Ada Lovelace"][count % 6]
        let values: [JSONTree] = [
            .string("ada\(count)@lovelace.example"), .integer(4_242_424_242_424_242), .bool(true),
            .array([.string("12 St James Square"), .object([.init("id", .string("Ada"))])]),
            .object([.init("line1", .string("12 St James Square")), .init("id", .string("Ada"))]),
        ]
        return .init("\(name)_\(count)", values[count % values.count])
    }
}
