import BillingModel
import MirrorLog

/// An amount, or sums by currency, in a metadata text.
///
/// Only texts of exactly the forms that dunning writes or reads are amounts: ASCII digits with any
/// number of leading zeros, and codes with whole numbers, `eur:300,usd:5000`.
struct AmountText {
    private var parts: [(before: String, amount: Int64)]

    init?(_ text: String) {
        if text.utf8.first.map({ (48...57).contains($0) }) == true {
            let zeros = text.utf8.dropLast().prefix { $0 == 48 }.count
            let digits = String(text.dropFirst(zeros))
            guard let amount = Int64(digits), String(amount) == digits else { return nil }
            parts = [(String(repeating: "0", count: zeros), amount)]
            return
        }
        parts = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = part.split(separator: ":", omittingEmptySubsequences: false)
            guard halves.count == 2, let currency = Currency(halves[0]),
                currency.code == halves[0], let amount = Int64(halves[1]),
                String(amount) == halves[1]
            else { return nil }
            parts.append(((parts.isEmpty ? "" : ",") + currency.code + ":", amount))
        }
    }

    /// The text with each amount replaced.
    func mapped(
        _ change: (Int64) throws(RecordError) -> Int64
    ) throws(RecordError) -> String {
        var text = ""
        for part in parts { text += part.before + String(try change(part.amount)) }
        return text
    }
}

/// A Stripe API version: a date, and from 2024-09-30 on the name of a release.
struct VersionText {
    /// The version as it may come out: without a name that is not listed.
    let text: String

    private static let releases = ["acacia", "basil", "clover", "dahlia", "preview"]

    init?(_ version: String) {
        let parts = version.split(separator: ".", omittingEmptySubsequences: false)
        guard let date = parts.first, date.utf8.count == 10,
            let midnight = Instant(rfc3339: date + "T00:00:00Z")
        else { return nil }
        let day = String(midnight.description.prefix(10))
        let release = Self.releases.first { parts.count == 2 && parts[1] == $0 }
        text = release.map { "\(day).\($0)" } ?? day
    }
}
