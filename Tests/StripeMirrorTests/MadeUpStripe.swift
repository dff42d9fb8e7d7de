import BillingModel
import MirrorLog
import ScriptedStripe
import StripeMirror
import Synchronization

/// Time that passes when it is told to.
final class MadeUpTime: Sendable {
    private let state: Mutex<Instant>
    private let skew = Mutex<TimeSpan>(.zero)

    init(_ second: Int64) { state = Mutex(Instant(microseconds: second * 1_000_000)) }

    /// The true time.
    var now: Instant { state.withLock { $0 } }

    func pass(_ span: TimeSpan) { state.withLock { $0 = $0.advanced(by: span) } }

    /// Puts the machine's clock so far ahead of the true time, or behind it.
    func setSkew(_ span: TimeSpan) { skew.withLock { $0 = span } }

    /// The machine's clock.
    var clock: StripeClock {
        StripeClock(
            now: { self.now.advanced(by: self.skew.withLock { $0 }) },
            sleep: { self.pass($0) }
        )
    }
}

/// A Stripe in memory, of which everything that will ever happen is known before, and which fails.
///
/// A class because the source that asks it holds it by reference.
final class MadeUpStripe: StripeTransport {
    let events: [ListedObjects.Object]
    /// A second by which all has been listed for long.
    let end: Int64
    private let listed: ListedObjects
    private let time: MadeUpTime
    private var random: SplitMix64
    /// How many of a thousand requests go wrong.
    var failuresPerThousand = 0
    /// How many of a thousand answers say what time it is.
    var datesPerThousand = 1000
    /// Called before each request, with its number; it may stop the source, or move clocks.
    var beforeRequest: (Int) -> Void = { _ in }
    private(set) var requests: [StripeRequest] = []

    init(_ events: [ListedObjects.Object], time: MadeUpTime, seed: UInt64) {
        self.events = events
        self.time = time
        end = max(events.map(\.listed).max() ?? 0, time.now.unixSeconds) + 1000
        listed = ListedObjects(events)
        random = SplitMix64(seed: seed)
    }

    func perform(
        _ request: StripeRequest,
        shouldStop: () -> Bool
    ) -> Result<StripeAnswer, TransportFailure> {
        beforeRequest(requests.count)
        requests.append(request)
        time.pass(TimeSpan(microseconds: Int64(random.below(400_000))))
        if shouldStop() { return .failure(.stopped) }
        let second = time.now.unixSeconds
        let page = listed.page(request.target, at: second, oldest: second - 30 * 86_400)
        let isFailing = random.below(1000) < failuresPerThousand
        if isFailing, let failure = failure(page ?? "") { return failure }
        guard let page else {
            let body = #"{"error":{"code":"resource_missing","param":"starting_after"}}"#
            return .success(answer(404, body))
        }
        return .success(answer(200, page))
    }

    private func answer(_ status: Int, _ body: String) -> StripeAnswer {
        var head: [String: String] = [:]
        if random.below(1000) < datesPerThousand { head["date"] = MadeUpDate.text(time.now) }
        return StripeAnswer(status: status, head: head, body: body.bytes)
    }

    private func failure(_ page: String) -> Result<StripeAnswer, TransportFailure>? {
        switch random.below(8) {
        case 0: .failure(.timeout)
        case 1: .failure(.connection("cut"))
        case 2: .success(StripeAnswer(status: 429, head: ["retry-after": "3"]))
        case 3: .success(StripeAnswer(status: 429))
        case 4: .success(StripeAnswer(status: 500, body: "oops".bytes))
        case 5: .success(StripeAnswer(status: 200, body: Array(page.bytes.prefix(page.count / 2))))
        case 6: .success(StripeAnswer(status: 200, body: "<html>sorry</html>".bytes))
        default: .success(StripeAnswer(status: 400, head: ["stripe-should-retry": "true"]))
        }
    }
}

/// The form of time in heads, written in a way of its own.
enum MadeUpDate {
    static func text(_ instant: Instant) -> String {
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let text = Array(instant.description)
        let month = Int(String(text[5...6])).map { months[$0 - 1] } ?? ""
        return "Any, \(String(text[8...9])) \(month) \(String(text[0...3])) "
            + "\(String(text[11...18])) GMT"
    }
}
