package import BillingModel
package import MirrorLog

/// When and how much each source of a log delivered.
package struct MirrorActivity: Hashable, Sendable {
    /// How many records of each kind there were, in the order of the kinds.
    package private(set) var kinds = Array(
        repeating: KindCount(),
        count: MirrorRecord.Kind.allCases.count
    )
    /// What each source delivered, in the order of the sources.
    package private(set) var sources = Array(
        repeating: SourceActivity(),
        count: Mark.Source.allCases.count
    )
    /// The first and the last event time within each stretch of ``slot`` that holds any, by number.
    private var slots: [Int64: Span] = [:]
    private var current: (number: Int64, span: Span)?

    /// How finely event times are remembered; silences that are longer are told exactly.
    package static let slot = TimeSpan.minutes(5)

    /// The records of one kind.
    package struct KindCount: Hashable, Sendable {
        /// All that were delivered.
        package var received = 0
        /// Those that do not stand, because another one has their id.
        package var redelivered = 0

        /// No records.
        package init() {}
    }

    /// What one source delivered.
    package struct SourceActivity: Hashable, Sendable {
        /// How many records.
        package var records = 0
        /// The first event time.
        package var first: Instant?
        /// The last event time.
        package var last: Instant?
        /// Up to when its marks say that it is complete.
        package var through: Instant?
        /// Times in which its marks say that something is missing, in order.
        package var gaps: [Gap] = []

        /// Nothing delivered.
        package init() {}
    }

    private struct Span: Hashable {
        var first: Instant
        var last: Instant
    }

    /// No activity.
    package init() {}

    package static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.kinds == rhs.kinds && lhs.sources == rhs.sources && lhs.spans == rhs.spans
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(kinds)
        hasher.combine(sources)
    }

    /// Notes a record, and what it is to those before.
    mutating func note(_ record: PackedArrival, _ arrival: AccountRecords.Arrival) {
        let kind = record.gist.kind
        kinds[kind.place].received += 1
        switch arrival {
        case .new: break
        case .redelivered: kinds[kind.place].redelivered += 1
        case .redeliveredDifferently(let leftOut):
            kinds[(leftOut ?? kind).place].redelivered += 1
        }
        noteTime(record.at)
        guard case .mark(let mark) = record.gist else {
            return noteSource(record.gist.source.place, record.at)
        }
        let place = mark.source.place
        switch mark.says {
        case .through(let instant):
            // Nobody can vouch for what has not happened yet.
            let until = min(instant, record.at)
            sources[place].through = max(sources[place].through ?? until, until)
        case .gap(let from, let to):
            // Told again it is the same gap; whether it was told before is not always known yet.
            let gap = Gap(from: from, to: to)
            guard !sources[place].gaps.contains(gap) else { return }
            let later = sources[place].gaps.firstIndex { (from, to) <= ($0.from, $0.to) }
            sources[place].gaps.insert(gap, at: later ?? sources[place].gaps.count)
        }
    }

    /// More records of each kind turned out to have come before.
    package mutating func add(redelivered: [Int]) {
        for place in kinds.indices { kinds[place].redelivered += redelivered[place] }
    }

    private mutating func noteSource(_ place: Int, _ at: Instant) {
        sources[place].records += 1
        sources[place].first = min(sources[place].first ?? at, at)
        sources[place].last = max(sources[place].last ?? at, at)
    }

    private mutating func noteTime(_ at: Instant) {
        let size = Self.slot.microseconds
        let number =
            at.microseconds / size - (at.microseconds % size < 0 ? 1 : 0)
        if let (held, span) = current, held == number {
            current = (held, Span(first: min(span.first, at), last: max(span.last, at)))
            return
        }
        keepCurrent()
        let span = slots[number] ?? Span(first: at, last: at)
        current = (number, Span(first: min(span.first, at), last: max(span.last, at)))
    }

    private mutating func keepCurrent() {
        guard let (number, span) = current else { return }
        slots[number] = span
    }

    /// All spans, in order.
    private var spans: [Span] {
        var all = slots
        if let (number, span) = current { all[number] = span }
        return all.keys.sorted().compactMap { all[$0] }
    }

    /// The first event time of all; `nil` without any record.
    package var first: Instant? { spans.first?.first }

    /// The times, each longer than ``slot``, in which no source told of anything, in order.
    ///
    /// - Complexity: O(n log n) in the stretches that hold anything.
    package var silences: [Gap] {
        let spans = spans
        return zip(spans, spans.dropFirst()).compactMap { before, after in
            after.first.since(before.last) > Self.slot
                ? Gap(from: before.last, to: after.first) : nil
        }
    }
}

extension MirrorRecord.Kind {
    /// The place among the kinds.
    package var place: Int {
        // Asked of every record: looking it up among all cases would make an array of them.
        switch self {
        case .baseline: 0
        case .stripe: 1
        case .request: 2
        case .execution: 3
        case .change: 4
        case .mark: 5
        }
    }
}

extension Mark.Source {
    /// The place among the sources.
    package var place: Int {
        switch self {
        case .stripe: 0
        case .postgres: 1
        case .requests: 2
        }
    }
}

extension RecordGist {
    /// The source that a record comes from.
    package var source: Mark.Source {
        switch self {
        case .stripe: .stripe
        case .request: .requests
        case .baseline, .execution, .change: .postgres
        case .mark(let mark): mark.source
        }
    }
}

extension MirrorActivity: Packable {
    package func pack(into writer: inout PackedWriter) {
        for kind in kinds {
            writer.write(varint: UInt64(kind.received))
            writer.write(varint: UInt64(kind.redelivered))
        }
        for source in sources {
            writer.write(varint: UInt64(source.records))
            writer.write(instant: source.first)
            writer.write(instant: source.last)
            writer.write(instant: source.through)
            writer.write(varint: UInt64(source.gaps.count))
            for gap in source.gaps {
                writer.write(instant: gap.from)
                writer.write(instant: gap.to)
            }
        }
        let spans = spans
        writer.write(varint: UInt64(spans.count))
        for span in spans {
            writer.write(instant: span.first)
            writer.write(instant: span.last)
        }
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init()
        for place in kinds.indices {
            kinds[place].received = try reader.whole()
            kinds[place].redelivered = try reader.whole()
        }
        for place in sources.indices {
            sources[place].records = try reader.whole()
            sources[place].first = try reader.optionalInstant()
            sources[place].last = try reader.optionalInstant()
            sources[place].through = try reader.optionalInstant()
            for _ in 0..<(try reader.count()) {
                sources[place].gaps.append(
                    Gap(from: try reader.instant(), to: try reader.instant())
                )
            }
        }
        for _ in 0..<(try reader.count()) {
            noteTime(try reader.instant())
            noteTime(try reader.instant())
        }
    }
}
