package import BillingModel
package import DivergenceAnalysis
import ShadowRun

/// What the divergences of a report come to, counted one at a time: all that is told of them but
/// what is told of each.
package struct DivergenceFigures: Sendable {
    /// How many there are.
    package private(set) var count = 0
    /// How many block every gate.
    package private(set) var blocking = 0
    /// How many customers are concerned.
    package private(set) var customers = 0
    /// How many of them lastingly.
    package private(set) var lastingCustomers = 0
    /// How many legacy alone acted against.
    package private(set) var customersOfLegacy = 0
    /// How many the brain alone would have acted against.
    package private(set) var customersOfBrain = 0
    /// How many have a reproducer of so many records.
    package private(set) var reproducers: [Int: Int] = [:]
    /// How many of each class there are of each account type, in the order of the classes.
    package private(set) var types: [String: [Int]] = [:]
    /// How many of each class each path acted in; ``noPath`` where none did.
    package private(set) var paths: [String: [Int]] = [:]
    /// Whether all that the report's text tells of them reads back as it was.
    private(set) var readsBack = true
    /// What those of each class come to, in the order of the classes.
    private var classes = DivergenceClass.allCases.map { OfClass($0) }
    /// The account whose divergences come now, and what it was counted for.
    private var account: AccountID?
    private var counted: UInt64 = 0

    /// What stands for a path where none acted.
    package static let noPath = "none"

    /// What the divergences of one class come to; one of several classes counts in each.
    package struct OfClass: Sendable {
        /// How many there are.
        package fileprivate(set) var count = 0
        /// How many accounts they are of.
        package fileprivate(set) var accounts = 0
        /// How many of them are lasting.
        package fileprivate(set) var lasting = 0
        /// How many subscriptions are at stake.
        package fileprivate(set) var subscriptions = 0
        /// The money at stake.
        package fileprivate(set) var amounts = Amounts()
        /// The first of them, in the order of a report, for examples: so many as are ever told.
        package fileprivate(set) var first: [Told] = []
        fileprivate var days: [Int64: (opened: Instant, count: Int)] = [:]
        private let most: Int

        fileprivate init(_ cause: DivergenceClass) {
            most =
                cause.isBlocking ? ParityReport.mostProblems : ParityReport.storiesEachClass
        }

        /// How many opened on each day, as RFC 3339 dates.
        package var byDay: [String: Int] {
            var result: [String: Int] = [:]
            for (opened, count) in days.values {
                result[String(opened.description.prefix(10)), default: 0] += count
            }
            return result
        }

        fileprivate mutating func add(_ entry: ParityReport.Entry) {
            count += 1
            if entry.divergence.extent == .lasting { lasting += 1 }
            subscriptions += entry.divergence.subscriptions
            amounts.add(entry.divergence.amounts)
            let opened = entry.episode.opened
            let (day, rest) = opened.unixSeconds.quotientAndRemainder(dividingBy: 86_400)
            days[rest < 0 ? day - 1 : day, default: (opened, 0)].count += 1
            if first.count == most, let last = first.last, last.opened < opened { return }
            let told = Told(entry)
            let place = first.firstIndex { told.comesBefore($0) } ?? first.count
            first.insert(told, at: place)
            if first.count > most { first.removeLast() }
        }
    }

    /// One of them as an example tells it.
    package struct Told: Sendable {
        /// The divergence's id.
        package let id: String
        /// The account.
        package let account: AccountID
        /// What happened, in one sentence.
        package let story: String
        fileprivate let opened: Instant

        fileprivate init(_ entry: ParityReport.Entry) {
            (id, story) = (entry.divergence.id, entry.divergence.story)
            (account, opened) = (entry.episode.account, entry.episode.opened)
        }

        fileprivate func comesBefore(_ other: Self) -> Bool {
            (opened, account, id) < (other.opened, other.account, other.id)
        }
    }

    /// What no divergences come to.
    init() {}

    /// What some divergences come to.
    init(_ entries: [ParityReport.Entry]) {
        for place in entries.placesByAccount { add(entries[place]) }
    }

    /// What those of a class come to.
    package subscript(cause: DivergenceClass) -> OfClass { classes[cause.place] }

    /// How many records the reproducers have; `nil` where none was looked for.
    ///
    /// The median is the upper one of an even number.
    package var reproducerSizes: (median: Int, largest: Int)? {
        let sizes = reproducers.keys.sorted()
        guard let largest = sizes.last else { return nil }
        var before = 0
        let half = reproducers.values.reduce(0, +) / 2
        for size in sizes {
            before += reproducers[size] ?? 0
            if before > half { return (size, largest) }
        }
        return (largest, largest)
    }

    /// Counts a divergence; those of an account come one after the other.
    mutating func add(_ entry: ParityReport.Entry) {
        let divergence = entry.divergence
        if entry.episode.account != account { (account, counted) = (entry.episode.account, 0) }
        count += 1
        readsBack = readsBack && entry.readsBack
        if divergence.classes.contains(where: \.isBlocking) { blocking += 1 }
        if isFirst(.concerned) { customers += 1 }
        if divergence.extent == .lasting, isFirst(.lasting) { lastingCustomers += 1 }
        if !divergence.legacyOnly.isEmpty, isFirst(.ofLegacy) { customersOfLegacy += 1 }
        if !divergence.brainOnly.isEmpty, isFirst(.ofBrain) { customersOfBrain += 1 }
        if !divergence.reproducer.isEmpty {
            reproducers[divergence.reproducer.count, default: 0] += 1
        }
        let places = divergence.classes.map(\.place)
        for (cause, place) in zip(divergence.classes, places) {
            classes[place].add(entry)
            if isFirst(.ofClass(cause)) { classes[place].accounts += 1 }
        }
        let none = [Int](repeating: 0, count: classes.count)
        let type = entry.episode.accountType?.columnValue ?? EpisodeCell.untold
        let acted = divergence.paths.isEmpty ? [Self.noPath] : divergence.paths.map(\.rawValue)
        for place in places {
            types[type, default: none][place] += 1
            for path in acted { paths[path, default: none][place] += 1 }
        }
    }

    /// What an account counts for once, however many divergences it has.
    private enum Mark {
        case concerned, lasting, ofLegacy, ofBrain
        case ofClass(DivergenceClass)

        var bit: UInt64 {
            switch self {
            case .concerned: 1
            case .lasting: 1 << 1
            case .ofLegacy: 1 << 2
            case .ofBrain: 1 << 3
            case .ofClass(let cause): 1 << (4 + UInt64(cause.place))
            }
        }
    }

    /// Whether the account was not counted for something yet; from now on it is.
    private mutating func isFirst(_ mark: Mark) -> Bool {
        defer { counted |= mark.bit }
        return counted & mark.bit == 0
    }
}
