import BillingModel
import PostgresMirror
import Testing

/// Bytes of the server, and bytes that nobody should send.
struct PgOutputDecoderTests {
    /// One of each kind.
    private static let samples: [[UInt8]] = [
        MessageBytes.begin(0x1_6B37_4D84, time: 700_000_000_000_000, xid: 731),
        MessageBytes.commit(0x16, end: 0x20),
        MessageBytes("O").number64(5).text("elsewhere").bytes,
        MessageBytes.relation(16_385, "public", "subs_account", ["id", "flags"]),
        MessageBytes("Y").number32(9).text("public").text("mood").bytes,
        MessageBytes.insert(16_385, ["acct_1", nil, "~", "é"]),
        MessageBytes.update(16_385, old: nil, new: ["acct_1", "0"]),
        MessageBytes.update(16_385, old: ["acct_1", "1"], new: ["acct_1", "0"]),
        MessageBytes.delete(16_385, "K", ["acct_1", nil]),
        MessageBytes.delete(16_385, "O", ["acct_1", "0"]),
        MessageBytes("T").number32(2).byte(1).number32(16_385).number32(16_386).bytes,
        MessageBytes.message("dunning-path", #"{"path":"C"}"#),
        MessageBytes.message("", "", isTransactional: false),
    ]

    @Test("each kind of message is read")
    func kinds() throws {
        let decoded = try Self.samples.map { try PgOutputDecoder.decode($0) }
        #expect(
            decoded[0]
                == .begin(
                    commit: try #require(LogPosition("1/6B374D84")),
                    time: try #require(Instant(rfc3339: "2022-03-07T20:26:40Z")),
                    xid: 731
                )
        )
        #expect(decoded[2] == .origin(name: "elsewhere"))
        let columns = [
            RelationColumn(name: "id", isKey: true), RelationColumn(name: "flags", isKey: false),
        ]
        #expect(
            decoded[3]
                == .relation(
                    Relation(
                        id: 16_385,
                        schema: "public",
                        name: "subs_account",
                        replicaIdentity: UInt8(ascii: "f"),
                        columns: columns
                    )
                )
        )
        #expect(decoded[4] == .type)
        let row: [TupleColumn] = [
            .text(Array("acct_1".utf8)), .null, .unchanged, .text(Array("é".utf8)),
        ]
        #expect(decoded[5] == .insert(relation: 16_385, new: row))
        guard case .update(_, let none, _) = decoded[6],
            case .update(_, let whole?, _) = decoded[7],
            case .delete(_, let key) = decoded[8]
        else {
            Issue.record("an update or a deletion was read as something else")
            return
        }
        #expect(none == nil)
        #expect(whole.isWhole)
        #expect(!key.isWhole)
        #expect(decoded[10] == .truncate(relations: [16_385, 16_386]))
        #expect(
            decoded[11]
                == .message(
                    isTransactional: true,
                    prefix: "dunning-path",
                    content: Array(#"{"path":"C"}"#.utf8)
                )
        )
    }

    @Test("a message that ends too soon, or too late, is an error wherever it is cut")
    func cuts() {
        for sample in Self.samples {
            for length in sample.indices {
                #expect(throws: PgOutputError.self) {
                    try PgOutputDecoder.decode(Array(sample[..<length]))
                }
            }
            #expect(throws: PgOutputError.self) { try PgOutputDecoder.decode(sample + [0]) }
        }
    }

    @Test("counts and lengths that lie are errors, however large")
    func lies() {
        let lying: [[UInt8]] = [
            MessageBytes("I").number32(1).letter("N").number16(0xFFFF).bytes,
            MessageBytes("I").number32(1).letter("N").number16(1).letter("t").number32(0xFFFF_FFFF)
                .bytes,
            MessageBytes("R").number32(1).text("a").text("b").letter("f").number16(0xFFFF).bytes,
            MessageBytes("T").number32(0x7FFF_FFFF).byte(0).bytes,
            MessageBytes("M").byte(1).number64(0).text("p").number32(0xFFFF_FFF0).bytes,
            MessageBytes("M").byte(1).number64(0).raw([0xFF, 0xFE, 0]).number32(0).bytes,
            MessageBytes("I").number32(1).letter("N").number16(1).letter("b").number32(0).bytes,
        ]
        for bytes in lying {
            #expect(throws: PgOutputError.self) { try PgOutputDecoder.decode(bytes) }
        }
    }

    @Test("no bytes bring it down", arguments: 0..<8)
    func fuzz(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var read = 0
        for _ in 0..<20_000 {
            var bytes = random.pick(Self.samples) ?? []
            for _ in 0...random.below(4) {
                switch random.below(3) {
                case 0 where !bytes.isEmpty:
                    bytes[random.below(bytes.count)] = UInt8(random.below(256))
                case 1: bytes.insert(UInt8(random.below(256)), at: random.below(bytes.count + 1))
                default: bytes.removeLast(min(bytes.count, random.below(5)))
                }
            }
            var assembler = TransactionAssembler()
            _ = try? ReplicationFrame(bytes)
            guard let message = try? PgOutputDecoder.decode(bytes) else { continue }
            read += 1
            _ = try? assembler.take(message, content: bytes)
        }
        #expect(read > 0)
    }

    @Test("frames are told apart, and a status says what is durable three times over")
    func frames() throws {
        let data = MessageBytes("w").number64(16).number64(32).number64(0).raw([1, 2]).bytes
        #expect(try ReplicationFrame(data) == .data(start: LogPosition(16)))
        #expect(Array(data.dropFirst(ReplicationFrame.messageStart)) == [1, 2])
        let keepAlive = MessageBytes("k").number64(48).number64(0).byte(1).bytes
        #expect(
            try ReplicationFrame(keepAlive) == .keepAlive(end: LogPosition(48), wantsReply: true)
        )
        let now = try #require(Instant(rfc3339: "2000-01-01T00:00:01Z"))
        let status = ReplicationFrame.status(
            durable: LogPosition(0x0102),
            now: now,
            wantsReply: true
        )
        let place: [UInt8] = [0, 0, 0, 0, 0, 0, 1, 2]
        let clock: [UInt8] = [0, 0, 0, 0, 0, 0x0F, 0x42, 0x40]
        #expect(status == [UInt8(ascii: "r")] + place + place + place + clock + [1])
    }

    @Test(
        "places in the log are written as PostgreSQL does, and sort as text when padded",
        arguments: [("0/0", 0), ("16/B374D848", 0x16_B374_D848), ("FFFFFFFF/FFFFFFFF", UInt64.max)]
    )
    func positions(text: String, bytes: UInt64) {
        #expect(LogPosition(text)?.bytes == bytes)
        #expect(LogPosition(bytes).description == text)
        #expect(LogPosition(bytes).padded.utf8.count == 16)
        for wrong in ["", "1", "/", "1/", "1/2/3", "g/0", "123456789/0", "+1/0", "0/-1"] {
            #expect(LogPosition(wrong) == nil, "\(wrong)")
        }
    }
}
