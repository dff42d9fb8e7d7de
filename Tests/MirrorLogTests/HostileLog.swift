import BillingModel
import MirrorLog

/// Logs of random records with everything between them that a reader must get over.
enum HostileLog {
    /// The longest line that is to be read of such a log: some of its lines are longer.
    static let limit = 900

    /// A log of about so many lines.
    static func make(seed: UInt64, lines count: Int) -> [UInt8] {
        var random = Seeded(seed)
        var log: [UInt8] = random.chance(30) ? [0xef, 0xbb, 0xbf] : []
        for _ in 0..<count {
            log += line(&random)
            log += random.chance(80) ? [0x0a] : [0x0d, 0x0a]
        }
        // A last line that no line feed ends, whole or cut off.
        if random.chance(50) { log += line(&random) }
        if random.chance(30) { log.removeLast(min(log.count, 7)) }
        return log
    }

    private static func line(_ random: inout Seeded) -> [UInt8] {
        let whole = recordLine(&random)
        switch Int.random(in: 0..<20, using: &random) {
        case 0: return []
        case 1: return Array(random.pick([" ", "\t \r", "null", "[]", "{}", #"{"v":1}"#]).utf8)
        case 2: return Array(whole.prefix(Int.random(in: 0...whole.count, using: &random)))
        case 3:
            var damaged = whole
            let place = Int.random(in: 0..<damaged.count, using: &random)
            damaged[place] = random.pick([0xff, 0xc3, 0x80, 0, 0x22, 0x5c, 0x2c, 0x0a, 0x0d])
            return damaged
        case 4:
            let over = Int.random(in: 0...3, using: &random)
            return [UInt8](repeating: 0x78, count: limit - 1 + over) + random.pick([[], [0x0d]])
        case 5: return [0xef, 0xbb, 0xbf] + whole
        default: return whole
        }
    }

    /// A record's line, in any shape; of the first few accounts most often.
    private static func recordLine(_ random: inout Seeded) -> [UInt8] {
        let kind = random.pick(MirrorRecord.Kind.allCases)
        var records = RandomRecords(seed: random.next())
        var record = random.chance(20) ? random.record(kind) : records.record(kind)
        if record.account != nil, random.chance(80) {
            record.account = AccountID("acct_\(Int.random(in: 0...3, using: &random))")
        }
        let style = StripeStyle(
            shape: random.pick(StripeShape.allCases),
            envelope: random.pick(StripeEnvelope.allCases)
        )
        return RecordWriter(style: style).line(record).dropLast()
    }
}
