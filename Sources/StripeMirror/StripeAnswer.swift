package import BillingModel

/// What Stripe answered: the status, the head and the whole body.
package struct StripeAnswer: Hashable, Sendable {
    /// The HTTP status.
    package var status: Int
    /// The fields of the head by their names in lower case; of one that stands twice the last.
    package var head: [String: String]
    /// The body, decoded where it came compressed.
    package var body: [UInt8]

    /// An answer from its parts.
    package init(status: Int, head: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.head = head
        self.body = body
    }

    /// Whether it is what was asked for.
    package var isSuccess: Bool { (200..<300).contains(status) }

    /// Stripe's own word on trying again; `nil` where it says nothing.
    package var shouldRetry: Bool? {
        switch head["stripe-should-retry"]?.lowercased() {
        case "true": true
        case "false": false
        default: nil
        }
    }

    /// When the answer was made, by its sender's clock; `nil` where the head does not say.
    package var date: Instant? { head["date"].flatMap { HTTPDate.read($0) } }

    /// How long `Retry-After` asks to wait.
    ///
    /// - Parameter now: The time, where it names an instant rather than a number of seconds.
    /// - Returns: The span; `nil` where the head asks nothing, or what makes no sense.
    package func retryAfter(at now: Instant) -> TimeSpan? {
        guard let text = head["retry-after"] else { return nil }
        if let seconds = Int64(text) { return seconds >= 0 ? .seconds(seconds) : nil }
        guard let instant = HTTPDate.read(text) else { return nil }
        // By the sender's own clock where it tells it, so that ours may be wrong.
        return max(.zero, instant.since(date ?? now))
    }
}

/// The form of time in HTTP heads: `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Reads a time; `nil` where the text is none.
    static func read(_ text: String) -> Instant? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT",
            let month = months.firstIndex(where: { $0 == parts[2] }), parts[1].count == 2
        else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return Instant(rfc3339: "\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
    }
}
