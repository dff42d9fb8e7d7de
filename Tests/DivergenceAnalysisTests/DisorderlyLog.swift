import BillingModel
import MirrorLog
import ShadowRun

/// The log of some accounts, made up from a seed, with all that delivery can do to one.
///
/// Records come again, as they were or with other content, of another kind or of the other mode;
/// without their account, under customers that several accounts claim or that nobody does; and with
/// gaps, of one account or of all.
struct DisorderlyLog {
    /// The records, in order of arrival.
    private(set) var records: [MirrorRecord] = []

    private var random: SeededRandom

    init(seed: UInt64, accounts: Int = 4) {
        random = SeededRandom(seed: seed)
        for number in 0..<accounts {
            let life = RandomAccount(seed: seed &* 31 &+ UInt64(number), account: "acct_\(number)")
            let loses = random.chance(15)
            records += life.records.filter { !(loses && $0.kind == .baseline) }
        }
        for place in records.indices where random.chance(25) { change(place) }
        for _ in 0..<random.number(0...records.count / 2) {
            guard let again = random.pick(records) else { continue }
            records.append(random.chance(60) ? again : contradiction(of: again))
        }
        let last = records.map(\.at).max() ?? Moment.noon
        for number in 0..<random.number(0...3) {
            let account = random.chance(50) ? AccountID("acct_1") : nil
            let start = Moment(last.advanced(by: .minutes(Int64(random.number(-900...0)))))
            let end = Moment(last.advanced(by: .minutes(Int64(random.number(1...9)))))
            records.append(.gap(from: start, to: end, of: account, as: "gap-\(number % 2)"))
        }
        records.append(
            .complete(through: Moment(last.advanced(by: .minutes(Int64(random.number(-60...60))))))
        )
        records.shuffle(using: &random)
    }

    /// Has a Stripe event delivered in another way.
    private mutating func change(_ place: Int) {
        guard case .stripe(var event) = records[place].body else { return }
        switch random.number(0...4) {
        case 0: event.livemode = false
        case 1: event.livemode = true
        case 2: records[place].account = nil
        case 3:
            event.customer = random.pick([CustomerID("cus_nobody"), CustomerID("cus_shared"), nil])
                .flatMap { $0 }
            records[place].account = nil
        default:
            var other = records[place]
            other.account = other.account == nil ? AccountID("acct_0") : nil
            records.append(other)
        }
        records[place].body = .stripe(event)
    }

    /// Another record with the id of one.
    private mutating func contradiction(of record: MirrorRecord) -> MirrorRecord {
        var other = record
        switch (record.body, random.number(0...2)) {
        case (.stripe(var event), 0):
            event.livemode = event.livemode.map { !$0 } ?? false
            other.body = .stripe(event)
        case (.baseline(var state), _):
            state.stripeCustomer = CustomerID("cus_shared")
            other.body = .baseline(state)
        case (_, 1) where record.account != nil:
            guard let body = random.pick(records)?.body else { return other }
            if case .mark = body { return other }
            other.body = body
        default:
            other.at = record.at.advanced(by: .minutes(Int64(random.number(-30...30))))
        }
        return other
    }
}
