/// Texts made of letters, digits, `_` and `-` alone, at six bits a letter.
///
/// Most of a record is ids, and ids are such texts: this takes a quarter off their size.
enum SixBits {
    private static let letters = Array(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-".utf8
    )

    private static let codes: [UInt8] = {
        var codes = [UInt8](repeating: none, count: 256)
        for (code, letter) in letters.enumerated() { codes[Int(letter)] = UInt8(code) }
        return codes
    }()

    private static let none: UInt8 = 0xff

    /// How many bytes so many letters take.
    static func byteCount(_ letters: Int) -> Int { (letters * 6 + 7) / 8 }

    /// Whether a text can be written so.
    static func suit(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
        codes.withUnsafeBufferPointer { codes in
            utf8.reduce(0) { $0 | codes[Int($1)] } != none
        }
    }

    /// Appends a text that is known to ``suit(_:)``: low bits first, the last byte filled with 0.
    static func append(_ utf8: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        codes.withUnsafeBufferPointer { codes in
            // One append of the whole is several times faster than one for each byte.
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: byteCount(utf8.count)) { out in
                var read = 0
                var written = 0
                // Four letters are three bytes: most of a text goes by such groups.
                while read + 4 <= utf8.count {
                    let low =
                        UInt32(codes[Int(utf8[read])]) | UInt32(codes[Int(utf8[read + 1])]) << 6
                    let high =
                        UInt32(codes[Int(utf8[read + 2])]) | UInt32(codes[Int(utf8[read + 3])]) << 6
                    let bits = low | high << 12
                    out[written] = UInt8(truncatingIfNeeded: bits)
                    out[written + 1] = UInt8(truncatingIfNeeded: bits >> 8)
                    out[written + 2] = UInt8(truncatingIfNeeded: bits >> 16)
                    read += 4
                    written += 3
                }
                var bits: UInt32 = 0
                for (place, letter) in utf8[read...].enumerated() {
                    bits |= UInt32(codes[Int(letter)]) << (6 * UInt32(place))
                }
                while written < out.count {
                    out[written] = UInt8(truncatingIfNeeded: bits)
                    bits >>= 8
                    written += 1
                }
                bytes.append(contentsOf: out)
            }
        }
    }

    /// Reads so many letters from the bytes that they take.
    static func text(of bytes: UnsafeRawBufferPointer, letters count: Int) -> String {
        letters.withUnsafeBufferPointer { letters in
            String(unsafeUninitializedCapacity: count) { out in
                var read = 0
                var written = 0
                while written + 4 <= count {
                    let bits =
                        UInt32(bytes[read]) | UInt32(bytes[read + 1]) << 8
                        | UInt32(bytes[read + 2]) << 16
                    out[written] = letters[Int(bits & 0x3f)]
                    out[written + 1] = letters[Int(bits >> 6 & 0x3f)]
                    out[written + 2] = letters[Int(bits >> 12 & 0x3f)]
                    out[written + 3] = letters[Int(bits >> 18 & 0x3f)]
                    read += 3
                    written += 4
                }
                var bits: UInt32 = 0
                for (place, byte) in bytes[read...].enumerated() {
                    bits |= UInt32(byte) << (8 * UInt32(place))
                }
                while written < count {
                    out[written] = letters[Int(bits & 0x3f)]
                    bits >>= 6
                    written += 1
                }
                return count
            }
        }
    }
}

extension PackedWriter {
    /// Writes a text with its length before it; `nil` takes one byte.
    package mutating func write(text: String?) {
        guard var text else { return write(byte: 0) }
        text.withUTF8 { write(utf8: $0) }
    }

    /// Writes a text from its UTF-8, as ``write(text:)`` does.
    mutating func write(utf8: UnsafeBufferPointer<UInt8>?) {
        guard let utf8 else { return write(byte: 0) }
        // 0 is no text; the low bit of the rest says whether its letters have six bits.
        let suits = SixBits.suit(utf8)
        write(varint: UInt64(utf8.count) << 1 + (suits ? 2 : 1))
        write(utf8, sixBits: suits)
    }
}

extension PackedReader {
    /// Reads a text or its absence.
    package mutating func optionalText() throws(PackedError) -> String? {
        guard let (bytes, letters) = try textBytes() else { return nil }
        if let letters { return SixBits.text(of: bytes, letters: letters) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw malformed("a text is not UTF-8")
        }
        return text
    }

    /// Reads a text.
    package mutating func text() throws(PackedError) -> String {
        guard let text = try optionalText() else { throw malformed("a text is missing") }
        return text
    }

    /// Steps over a text without making a `String` of it.
    mutating func skipText() throws(PackedError) {
        _ = try textBytes()
    }

    /// The bytes of a text, and how many letters they hold where those have six bits.
    private mutating func textBytes() throws(PackedError) -> (UnsafeRawBufferPointer, Int?)? {
        let value = try varint()
        guard value > 0 else { return nil }
        let length = (value - 1) >> 1
        // Six bits a letter: there can't be twice as many letters as bytes.
        guard length <= UInt64(remaining) * 2 else { throw truncated() }
        let letters = (value - 1) & 1 == 1 ? Int(length) : nil
        return (try take(letters.map(SixBits.byteCount) ?? Int(length)), letters)
    }
}
