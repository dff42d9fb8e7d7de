import BillingModel
import MirrorLog
import Testing

@Suite("packed records")
struct PackedRecordTests {
    @Test("what was packed is what is unpacked, but for `seen`", arguments: 0..<40)
    func roundTrip(seed: UInt64) throws {
        var random = Seeded(seed)
        for kind in MirrorRecord.Kind.allCases {
            for _ in 0..<25 {
                var record = random.record(kind)
                let packed = record.packed()
                record.seen = nil
                #expect(try MirrorRecord(packed: packed) == record)
                #expect(record.packed() == packed)
                #expect(try PackedRecord.id(of: packed[...]) == record.id)
                #expect(try PackedRecord.at(of: packed[...]) == record.at)
                #expect(try PackedRecord.kind(of: packed[...]) == record.kind)
            }
        }
    }

    @Test("a packed record cut short anywhere is refused", arguments: 0..<10)
    func truncation(seed: UInt64) {
        var random = Seeded(seed)
        for kind in MirrorRecord.Kind.allCases {
            let packed = random.record(kind).packed()
            for length in 0..<packed.count {
                #expect(throws: PackedError.self) {
                    try MirrorRecord(packed: packed.prefix(length))
                }
            }
            #expect(throws: PackedError.self) { try MirrorRecord(packed: packed + [0]) }
        }
    }

    @Test("damaged and random bytes never crash the reader", arguments: 0..<20)
    func damage(seed: UInt64) {
        var random = Seeded(seed)
        for _ in 0..<200 {
            var packed = random.record(random.pick(MirrorRecord.Kind.allCases)).packed()
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                packed[Int.random(in: 0..<packed.count, using: &random)] =
                    UInt8.random(in: 0...255, using: &random)
            }
            if let record = try? MirrorRecord(packed: packed) {
                #expect((try? MirrorRecord(packed: record.packed())) == record)
            }
            let noise = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            _ = try? MirrorRecord(packed: noise)
            for kind in 0..<6 {
                _ = try? MirrorRecord(packed: [3, 0x41, 1, UInt8(kind), 0] + noise)
            }
        }
    }

    @Test("the state of an account travels outside a record", arguments: 0..<20)
    func stateAlone(seed: UInt64) throws {
        var random = Seeded(seed)
        let state = random.accountState()
        var writer = PackedWriter()
        writer.write(state)
        let unpacked = try PackedReader.read(writer.bytes[...]) { reader throws(PackedError) in
            try AccountState(unpacking: &reader)
        }
        #expect(unpacked == state)
    }

    @Test("numbers at the ends of their ranges survive")
    func numbers() throws {
        let signed: [Int64] = [.min, .min + 1, -65, -64, -1, 0, 1, 63, 64, .max - 1, .max]
        let unsigned: [UInt64] = [0, 127, 128, 1 << 62, 1 << 63, .max]
        var writer = PackedWriter()
        writer.write(signed)
        writer.write(unsigned)
        try PackedReader.read(writer.bytes[...]) { reader throws(PackedError) in
            #expect(try [Int64](unpacking: &reader) == signed)
            #expect(try [UInt64](unpacking: &reader) == unsigned)
        }
    }

    @Test(
        "a number of more than 64 bits, a count beyond the bytes and a text that is no UTF-8 throw",
        arguments: [
            [UInt8](repeating: 0xff, count: 9) + [2], [UInt8](repeating: 0x80, count: 11),
            [0xff, 0xff, 0xff, 0xff, 0x0f], [5, 0xc3, 0x28], [0],
        ]
    )
    func refusals(bytes: [UInt8]) {
        #expect(throws: PackedError.self) {
            try PackedReader.read(bytes[...]) { reader throws(PackedError) in
                _ = try reader.text()
            }
        }
        #expect(throws: PackedError.self) {
            try PackedReader.read(bytes[...]) { reader throws(PackedError) in
                _ = try [String](unpacking: &reader)
                throw PackedError.truncated(at: 0)
            }
        }
    }

    @Test("an invoice event with ids of full length takes less than 140 bytes")
    func size() throws {
        let line = """
            {"v":1,"id":"evt_1PqRsTuVwXyZ012345678901","kind":"stripe",\
            "at":"2026-03-01T00:00:00.123456Z","account":"0123456789abcdef01234567","event":{\
            "id":"evt_1PqRsTuVwXyZ012345678901","object":"event","livemode":true,\
            "type":"invoice.marked_uncollectible","created":1772323200,"data":{"object":{\
            "object":"invoice","id":"in_1PqRsTuVwXyZ012345678901","customer":"cus_QwErTyUiOpAsDf",\
            "status":"uncollectible","currency":"usd","amount_due":5000,"amount_paid":0,\
            "amount_remaining":5000,"created":1769644800,"metadata":{},\
            "subscription":"sub_1PqRsTuVwXyZ012345678901"}}}}
            """
        let record = try RecordReader().read(copying: Array(line.utf8))
        #expect(record.packed().count < 140)
    }

    @Test("the fingerprint of the format is the same in every run")
    func fingerprint() {
        #expect(PackedFormat.fingerprint == PackedFormat.fingerprint)
        #expect(PackedFormat.fingerprint != 0)
    }
}

