import PostgresMirror
import Testing

/// Messages put together into transactions.
struct TransactionAssemblerTests {
    private let table = MessageBytes.relation(1, "public", "subs_account", ["id", "flags"])

    @Test("a transaction is whole with its commit, and knows where it ends")
    func whole() throws {
        let done = try transactions([
            MessageBytes.begin(100, time: 5, xid: 3), table,
            MessageBytes.insert(1, ["a", "0"]), MessageBytes.message("p", "x"),
            MessageBytes.message("q", "y", isTransactional: false),
            MessageBytes.commit(100, end: 120, time: 5),
            MessageBytes.begin(130), MessageBytes.delete(1, "O", ["a", "0"]),
            MessageBytes.commit(130, end: 140),
        ])
        #expect(done.map(\.commit) == [LogPosition(100), LogPosition(130)])
        #expect(done.map(\.end) == [LogPosition(120), LogPosition(140)])
        #expect(done.map(\.steps.count) == [2, 1])
        #expect(done[0].xid == 3)
    }

    @Test("a large transaction comes in parts, of which only the last says where it ends")
    func parts() throws {
        let rows = (0..<7).map { MessageBytes.insert(1, ["a\($0)", "0"]) }
        let done = try transactions(
            [MessageBytes.begin(100), table] + rows + [MessageBytes.commit(100, end: 120)],
            limit: 3
        )
        #expect(done.map(\.steps.count) == [3, 3, 1])
        #expect(done.map(\.firstStep) == [0, 3, 6])
        #expect(done.map(\.end) == [nil, nil, LogPosition(120)])
    }

    @Test("a column added in the middle of the stream holds from there on")
    func columnAdded() throws {
        let done = try transactions([
            MessageBytes.begin(100), table, MessageBytes.insert(1, ["a", "0"]),
            MessageBytes.relation(1, "public", "subs_account", ["id", "note", "flags"]),
            MessageBytes.insert(1, ["b", "hello", "0"]), MessageBytes.commit(100, end: 120),
        ])
        let widths = done[0].steps.map { step -> Int in
            if case .row(let row) = step { row.relation.columns.count } else { 0 }
        }
        #expect(widths == [2, 3])
    }

    @Test("a row that fits no table is noted, and stops nothing")
    func unreadable() throws {
        let done = try transactions([
            MessageBytes.begin(100), table, MessageBytes.insert(9, ["a"]),
            MessageBytes.insert(1, ["a"]), MessageBytes.insert(1, ["a", "0"]),
            MessageBytes.commit(100, end: 120),
        ])
        let kinds = done[0].steps.map { step -> String in
            switch step {
            case .unreadable(let reason, _): reason
            default: "row"
            }
        }
        #expect(
            kinds == [
                "row of table 9, which was never described",
                "row of `subs_account` has not as many columns as the table", "row",
            ]
        )
    }

    @Test("of what can't be decoded, rows are passed over and all else breaks the stream")
    func undecodable() throws {
        var assembler = TransactionAssembler()
        let error = PgOutputError("value", "it is broken")
        _ = try assembler.take(PgOutputDecoder.decode(MessageBytes.begin(100)))
        #expect(throws: error) { try assembler.take(unreadable: error, content: [0x43]) }
        #expect(try assembler.take(unreadable: error, content: [0x49, 1]) == nil)
        let done = try #require(
            try assembler.take(PgOutputDecoder.decode(MessageBytes.commit(100, end: 120)))
        )
        #expect(done.steps == [.unreadable(reason: "value: it is broken", content: [0x49, 1])])
        #expect(throws: error) { try assembler.take(unreadable: error, content: [0x49]) }
    }

    @Test("messages out of order break the stream")
    func outOfOrder() {
        let wrong: [[[UInt8]]] = [
            [MessageBytes.commit(1, end: 2)],
            [MessageBytes.begin(1), MessageBytes.begin(2)],
            [MessageBytes.begin(1), MessageBytes.commit(2, end: 3)],
            [table, MessageBytes.insert(1, ["a", "0"])],
            [MessageBytes.message("p", "")],
            [MessageBytes.begin(1), MessageBytes("T").number32(1).byte(0).number32(5).bytes],
        ]
        for messages in wrong {
            #expect(throws: PgOutputError.self) { try transactions(messages) }
        }
    }
}
