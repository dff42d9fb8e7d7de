import BillingModel

/// Names of one account's objects and records, in the look of Stripe's: unique in the fleet, in no
/// visible order, and the same in every run.
struct Names {
    private let account: UInt64
    private var count: UInt64 = 0

    init(account: Int) {
        self.account = UInt64(account)
    }

    /// A new name with a prefix, such as `evt`.
    ///
    /// The first half carries the account and the count through a one-to-one scrambling, so that no
    /// two names are alike; the second half is for looks.
    mutating func next(_ prefix: String) -> String {
        count += 1
        let first = SplitMix64.scramble(account << 20 | count)
        var text: [UInt8] = Array(prefix.utf8)
        text.append(UInt8(ascii: "_"))
        Self.append(first, to: &text)
        Self.append(SplitMix64.scramble(~first), to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    private static let letters = Array(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8
    )

    /// Appends 64 bits as eleven digits to the base of 62.
    private static func append(_ value: UInt64, to text: inout [UInt8]) {
        var rest = value
        for _ in 0..<11 {
            let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 62)
            text.append(letters[Int(remainder)])
            rest = quotient
        }
    }
}