@Suite("the ledger of one account")
struct RecordLedgerTests {
    private func ledger(_ count: Int, seed: UInt64) -> (RecordLedger, [[UInt8]]) {
        var random = Seeded(seed)
        var ledger = RecordLedger()
        var all: [[UInt8]] = []
        for index in 0..<count {
            var record = random.record(random.pick(MirrorRecord.Kind.allCases))
            record.id = RecordID("rec-\(index)")
            all.append(record.packed())
            ledger.append(record.packed())
        }
        return (ledger, all)
    }

    @Test("it gives back what was appended, in order")
    func order() {
        let (ledger, all) = ledger(200, seed: 1)
        #expect(ledger.count == 200)
        #expect(ledger.map { Array($0) } == all)
        #expect(RecordLedger().map { $0 }.isEmpty)
    }

    @Test("a record is found by its id, and only by the whole of it")
    func lookup() throws {
        let (ledger, all) = ledger(120, seed: 2)
        for index in [0, 1, 11, 110, 119] {
            let found = try #require(ledger.packed(of: RecordID("rec-\(index)")))
            #expect(Array(found) == all[index])
        }
        #expect(ledger.packed(of: RecordID("rec-")) == nil)
        #expect(ledger.packed(of: RecordID("rec-120")) == nil)
    }

    @Test("a replaced record leaves its neighbours alone", arguments: [0, 57, 119])
    func replacement(index: Int) throws {
        var (ledger, all) = ledger(120, seed: 3)
        for length in [0, 1, 127, 128, 20_000] {
            let place = try #require(Array(ledger).dropFirst(index).first).startIndex
            all[index] = [UInt8](repeating: 7, count: length)
            ledger.replace(at: place, with: all[index][...])
            #expect(ledger.map { Array($0) } == all)
            #expect(ledger.count == 120)
        }
    }

    @Test("it is saved and restored, and damage is refused")
    func saving() throws {
        let (ledger, all) = ledger(50, seed: 4)
        var writer = PackedWriter()
        writer.write(ledger)
        let restored = try PackedReader.read(writer.bytes[...]) { reader throws(PackedError) in
            try RecordLedger(unpacking: &reader)
        }
        #expect(restored.map { Array($0) } == all)
        #expect(restored.count == 50)
        for length in stride(from: 0, to: writer.bytes.count, by: 37) {
            #expect(throws: PackedError.self) {
                try PackedReader.read(writer.bytes.prefix(length)) { reader throws(PackedError) in
                    try RecordLedger(unpacking: &reader)
                }
            }
        }
    }
}
