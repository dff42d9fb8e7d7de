import BillingModel
import DunningBrain
import LegacyPaths
import ShadowRun

/// The runs that a picture is drawn from: as recorded, as the brain would have it, and as it would
/// have been, had the interventions that explain a divergence been made.
struct SwimlaneStory {
    let interventions: [Intervention]
    /// The legacy run as it was recorded.
    let legacy: LegacyTrace
    /// Whether it is the brain that something would have had to be different for.
    let isWhatIfOfBrain: Bool
    /// The last instant of all the runs.
    let end: Instant
    private let subject: EpisodeCase
    private let brain: BrainTrace
    private let otherLegacy: LegacyTrace?
    private let otherBrain: BrainTrace?
    private let legacyStates: [StateAt]
    private let otherStates: [StateAt]?
    private let brainStates: [StateAt]

    /// The runs of a case.
    init(_ subject: EpisodeCase, _ explanation: Explanation?) {
        self.subject = subject
        interventions = explanation?.interventions ?? []
        let changes = interventions.map(\.change)
        let isBinary = changes.contains(.binaryPolicy)
        let isLonger = changes.contains(.longerSettle)
        let timeline = subject.timeline
        let other = isLonger ? subject.longer?.timeline ?? timeline : timeline
        legacy = LegacyRun.traced(timeline, [], subject.settings)
        legacyStates = legacy.states.telling
        brain = BrainRun.traced(timeline, subject.settings)
        brainStates = brain.states.telling
        let edits = changes.compactMap { change -> TimelineEdit? in
            if case .legacy(let edit) = change { edit } else { nil }
        }
        otherLegacy =
            edits.isEmpty && !isLonger ? nil : LegacyRun.traced(other, edits, subject.settings)
        let settings = isBinary ? subject.settings.underBinaryPolicy : subject.settings
        otherBrain = isBinary ? BrainRun.traced(other, settings) : nil
        isWhatIfOfBrain = isBinary && otherLegacy == nil
        otherStates = (isWhatIfOfBrain ? otherBrain?.states : otherLegacy?.states)?.telling
        end = other.closesAt
    }

    /// The records of what the interventions leave out.
    var leftOut: Set<RecordID> {
        var result: Set<RecordID> = []
        for case .legacy(.omitResidual(let place)) in interventions.map(\.change) {
            result.insert(subject.timeline.residuals[place].record)
        }
        return result
    }

    /// The invoices whose payment by a run the interventions leave out, in whole or in part.
    var unpaid: Set<InvoiceID> {
        var result: Set<InvoiceID> = []
        for intervention in interventions {
            switch intervention.change {
            case .legacy(.omitPayment(_, let invoice)), .legacy(.uncover(let invoice, _)):
                result.insert(invoice)
            case .legacy, .binaryPolicy, .longerSettle: continue
            }
        }
        return result
    }

    // MARK: - Runs

    /// What the paths would have done, where that is not what they did.
    var otherRuns: [Swimlane.Run] {
        guard let otherLegacy else { return [] }
        var result: [Swimlane.Run] = []
        for (place, run) in subject.timeline.runs.enumerated() where run.canBeRerun {
            let (did, would) = (legacy.turn(of: place), otherLegacy.turn(of: place))
            guard did != would else { continue }
            result.append(Swimlane.Run(would, .path(run.execution.path), record: run.id))
        }
        for step in otherLegacy.steps {
            switch step.actor {
            case .edit(let path) where path != nil || !step.effects.isEmpty:
                let turn = LegacyTrace.Turn(read: step.at, effects: step.effects)
                result.append(Swimlane.Run(turn, path.map { .path($0) } ?? .whatIf))
            case .fact where !step.effects.isEmpty:
                let turn = LegacyTrace.Turn(read: step.at, effects: step.effects)
                result.append(Swimlane.Run(turn, .whatIf))
            case .fact, .residual, .read, .run, .edit: break
            }
        }
        return result
    }

    /// What the brain decided, and would have.
    var decisions: [Swimlane.Decision] {
        brain.decisions(isWhatIf: false) + (otherBrain?.decisions(isWhatIf: true) ?? [])
    }

    // MARK: - Facets

    /// How the facets went: those of the verdict, then others that differed for a while.
    ///
    /// - Parameters:
    ///   - reported: The facets of the verdict.
    ///   - omitted: Counts those for which there is no room.
    /// - Returns: A track for each.
    func tracks(_ reported: [FacetDifference], omitted: inout Int) -> [Swimlane.Track] {
        let named = reported.map(\.facet)
        var tracks = named.map { track(of: $0, isReported: true) }
        for facet in passing where !named.contains(facet) {
            let track = track(of: facet, isReported: false)
            let (opened, closed) = (subject.episode.openedAt, subject.episode.closesAt)
            if !track.differing(from: opened, to: closed).isEmpty { tracks.append(track) }
        }
        omitted += max(0, tracks.count - Swimlane.most.tracks)
        return Array(tracks.prefix(Swimlane.most.tracks))
    }

