import BillingModel
import PostgresMirror

/// Writes messages as the server does, for tests.
struct MessageBytes {
    private(set) var bytes: [UInt8]

    init(_ kind: Character) {
        bytes = [kind.asciiValue ?? 0]
    }

    func byte(_ value: UInt8) -> MessageBytes { adding([value]) }
    func letter(_ value: Character) -> MessageBytes { adding([value.asciiValue ?? 0]) }
    func number16(_ value: Int) -> MessageBytes { adding(Self.bigEndian(UInt64(value), 2)) }
    func number32(_ value: Int) -> MessageBytes { adding(Self.bigEndian(UInt64(value), 4)) }
    func number64(_ value: Int) -> MessageBytes { adding(Self.bigEndian(UInt64(value), 8)) }
    func text(_ value: String) -> MessageBytes { adding(Array(value.utf8) + [0]) }
    func raw(_ value: [UInt8]) -> MessageBytes { adding(value) }

    /// A row: `nil` is null, `~` a value that is not sent again.
    func row(_ values: [String?]) -> MessageBytes {
        var message = number16(values.count)
        for value in values {
            switch value {
            case nil: message = message.letter("n")
            case "~": message = message.letter("u")
            case let text?:
                message = message.letter("t").number32(text.utf8.count).raw(Array(text.utf8))
            }
        }
        return message
    }

    private func adding(_ more: [UInt8]) -> MessageBytes {
        var copy = self
        copy.bytes += more
        return copy
    }

    private static func bigEndian(_ value: UInt64, _ width: Int) -> [UInt8] {
        (0..<width).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }

    static func relation(
        _ id: Int,
        _ schema: String,
        _ name: String,
        _ columns: [String],
        keys: Int = 1
    ) -> [UInt8] {
        var message = MessageBytes("R").number32(id).text(schema).text(name).letter("f")
            .number16(columns.count)
        for (place, column) in columns.enumerated() {
            message = message.byte(place < keys ? 1 : 0).text(column).number32(25).number32(0)
        }
        return message.bytes
    }

    static func begin(_ commit: Int, time: Int = 0, xid: Int = 7) -> [UInt8] {
        MessageBytes("B").number64(commit).number64(time).number32(xid).bytes
    }

    static func commit(_ commit: Int, end: Int, time: Int = 0) -> [UInt8] {
        MessageBytes("C").byte(0).number64(commit).number64(end).number64(time).bytes
    }

    static func insert(_ relation: Int, _ row: [String?]) -> [UInt8] {
        MessageBytes("I").number32(relation).letter("N").row(row).bytes
    }

    static func update(_ relation: Int, old: [String?]?, new: [String?]) -> [UInt8] {
        var message = MessageBytes("U").number32(relation)
        if let old { message = message.letter("O").row(old) }
        return message.letter("N").row(new).bytes
    }

    static func delete(_ relation: Int, _ kind: Character, _ row: [String?]) -> [UInt8] {
        MessageBytes("D").number32(relation).letter(kind).row(row).bytes
    }

    static func message(_ prefix: String, _ content: String, isTransactional: Bool = true)
        -> [UInt8]
    {
        MessageBytes("M").byte(isTransactional ? 1 : 0).number64(9).text(prefix)
            .number32(content.utf8.count).raw(Array(content.utf8)).bytes
    }
}

/// Decodes and assembles a transaction from messages.
func transactions(
    _ messages: [[UInt8]],
    limit: Int = 20_000
) throws -> [MirrorTransaction] {
    var assembler = TransactionAssembler(limit: limit)
    return try messages.compactMap { bytes in
        try assembler.take(PgOutputDecoder.decode(bytes), content: bytes)
    }
}
