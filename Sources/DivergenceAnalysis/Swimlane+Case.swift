import BillingModel
import DunningBrain
import MirrorLog
import ShadowRun

extension Swimlane {
    /// The most events, runs, decisions and facets of a picture.
    ///
    /// Of more events those stay that the smallest reproducer needs, and then what Stripe said.
    static let most = (events: 60, runs: 24, decisions: 30, tracks: 10)
    /// The most deeds of a run, and the most values that a facet has one after the other.
    static let mostOfOne = (deeds: 16, stretches: 40)

    /// What there is to show of a case.
    ///
    /// - Parameters:
    ///   - subject: The case.
    ///   - divergence: What was found out about it.
    ///   - account: The account.
    ///   - records: The episode's records, in event-time order.
    init(
        _ subject: EpisodeCase,
        _ divergence: Divergence,
        of account: AccountID,
        _ records: ArraySlice<MirrorRecord>
    ) {
        let story = SwimlaneStory(subject, divergence.explanation)
        var had: [String] = []
        for clause in story.interventions.map(\.had) where !had.contains(clause) {
            had.append(clause)
        }
        self.init(
            id: divergence.id,
            account: account,
            classes: divergence.classes,
            story: divergence.story,
            had: had,
            isWhatIfOfBrain: story.isWhatIfOfBrain,
            opened: subject.episode.openedAt,
            closed: subject.episode.closesAt,
            end: max(subject.episode.closesAt, story.end)
        )
        events = records.compactMap(Event.init)
        for place in events.indices where story.leftOut.contains(events[place].record) {
            events[place].isLeftOut = true
        }
        runs = subject.timeline.runs.map { Run($0, without: story.unpaid) }
        staleReads = StaleReads(subject.timeline, story.legacy).found
        runs += story.otherRuns
        decisions = story.decisions
        tracks = story.tracks(divergence.facets, omitted: &omitted)
    }

    /// Marks what the smallest reproducer needs, and leaves out what there is no room for.
    ///
    /// - Parameter reproducer: The ids of its records; none where it was not looked for.
    mutating func finish(_ reproducer: [RecordID]) {
        stress(reproducer)
        reduce()
    }

    private mutating func stress(_ reproducer: [RecordID]) {
        guard !reproducer.isEmpty else { return }
        let needed = Set(reproducer)
        for place in events.indices { events[place].isKey = needed.contains(events[place].record) }
        for place in runs.indices where !runs[place].isWhatIf {
            runs[place].isKey = runs[place].record.map { needed.contains($0) } ?? false
        }
    }

    /// Leaves out what a picture has no room for.
    private mutating func reduce() {
        if events.count > Self.most.events {
            let order = events.indices.sorted { (events[$0].rank, $0) < (events[$1].rank, $1) }
            omitted += events.count - Self.most.events
            events = order.prefix(Self.most.events).sorted().map { events[$0] }
        }
        if runs.count > Self.most.runs {
            omitted += runs.count - Self.most.runs
            runs = Array(runs.prefix(Self.most.runs))
            staleReads.removeAll { $0.run >= runs.count }
        }
        if decisions.count > Self.most.decisions {
            omitted += decisions.count - Self.most.decisions
            decisions = Array(decisions.prefix(Self.most.decisions))
        }
        for place in runs.indices {
            let more = runs[place].deeds.count - Self.mostOfOne.deeds
            guard more > 0 else { continue }
            omitted += more
            runs[place].deeds.removeLast(more)
        }
        for place in tracks.indices {
            tracks[place].legacy.reduce(&omitted)
            tracks[place].whatIf?.reduce(&omitted)
            tracks[place].brain.reduce(&omitted)
        }
    }
}

extension [Swimlane.Stretch] {
    /// Leaves out what comes before the last of too many.
    fileprivate mutating func reduce(_ omitted: inout Int) {
        let more = count - Swimlane.mostOfOne.stretches
        guard more > 0 else { return }
        omitted += more
        removeSubrange(Swimlane.mostOfOne.stretches - 1..<count - 1)
    }
}

extension Swimlane.Event {
    /// How soon it may be left out: the higher, the sooner.
    fileprivate var rank: Int {
        if isKey || isLeftOut { return 0 }
        switch lane {
        case .stripe, .requests: return isEcho ? 2 : 1
        case .path, .database, .whatIf, .brain: return 3
        }
    }

    /// What a record shows at an instant; `nil` of runs that take their time, and of marks.
    fileprivate init?(_ record: MirrorRecord) {
        let lane: Swimlane.Lane
        let says: Swimlane.Phrase
        var isEcho = false
        switch record.body {
        case .stripe(let event):
            (lane, says, isEcho) = (.stripe, Swimlane.Phrase(event), event.cause != nil)
        case .request(let request): (lane, says) = (.requests, Swimlane.Phrase(request))
        case .change(let change): (lane, says) = (.database, Swimlane.Phrase(change))
        case .baseline: (lane, says) = (.database, Swimlane.Phrase("baseline"))
        case .execution(let execution) where execution.path == .a:
            (lane, says) = (.path(.a), Swimlane.Phrase("records"))
        case .execution, .mark: return nil
        }
        self.init(lane: lane, at: record.at, record: record.id, says: says, isEcho: isEcho)
    }
}

extension Swimlane.Run {
    /// What a run did, payments included, as it was recorded.
    fileprivate init(_ run: RecordedRun, without unpaid: Set<InvoiceID>) {
        self.init(
            record: run.id,
            lane: .path(run.execution.path),
            start: run.at,
            end: run.end,
            deeds: run.execution.effects.map { timed in
                var isLeftOut = false
                if case .payInvoice(let id, _, _) = timed.effect { isLeftOut = unpaid.contains(id) }
                return Swimlane.Deed(
                    at: max(run.at, timed.at),
                    says: .init(timed.effect),
                    isDone: timed.ok,
                    isLeftOut: isLeftOut
                )
            }.sorted { $0.at < $1.at },
            isBroken: run.execution.outcome != .completed
        )
    }
}
