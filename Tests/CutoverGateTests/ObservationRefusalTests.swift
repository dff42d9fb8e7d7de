import BillingModel
import CutoverGate
import DivergenceAnalysis
import DunningBrain
import FleetSimulation
import MirrorLog
import ParityReport
import ShadowRun
import Testing

/// Reports that are no one observation: each refusal says which, and why.
struct ObservationRefusalTests {
    private static func reason(_ reports: [GateReport]) -> String {
        do throws(RecordError) {
            _ = try Observation(reports)
            return "read"
        } catch {
            return error.reason
        }
    }

    /// The bad fleet's report, and the report of its first half.
    private static let halves = Result {
        let fleet = try SmallFleet.bad.get()
        let end = fleet.start.advanced(by: .days(12))
        return (
            whole: try fleet.report("whole").gateReport,
            half: try fleet.report("half") { ($0.seen ?? $0.at) < end }.gateReport
        )
    }

    @Test("no report is no observation")
    func none() {
        #expect(Self.reason([]) == "there is no report")
    }

    @Test("every report needs its listing, even one alone")
    func missingListing() throws {
        var (whole, half) = try Self.halves.get()
        half.episodes = nil
        #expect(Self.reason([whole, half]).contains("`half/report.json` has no episodes.ndjson"))
        #expect(Self.reason([half]).contains("`half/report.json` has no episodes.ndjson"))
        whole.episodes = nil
        #expect(Self.reason([whole, half]).contains("episodes.ndjson"))
    }

    @Test("reports of another brain, policy or settle time are refused, both by name")
    func strangers() throws {
        let fleet = try SmallFleet.bad.get()
        let whole = try Self.halves.get().whole
        var policy = Policy()
        policy.threshold = 700
        let lenient = Brain(name: "binary") { state, now, policy in
            state.override == nil ? decide(state, at: now, policy) : Decision(rule: .clear)
        }
        let others: [(String, JudgeSettings)] = [
            // Of the same name, and not the same.
            ("brain", JudgeSettings(brain: lenient)),
            ("brain", JudgeSettings(brain: Brain(name: "other") { decide($0, at: $1, $2) })),
            ("policy", JudgeSettings(policy: policy)),
            ("settle time", JudgeSettings(settle: .minutes(40))),
        ]
        for (what, settings) in others {
            let other = try fleet.report("other", settings: settings).gateReport
            let reason = Self.reason([whole, other])
            #expect(reason.contains("another \(what)"))
            #expect(reason.contains("`whole/report.json`"))
            #expect(reason.contains("`other/report.json`"))
        }
    }

    @Test("two reports that judged one episode otherwise are an error that names all three")
    func disagreement() throws {
        let (whole, half) = try Self.halves.get()
        var liar = half
        let place = try #require(half.episodes?.firstIndex { $0.outcome == .match })
        let episode = try #require(half.episodes?[place])
        // The same episode, said to have been opened by something else, counted as it is listed.
        liar.episodes?[place].cell.trigger = "a lie"
        liar.document.evidence.cells = Self.cells(liar.episodes ?? [])
        for reports in [[whole, liar], [liar, whole]] {
            let reason = Self.reason(reports)
            #expect(reason.contains("`whole/report.json`"))
            #expect(reason.contains("`half/report.json`"))
            #expect(reason.contains("disagree"))
            #expect(reason.contains("`\(episode.key.account)`"))
            #expect(reason.contains("\(episode.key.opened)"))
        }
    }

    @Test("two reports that tell one divergence otherwise are an error, whatever they tell")
    func divergenceTold() throws {
        let (whole, half) = try Self.halves.get()
        let place = try #require(half.document.divergences.indices.first)
        let changes: [(inout ReportDocument.Entry) -> Void] = [
            { $0.amounts = Amounts() }, { $0.brainOnly = [.flag] }, { $0.until = nil },
            { $0.subscriptions += 1 }, { $0.facets = [] },
        ]
        for (number, change) in changes.enumerated() {
            var liar = half
            change(&liar.document.divergences[place])
            guard liar.document != half.document else { continue }
            #expect(Self.reason([whole, liar]).contains("disagree"), "change \(number)")
        }
        let listed: [(inout ReportDocument.Entry) -> Void] = [
            { $0.phase = .retire }, { $0.trigger = "a lie" }, { $0.accountType = nil },
            { $0.classes = [.timing] }, { $0.id = "dv_0" },
            { $0.opened = $0.opened.advanced(by: .seconds(1)) },
        ]
        for (number, change) in listed.enumerated() {
            var liar = half
            change(&liar.document.divergences[place])
            let reason = Self.reason([liar])
            #expect(reason.contains("its listing don't hold the same"), "line \(number)")
        }
        var same = half
        same.document.divergences[place].reproducer = [RecordID("evt_1")]
        #expect(Self.reason([whole, same]) == "read")
    }

    @Test("a listing that is cut, doubled or another report's is refused")
    func wrongListing() throws {
        let (whole, half) = try Self.halves.get()
        let listing = try #require(half.episodes)
        var lists = [Array(listing.dropLast()), listing + listing.suffix(1), whole.episodes ?? []]
        var lied = listing
        let place = try #require(lied.firstIndex { $0.outcome == .divergent })
        lied[place].divergence = "dv_0"
        lists.append(lied)
        for (number, list) in lists.enumerated() {
            var other = half
            other.episodes = list
            #expect(Self.reason([other]) != "read", "listing \(number)")
            #expect(Self.reason([whole, other]) != "read", "listing \(number)")
        }
    }

    @Test("a report that lost a row of its cells or days is refused")
    func lostRows() throws {
        let half = try Self.halves.get().half
        for place in half.document.evidence.cells.indices {
            var other = half
            other.document.evidence.cells.remove(at: place)
            #expect(Self.reason([other]).contains("`cells`"))
        }
        for place in half.document.evidence.days.indices {
            var other = half
            other.document.evidence.days.remove(at: place)
            #expect(Self.reason([other]).contains("`days`"))
        }
    }

    private static func cells(_ episodes: [ListedEpisode]) -> [ReportDocument.Cell] {
        var cells: [EpisodeCell: EpisodeTally] = [:]
        for episode in episodes {
            var tally = cells[episode.cell] ?? EpisodeTally()
            switch episode.outcome {
            case .match: tally.match += 1
            case .open: tally.open += 1
            case .incomplete: tally.incomplete += 1
            case .divergent:
                tally.divergent += 1
                tally.unexplained += episode.classes.contains(.unexplained) ? 1 : 0
                tally.brainDefect += episode.classes.contains(.brainDefect) ? 1 : 0
            }
            cells[episode.cell] = tally
        }
        return cells.keys.sorted().map { .init(cell: $0, tally: cells[$0] ?? EpisodeTally()) }
    }
}
