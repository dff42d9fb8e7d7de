import BillingModel
import MirrorLog

/// Brings the lines of all accounts into the order of their arrival.
struct MirrorStream {
    private let plan: FleetPlan
    private var waiting: [Draft] = []
    private var random: SplitMix64
    private var marked: Instant
    private var marks = 0

    private(set) var records = 0
    private(set) var unreadable = 0
    private(set) var bytes = 0

    /// Nothing takes longer to be seen than the latest of the late, the hang of an execution and
    /// some room.
    private var lag: TimeSpan { plan.delivery.lateUpTo.adding(.seconds(2 * 3600)) }

    init(plan: FleetPlan) {
        self.plan = plan
        random = SplitMix64(seed: plan.seed &+ 2)
        marked = plan.start
    }

    /// Takes over the lines that an account has ready.
    mutating func accept(_ life: inout Life) {
        waiting.append(contentsOf: life.drafts)
        life.drafts.removeAll(keepingCapacity: false)
    }

    /// Delivers what is seen before an instant.
    ///
    /// Nothing that is accepted later may be seen before it.
    mutating func deliver(before limit: Instant, _ write: ([UInt8]) throws -> Void) rethrows {
        waiting.sort { ($0.seen, $0.order) < ($1.seen, $1.order) }
        let count = waiting.firstIndex { $0.seen >= limit } ?? waiting.count
        for draft in waiting[..<count] {
            try mark(before: draft.seen, write)
            try put(draft.line, write)
            if random.chance(perThousand: plan.delivery.unreadable) {
                unreadable += 1
                let line = Unreadable.line(like: draft.line, number: unreadable, &random)
                bytes += line.count
                try write(line)
            }
        }
        waiting.removeFirst(count)
    }

    /// Delivers the rest, then says that every source is complete until well past the end.
    mutating func finish(_ write: ([UInt8]) throws -> Void) rethrows {
        let last = waiting.map(\.seen).max() ?? plan.end
        try deliver(before: last.advanced(by: .seconds(1)), write)
        let through = max(last, plan.end).advanced(by: .seconds(2 * 3600))
        try mark(through: through, seen: through.advanced(by: lag), write)
    }

    /// Writes the marks that fall due before an instant.
    private mutating func mark(
        before seen: Instant,
        _ write: ([UInt8]) throws -> Void
    ) rethrows {
        while marked.advanced(by: plan.delivery.marksEvery) <= seen {
            marked = marked.advanced(by: plan.delivery.marksEvery)
            let through = marked.advanced(by: TimeSpan(microseconds: -lag.microseconds))
            if through > plan.start { try mark(through: through, seen: marked, write) }
        }
    }

    private mutating func mark(
        through: Instant,
        seen: Instant,
        _ write: ([UInt8]) throws -> Void
    ) rethrows {
        for source in Mark.Source.allCases {
            marks += 1
            let record = MirrorRecord(
                id: RecordID("mark_\(marks)"),
                at: seen,
                seen: seen,
                account: nil,
                body: .mark(Mark(source: source, says: .through(through)))
            )
            try put(RecordWriter().line(record), write)
        }
    }

    private mutating func put(_ line: [UInt8], _ write: ([UInt8]) throws -> Void) rethrows {
        records += 1
        bytes += line.count
        try write(line)
    }
}

extension TimeSpan {
    /// The sum of two spans.
    func adding(_ other: TimeSpan) -> TimeSpan {
        TimeSpan(microseconds: microseconds + other.microseconds)
    }
}

/// Lines that no reader can take: extra ones, so that nothing is lost by them.
enum Unreadable {
    /// An unreadable line, somewhat like the one before it.
    static func line(like line: [UInt8], number: Int, _ random: inout SplitMix64) -> [UInt8] {
        let feed = UInt8(ascii: "\n")
        let time = #""at":"2026-01-01T00:00:00Z""#
        switch random.below(4) {
        case 0:
            return Array(line.prefix(line.count / 4 + random.below(line.count / 2))) + [feed]
        case 1:
            let garbage = (0..<random.within(20...200)).map { _ in UInt8(128 + random.below(128)) }
            return garbage + [feed]
        case 2:
            return Array(#"{"v":1,"id":"odd_\#(number)","kind":"heartbeat",\#(time)}"#.utf8) + [
                feed
            ]
        default:
            return Array(#"{"v":2,"id":"odd_\#(number)","kind":"mark",\#(time)}"#.utf8) + [feed]
        }
    }
}
