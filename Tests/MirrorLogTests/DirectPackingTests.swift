import BillingModel
import Foundation
import MirrorLog
import Testing

/// Holds what is packed straight from the parse against what the plain way gives.
@Suite("packing straight from the parse")
struct DirectPackingTests {
    private func expectTheSame(_ log: [UInt8], _ comment: Comment) throws {
        var reader = try BatchReader()
        var seen = LogBatchTests.Seen()
        seen.add(reader.read(whole: log))
        #expect(try seen == LogBatchTests.plainly(log), comment)
    }

    @Test(
        "every kind of record packs the same, in every shape and envelope",
        arguments: MirrorRecord.Kind.allCases
    )
    func shapes(kind: MirrorRecord.Kind) throws {
        for seed in 0..<200 {
            var random = RandomRecords(seed: UInt64(seed))
            let record = random.record(kind)
            var log: [UInt8] = []
            for shape in StripeShape.allCases {
                for envelope in StripeEnvelope.allCases {
                    let style = StripeStyle(shape: shape, envelope: envelope)
                    log += RecordWriter(style: style).line(record)
                }
            }
            try expectTheSame(log, "seed \(seed)")
        }
    }

    @Test("values that don't belong where they stand make no difference", arguments: 0..<40)
    func odd(seed: UInt64) throws {
        var random = Seeded(seed)
        var log: [UInt8] = []
        for _ in 0..<150 {
            var records = RandomRecords(seed: random.next())
            let kind = random.pick([MirrorRecord.Kind.stripe, .stripe, .execution, .change])
            let style = StripeStyle(
                shape: random.pick(StripeShape.allCases),
                envelope: random.pick(StripeEnvelope.allCases)
            )
            let line = RecordWriter(style: style).line(records.record(kind))
            var text = JSONText()
            text.value(random.disturbed(try JSONTree(Array(line.dropLast()))))
            text.endLine()
            log += text.bytes
        }
        try expectTheSame(log, "seed \(seed)")
    }

    @Test("the events that the fast way knows by heart")
    func knownByHeart() throws {
        let ids = ["evt_1", "evt_2", "żółw", "\u{212A}", "K", ""]
        let objects = [
            #""object":"invoice","id":"in_1","currency":"eur","amount_due":5"#,
            #""object":"invoice","id":"","currency":"eur","amount_due":5,"status":"open""#,
            #""object":"charge","customer":{"id":"cus_1"}"#,
            #""object":"charge","customer":null,"customer_account":"cus_2""#,
            #""object":"invoice","id":"in_1","currency":"USD","amount_due":5,"status":"void","#
                + #""metadata":{"covers":"in_2,in_3","bad_debt_paid":"true"},"amount_paid":-1"#,
            #""object":"invoice","id":"in_1","currency":"USD","amount_due":5,"status":"paid","#
                + #""paid_out_of_band":true,"metadata":{"covers":"","bad_debt_paid":"soon"}"#,
        ]
        let types = ["invoice.paid", "invoice.upcoming", "invoice.deleted", "new.thing"]
        var log = ""
        for (id, other) in ids.flatMap({ id in ids.map { (id, $0) } }) {
            for object in objects {
                for type in types {
                    log += #"{"v":1,"id":"\#(id)","kind":"stripe","at":"2026-03-01T00:00:00Z","#
                    log += #""account":"a","event":{"id":"\#(other)","type":"\#(type)","#
                    log += #""created":1772323200,"data":{"object":{\#(object)}}}}"# + "\n"
                }
            }
        }
        try expectTheSame(Array(log.utf8), "known by heart")
    }

    @Test("every kept log packs the same")
    func corpus() throws {
        let root = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let cases = root.appending(path: "corpora/cases")
        let names = try FileManager.default.contentsOfDirectory(atPath: cases.path)
        var count = 0
        for name in names.sorted() {
            let file = cases.appending(path: name).appending(path: "log.ndjson")
            guard let log = try? Data(contentsOf: file) else { continue }
            try expectTheSame(Array(log), "\(name)")
            count += 1
        }
        #expect(count > 300)
    }
}

extension Seeded {
    /// A tree in which a value or two are others, gone or there twice.
    fileprivate mutating func disturbed(_ tree: JSONTree) -> JSONTree {
        switch tree {
        case .object(var members):
            guard !members.isEmpty, chance(90) else { return odd() }
            let place = Int.random(in: 0..<members.count, using: &self)
            switch Int.random(in: 0..<10, using: &self) {
            case 0: members.remove(at: place)
            case 1: members.append(JSONTree.Member(members[place].key, odd()))
            case 2: members[place].value = odd()
            default: members[place].value = disturbed(members[place].value)
            }
            return .object(members)
        case .array(var elements):
            guard !elements.isEmpty, chance(80) else { return odd() }
            let place = Int.random(in: 0..<elements.count, using: &self)
            elements[place] = disturbed(elements[place])
            return .array(elements)
        case .null, .bool, .integer, .number, .string: return chance(70) ? odd() : tree
        }
    }

    private mutating func odd() -> JSONTree {
        pick([
            .null, .bool(true), .integer(0), .integer(.max), .integer(-1), .string(""),
            .string("event"), .string("invoice"), .string("żółw"), .string("open"), .array([]),
            .object([]), .object([JSONTree.Member("id", .string("cus_9"))]), .array([.null]),
            .string("2026-03-01T00:00:00.25+02:00"), .string("invoice.paid"), .string("C"),
        ])
    }
}