    /// The facets of state that may have differed for a while.
    private var passing: [Facet] {
        let opening = subject.timeline.opening.subscriptions
        let states = legacyStates + brainStates
        // Most are left alone, and then are the very same.
        guard states.contains(where: { $0.state.subscriptions != opening }) else {
            return [.badDebtFlag, .ban]
        }
        let ids = opening.prefix(Swimlane.most.tracks).map(\.id)
        return [.badDebtFlag, .ban] + ids.map { .subscription($0) } + ids.map { .items($0) }
    }

    private func track(of facet: Facet, isReported: Bool) -> Swimlane.Track {
        if case .processed(let record) = facet {
            let at = subject.timeline.triggers.first { $0.record == record }?.at
            let since = at ?? subject.episode.openedAt
            let done = [Swimlane.Stretch(from: since, value: .bool(true))]
            return Swimlane.Track(
                facet: facet,
                isReported: isReported,
                legacy: [Swimlane.Stretch(from: since, value: .bool(false))],
                whatIf: isProcessed(record) ? done : nil,
                brain: done
            )
        }
        return Swimlane.Track(
            facet: facet,
            isReported: isReported,
            legacy: facet.stretches(legacyStates),
            whatIf: otherStates.map { facet.stretches($0) },
            brain: facet.stretches(brainStates, isBrain: true)
        )
    }

    private func isProcessed(_ record: RecordID) -> Bool {
        interventions.contains { intervention in
            if case .legacy(.process(record, _)) = intervention.change { true } else { false }
        }
    }
}

extension [StateAt] {
    /// Those in which something that a facet tells is not as in the one before.
    ///
    /// What no step touched is the same storage, which makes the comparison cheap.
    fileprivate var telling: [StateAt] {
        var result: [StateAt] = []
        for state in self {
            guard let last = result.last?.state else {
                result.append(state)
                continue
            }
            let new = state.state
            let isSame =
                last.flags == new.flags && last.ban == new.ban && last.badDebtAt == new.badDebtAt
                && last.metadata == new.metadata && last.subscriptions == new.subscriptions
                && last.invoices == new.invoices
            if !isSame { result.append(state) }
        }
        return result
    }
}

extension LegacyTrace {
    /// What became of one run.
    struct Turn: Equatable {
        /// When it read.
        var read: Instant
        /// What it did.
        var effects: [TimedEffect]
    }

    /// When a run read, and what it did.
    fileprivate func turn(of run: Int) -> Turn? {
        guard let read = steps.first(where: { $0.actor == .read(run) }) else { return nil }
        return Turn(
            read: read.at,
            effects: steps.filter { $0.actor == .run(run) }.flatMap(\.effects)
        )
    }
}

extension Swimlane.Run {
    /// What a run would have done.
    fileprivate init(_ turn: LegacyTrace.Turn?, _ lane: Swimlane.Lane, record: RecordID? = nil) {
        let effects = turn?.effects ?? []
        let start = turn?.read ?? Instant(microseconds: 0)
        self.init(
            record: record,
            lane: lane,
            start: start,
            end: effects.map(\.at).max() ?? start,
            deeds: effects.map { Swimlane.Deed(at: $0.at, says: .init($0.effect)) },
            isWhatIf: true
        )
    }
}

extension BrainTrace {
    /// The decisions, that before the first trigger only where it changed something.
    fileprivate func decisions(isWhatIf: Bool) -> [Swimlane.Decision] {
        wakeUps.filter { !$0.isStanding || !$0.effects.isEmpty }.map { wakeUp in
            Swimlane.Decision(
                at: wakeUp.at,
                isStanding: wakeUp.isStanding,
                rule: wakeUp.rule,
                plan: wakeUp.effects.map { .init($0) },
                until: wakeUp.hold?.until,
                isWhatIf: isWhatIf
            )
        }
    }
}

extension Facet {
    /// The values that the facet had one after the other.
    ///
    /// - Parameters:
    ///   - states: The account at the opening and after every step.
    ///   - isBrain: Whether they are the brain's, to whom one payment of an invoice is right and a
    ///     second no doing of its own.
    /// - Returns: A stretch for each value, in order.
    fileprivate func stretches(_ states: [StateAt], isBrain: Bool = false) -> [Swimlane.Stretch] {
        var result: [Swimlane.Stretch] = []
        for state in states {
            guard var value = value(in: state.state), result.last?.value != value else { continue }
            if isBrain, case .count(let count) = value { value = .count(min(1, count)) }
            if result.last?.value == value { continue }
            if result.last?.from == state.at { result.removeLast() }
            if result.last?.value != value {
                result.append(Swimlane.Stretch(from: state.at, value: value))
            }
        }
        return result
    }
}
