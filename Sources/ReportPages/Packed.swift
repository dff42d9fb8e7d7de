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

    /// Bytes as base64 (RFC 4648), with padding.
    package static func base64(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count / 3 + 1) * 4)
        var rest = bytes[...]
        while !rest.isEmpty {
            let group = rest.prefix(3)
            rest = rest.dropFirst(3)
            var bits: UInt32 = 0
            for byte in group { bits = bits << 8 | UInt32(byte) }
            bits <<= UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                let index = Int(bits >> UInt32(18 - 6 * place)) & 63
                text.append(place <= group.count ? alphabet[index] : UInt8(ascii: "="))
            }
        }
        return text
    }

    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )
}

/// Why a page can't be written.
package enum PageError: Error, Equatable, CustomStringConvertible {
    /// Memory is short.
    case outOfMemory
    /// A template of this program is broken.
    case template(String)

    /// The reason, safe to show.
    package var description: String {
        switch self {
        case .outOfMemory: "memory is short"
        case .template(let name): "the template `\(name)` is broken"
        }
    }
}
