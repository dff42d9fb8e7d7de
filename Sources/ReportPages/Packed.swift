import CDeflate

/// Bytes made small and fit to stand in a page: deflated, then as base64.
///
/// In base64 there is nothing that a browser could take for the end of a script or for a mark, so
/// whatever names a log holds, they can't break out of it.
package struct Packed {
    /// The base64 text, ASCII.
    package let text: [UInt8]

    /// Packs bytes; the same bytes give the same text.
    ///
    /// - Parameter bytes: The bytes.
    /// - Throws: ``PageError/outOfMemory``.
    package init(_ bytes: [UInt8]) throws(PageError) {
        let room = cd_bound(bytes.count)
        let packed = [UInt8](unsafeUninitializedCapacity: room) { buffer, written in
            written = bytes.withUnsafeBufferPointer { source in
                cd_pack(source.baseAddress, source.count, buffer.baseAddress, room)
            }
        }
        guard !packed.isEmpty else { throw .outOfMemory }
        text = Self.base64(packed)
    }

    fileprivate init(deflated: [UInt8]) {
        text = Self.base64(deflated)
    }

    /// Bytes as base64 (RFC 4648), with padding.
    package static func base64(_ bytes: [UInt8]) -> [UInt8] {
        let size = (bytes.count + 2) / 3 * 4
        return [UInt8](unsafeUninitializedCapacity: size) { text, written in
            written = size
            alphabet.withUnsafeBufferPointer { alphabet in
                var (from, to) = (0, 0)
                // Whole groups first, so that nothing is asked of each byte.
                while from + 3 <= bytes.count {
                    let bits =
                        Int(bytes[from]) << 16 | Int(bytes[from + 1]) << 8 | Int(bytes[from + 2])
                    text[to] = alphabet[bits >> 18]
                    text[to + 1] = alphabet[bits >> 12 & 63]
                    text[to + 2] = alphabet[bits >> 6 & 63]
                    text[to + 3] = alphabet[bits & 63]
                    (from, to) = (from + 3, to + 4)
                }
                let rest = bytes.count - from
                guard rest > 0 else { return }
                let bits = Int(bytes[from]) << 16 | (rest > 1 ? Int(bytes[from + 1]) << 8 : 0)
                text[to] = alphabet[bits >> 18]
                text[to + 1] = alphabet[bits >> 12 & 63]
                text[to + 2] = rest > 1 ? alphabet[bits >> 6 & 63] : UInt8(ascii: "=")
                text[to + 3] = UInt8(ascii: "=")
            }
        }
    }

    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )
}

/// Packs bytes that come a few at a time into what ``Packed`` makes of all of them, as long as there
/// is room for it.
package struct PackingStream: ~Copyable {
    private let stream: OpaquePointer
    private let most: Int
    private var packed: [UInt8] = []
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    /// A stream of nothing so far.
    ///
    /// - Parameter most: How many bytes the text may have.
    /// - Throws: ``PageError/outOfMemory``.
    package init(most: Int) throws(PageError) {
        guard let stream = cd_open() else { throw .outOfMemory }
        self.stream = stream
        self.most = most
    }

    deinit { cd_close(stream) }

    /// Whether the text has more bytes than it may: then there will be none.
    package var isFull: Bool { (packed.count + 2) / 3 * 4 > most }

    /// Takes the next bytes.
    package mutating func add(_ bytes: [UInt8]) { take(bytes, isLast: false) }

    /// What all of them were packed into; `nil` where there is no room for it.
    package mutating func finish() -> Packed? {
        take([], isLast: true)
        return isFull ? nil : Packed(deflated: packed)
    }

    private mutating func take(_ bytes: [UInt8], isLast: Bool) {
        guard !isFull else { return }
        bytes.withUnsafeBufferPointer { bytes in
            cd_feed(stream, bytes.baseAddress, bytes.count)
            var count: Int
            repeat {
                count = buffer.withUnsafeMutableBufferPointer { room in
                    cd_take(stream, isLast ? 1 : 0, room.baseAddress, room.count)
                }
                packed += buffer.prefix(count)
            } while count == buffer.count
        }
    }
}

/// Why a page can't be written.
package enum PageError: Error, Equatable, CustomStringConvertible {
    /// Memory is short.
    case outOfMemory
    /// A divergence can't be read back from disk.
    case unreadable(String)
    /// A template of this program is broken.
    case template(String)

    /// The reason, safe to show.
    package var description: String {
        switch self {
        case .outOfMemory: "memory is short"
        case .unreadable(let reason): reason
        case .template(let name): "the template `\(name)` is broken"
        }
    }
}
