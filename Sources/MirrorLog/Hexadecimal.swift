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

extension [UInt8] {
    /// The bytes of pairs of hexadecimal digits, of either case; `nil` of anything else.
    package init?(hexadecimal text: some StringProtocol) {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        self = []
        reserveCapacity(digits.count / 2)
        for place in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Hexadecimal.value(of: digits[place]),
                let low = Hexadecimal.value(of: digits[place + 1])
            else { return nil }
            append(high << 4 | low)
        }
    }
}

/// The digits of base 16.
enum Hexadecimal {
    static let digits = Array("0123456789abcdef".utf8)

    /// What a digit stands for, in either case; `nil` where it is none.
    static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
