package import BillingModel

/// What the server sends inside the replication stream.
package enum ReplicationFrame: Hashable, Sendable {
    /// A message of the output plugin; it begins at ``messageStart`` of the frame's bytes.
    case data(start: LogPosition)
    /// Word that all up to a place has been sent.
    case keepAlive(end: LogPosition, wantsReply: Bool)

    /// Where the message begins in a frame of data.
    package static let messageStart = 25

    /// Reads a frame's head.
    ///
    /// - Parameter bytes: The frame.
    /// - Throws: ``PgOutputError`` where it is none.
    package init(_ bytes: [UInt8]) throws(PgOutputError) {
        var reader = ByteReader(bytes)
        switch try reader.byte("frame") {
        case UInt8(ascii: "w"):
            self = .data(start: try reader.position("frame start"))
            _ = try reader.unsigned64("frame end")
            _ = try reader.signed64("frame time")
        case UInt8(ascii: "k"):
            let end = try reader.position("keep-alive")
            _ = try reader.signed64("keep-alive time")
            self = .keepAlive(end: end, wantsReply: try reader.byte("keep-alive") == 1)
        case let kind:
            throw PgOutputError("frame", "\(kind) is not known")
        }
    }

    /// Word to the server of what is durable here: it may forget all before it.
    ///
    /// - Parameters:
    ///   - durable: Up to where all is kept.
    ///   - now: The time here.
    ///   - wantsReply: Whether a keep-alive is to come at once.
    /// - Returns: A frame to send.
    package static func status(
        durable: LogPosition,
        now: Instant,
        wantsReply: Bool
    ) -> [UInt8] {
        var bytes = [UInt8(ascii: "r")]
        let clock = UInt64(bitPattern: ServerTime.microseconds(now))
        // Written, flushed and applied are one: what is not durable was not received.
        for number in [durable.bytes, durable.bytes, durable.bytes, clock] {
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
            }
        }
        bytes.append(wantsReply ? 1 : 0)
        return bytes
    }
}
