/// Logarithms and powers that come out alike, to the last bit, on every machine.
///
/// The mathematical library of a system may differ from the next one's in the last bit, and a bit is
/// enough to turn a verdict at its edge. These use only what IEEE 754 rounds the same everywhere:
/// the four operations and the splitting of a number into significand and exponent.
package enum PortableMath {
    private static let ln2High = 0x1.62e42fefa38p-1
    private static let ln2Low = 0x1.ef35793c7673p-45

    /// The natural logarithm; minus infinity of 0 and below.
    package static func log(_ value: Double) -> Double {
        guard value > 0 else { return -.infinity }
        guard value.isFinite else { return .infinity }
        var exponent = Double(value.exponent)
        var significand = value.significand
        // Around 1 rather than from 1 on, so that the series below is short and nothing cancels.
        if significand > 1.414_213_562_373_095 {
            significand /= 2
            exponent += 1
        }
        let part = series((significand - 1) / (significand + 1))
        return exponent * ln2High + (exponent * ln2Low + part)
    }

    /// The natural logarithm of one more than a number, exact for small ones too.
    package static func log1p(_ value: Double) -> Double {
        abs(value) < 0.25 ? series(value / (2 + value)) : log(1 + value)
    }

    /// The logarithm of (1 + s) / (1 - s), for |s| up to 0.18, as its series in s.
    private static func series(_ ratio: Double) -> Double {
        let square = ratio * ratio
        var sum = 0.0
        for denominator in stride(from: 23.0, through: 3, by: -2) {
            sum = square * (1 / denominator + sum)
        }
        return 2 * ratio * (1 + sum)
    }

    /// The exponential function; 0 below -700, and infinity above 700.
    package static func exp(_ value: Double) -> Double {
        guard value > -700 else { return 0 }
        guard value < 700 else { return .infinity }
        let exponent = (value / (ln2High + ln2Low)).rounded()
        let rest = (value - exponent * ln2High) - exponent * ln2Low
        var sum = 1.0
        for divisor in stride(from: 15.0, through: 1, by: -1) { sum = 1 + rest / divisor * sum }
        return Double(sign: .plus, exponent: Int(exponent), significand: sum)
    }
}
