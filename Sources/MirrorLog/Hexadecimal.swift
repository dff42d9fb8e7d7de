extension Sequence<UInt8> {
    /// These bytes in lower-case hexadecimal, as digests are written.
    package var hexadecimal: String {
        let digits = Hexadecimal.digits
        var letters: [UInt8] = []
        letters.reserveCapacity(2 * underestimatedCount)
        for byte in self {
            letters.append(digits[Int(byte >> 4)])
            letters.append(digits[Int(byte & 15)])
        }
        return String(decoding: letters, as: UTF8.self)
    }
}

/// The digits of base 16.
enum Hexadecimal {
    static let digits = Array("0123456789abcdef".utf8)
}
