import BillingModel
import CutoverGate
import DivergenceAnalysis
import MirrorLog
import ParityReport
import ShadowRun
import Testing

/// Ways in which harm, or not knowing of it, could hide from every count.
struct UnseenHarmTests {
    private static func question(
        _ change: (inout GateQuestion) -> Void = { _ in }
    ) throws -> GateQuestion {
        try clean.get().with(change)
    }

    private static let clean = Result { try SmallQuestion.clean() }

    private static func standing(
        _ facet: Facet,
        _ legacy: FacetValue,
        _ brain: FacetValue,
        origin: String? = nil
    ) -> ParityReport.StandingEntry {
        ParityReport.StandingEntry(
            account: AccountID("acct_standing"),
            difference: FacetDifference(facet, legacy: legacy, brain: brain),
            since: Instant(microseconds: 0),
            episodes: 1,
            origin: origin
        )
    }

    @Test("the question that the others change is a GO")
    func isGo() throws {
        #expect(GateDecision(try Self.question()).verdict == .go)
    }

    @Test("a customer whom the brain would ban at its first look, unexplained, is no GO")
    func bansAtFirstLook() throws {
        let items: FacetValue = .list(["si_1"])
        let harms: [(Facet, FacetValue, FacetValue)] = [
            (.badDebtFlag, .bool(false), .bool(true)), (.ban, .text(nil), .text("bad_debt")),
            (.subscription(SubscriptionID("sub_1")), .bool(true), .bool(false)),
            (.items(SubscriptionID("sub_1")), items, .list([])),
        ]
        for (facet, legacy, brain) in harms {
            let hidden = try Self.question {
                $0.observation.standing = [Self.standing(facet, legacy, brain)]
            }
            #expect(hidden.verdict(of: .harm) == .insufficient, "\(facet)")
            let released = try Self.question {
                $0.observation.standing = [Self.standing(facet, brain, legacy)]
            }
            #expect(released.verdict(of: .harm) == .go, "\(facet)")
            let explained = try Self.question {
                $0.observation.standing = [Self.standing(facet, legacy, brain, origin: "dv_1")]
            }
            #expect(explained.verdict(of: .harm) == .go, "\(facet)")
        }
    }

    @Test("episodes that were not judged are not clean ones")
    func unjudged() throws {
        for change: (inout EpisodeTally) -> Void in [
            { $0.incomplete += $0.match }, { $0.open += $0.match },
        ] {
            let question = try Self.question { question in
                for place in question.observation.cells.indices {
                    change(&question.observation.cells[place].tally)
                }
                for place in question.observation.days.indices {
                    change(&question.observation.days[place].tally)
                }
            }
            #expect(question.verdict(of: .coverage) == .insufficient)
        }
    }

    @Test("a phase without episodes of its own is not covered")
    func ownEpisodes() throws {
        let later = try Self.question { $0.phase = .payments }
        #expect(
            later.verdict(of: .coverage) == .insufficient,
            "the small fleet holds webhooks alone"
        )
    }

    @Test("a rare kind that is surely above the limit is a NO-GO by itself")
    func rottenRareKind() throws {
        let question = try Self.question { question in
            var many = EpisodeTally()
            many.match = 10_000_000
            var few = EpisodeTally()
            few.divergent = 5000
            few.unexplained = 5000
            question.observation.cells = [("invoice.paid", many), ("invoice.voided", few)].map {
                .init(
                    cell: EpisodeCell(trigger: $0.0, accountType: "pay_go", phase: .webhooks),
                    tally: $0.1
                )
            }
            question.configuration.unexplained = Rate(partsPerMillion: 1000)
            question.configuration.traffic = Rate(partsPerMillion: 1000)
        }
        #expect(question.verdict(of: .unexplained) == .noGo)
    }

    @Test("a report that leaves episodes of later phases out says nothing of the brain's defects")
    func scoped() throws {
        let question = try Self.question { $0.observation.outOfScope = 1 }
        #expect(question.verdict(of: .brainDefects) == .insufficient)
    }

    @Test("a mark vouches for nothing that comes after it")
    func lyingMark() {
        var engine = ParityEngine(settings: JudgeSettings())
        let at = Instant(microseconds: 1_772_452_800_000_000)
        engine.feed(
            MirrorRecord(
                id: RecordID("mark"),
                at: at,
                account: nil,
                body: .mark(
                    Mark(source: .stripe, says: .through(at.advanced(by: .days(26_000))))
                )
            )
        )
        #expect(engine.activity.sources.compactMap(\.through) == [at])
    }
}
