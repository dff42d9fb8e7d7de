import BillingModel
import CutoverGate
import DivergenceAnalysis
import MirrorLog
import ParityReport
import ShadowRun
import Testing

/// Each criterion at its limit, on both sides of it, and of nothing.
struct CriteriaTests {
    /// A small question that is answered GO, changed.
    private static func question(
        _ change: (inout GateQuestion) -> Void = { _ in }
    ) throws -> GateQuestion {
        try clean.get().with(change)
    }

    private static let clean = Result { try SmallQuestion.clean() }

    private static func entries(_ count: Int) throws -> [ReportDocument.Entry] {
        let found = try known.get()
        return Array(found.prefix(count))
    }

    private static let known = Result {
        try SmallQuestion.about(SmallFleet.bad.get().report()).observation.divergences
    }

    @Test("every criterion of the clean question passes, each stated once in its order")
    func clean() throws {
        let criteria = GateDecision(try Self.question()).criteria
        #expect(criteria.map(\.name) == Criterion.Name.allCases)
        for criterion in criteria {
            #expect(criterion.verdict == .go, "\(criterion.name)")
            #expect(criterion.next.isEmpty)
            #expect(!criterion.value.isEmpty)
            #expect(!criterion.limit.isEmpty)
        }
    }

    @Test("of nothing that was observed no criterion of the observation passes")
    func nothing() throws {
        let question = try Self.question { question in
            question.observation.cells = []
            question.observation.days = []
            question.observation.divergences = []
            question.observation.ledger = []
            question.observation.sources = []
            question.observation.situations = []
            question.observation.fidelity = []
            question.observation.from = nil
            question.observation.records = 0
            question.observation.rejected = 0
            question.observation.accounts = 0
            question.corpus = nil
        }
        let criteria = GateDecision(question).criteria
        let open: Set<Criterion.Name> = [.dependency, .segments, .signOffs]
        // Nobody said that anything was recorded.
        let told = open.union([.earlierEvidence])
        for criterion in criteria where !told.contains(criterion.name) {
            #expect(criterion.verdict == .insufficient, "\(criterion.name)")
            #expect(!criterion.next.isEmpty, "\(criterion.name)")
        }
        for name in open {
            for phase in [Phase.segments, .retire] {
                let later = question.with { $0.phase = phase }
                #expect(later.verdict(of: name) == .insufficient, "\(name)")
            }
        }
    }

    // MARK: - The brain

    @Test("one brain defect is NO-GO, in the phase or not, listed or only counted")
    func brainDefects() throws {
        let defect = try #require(Self.entries(1).first)
        for phase in Phase.allCases {
            let question = try Self.question { question in
                var entry = defect
                entry.classes = [.race, .brainDefect]
                entry.phase = phase
                question.observation.divergences = [entry]
            }
            #expect(question.verdict(of: .brainDefects) == .noGo)
        }
        let counted = try Self.question { $0.observation.cells[0].tally.brainDefect = 1 }
        #expect(counted.verdict(of: .brainDefects) == .noGo)
    }

    @Test("unexplained ones pass from the episode on that the bound asks for")
    func unexplainedLimit() throws {
        let needed = 3448
        for (episodes, expected) in [
            (needed - 1, GateVerdict.insufficient), (needed, .go), (needed + 1, .go),
            (0, .insufficient),
        ] {
            let question = try Self.question { question in
                question.configuration = GateConfiguration()
                question.observation.cells = [Self.cell("invoice.paid", match: episodes)]
            }
            #expect(question.verdict(of: .unexplained) == expected, "\(episodes)")
        }
    }

    @Test("a rate that is surely above the limit is NO-GO, and one that may be is not")
    func unexplainedAbove() throws {
        for (events, expected) in [(1, GateVerdict.insufficient), (40, .noGo)] {
            let question = try Self.question { question in
                question.configuration = GateConfiguration()
                var cell = Self.cell("invoice.paid", match: 1000 - events)
                cell.tally.divergent = events
                cell.tally.unexplained = events
                question.observation.cells = [cell]
            }
            #expect(question.verdict(of: .unexplained) == expected, "\(events)")
        }
    }

    @Test("a cell counts by itself from its share of the traffic on, and overall below it")
    func cells() throws {
        // A thousandth of 10,000 episodes is 10: the cell is judged, and far too small to pass.
        for (episodes, expected) in [(9, GateVerdict.go), (10, .insufficient), (11, .insufficient)]
        {
            let question = try Self.question { question in
                question.configuration = GateConfiguration()
                question.observation.cells = [
                    Self.cell("invoice.paid", match: 10_000 - episodes),
                    Self.cell("invoice.voided", match: episodes),
                ]
            }
            #expect(question.verdict(of: .unexplained) == expected, "\(episodes)")
        }
    }

    @Test("one customer whom the brain would have harmed is NO-GO")
    func harm() throws {
        let template = try #require(Self.entries(1).first)
        for consequence in [
            Consequence.flag, .ban, .cancel(SubscriptionID("s")), .deleteItems(SubscriptionID("s")),
            .charge(InvoiceID("i")),
        ] {
            for (cause, expected) in [
                (DivergenceClass.unexplained, GateVerdict.noGo), (.brainDefect, .noGo),
                (.race, .go),
            ] {
                let question = try Self.question { question in
                    var entry = template
                    (entry.facets, entry.legacyOnly) = ([], [])
                    (entry.classes, entry.brainOnly) = ([cause], [consequence])
                    question.observation.divergences = [entry]
                }
                #expect(question.verdict(of: .harm) == expected, "\(consequence) \(cause)")
            }
        }
    }

    @Test("a flag that the brain leaves on is harm as one that it puts on is")
    func leftOn() throws {
        let template = try #require(Self.entries(1).first)
        let question = try Self.question { question in
            var entry = template
            (entry.classes, entry.brainOnly) = ([.unexplained], [])
            entry.facets = [.init(.badDebtFlag, legacy: .bool(false), brain: .bool(true))]
            question.observation.divergences = [entry]
        }
        #expect(question.verdict(of: .harm) == .noGo)
    }

    // MARK: - Waivers

    @Test("a known defect passes where all its classes are waived, in scope only")
    func explained() throws {
        let template = try #require(Self.entries(1).first)
        let cases: [(waived: Set<DivergenceClass>, phase: Phase, expected: GateVerdict)] = [
            ([], .webhooks, .noGo), ([.race], .webhooks, .noGo),
            ([.race, .timing], .webhooks, .go), ([], .payments, .go),
        ]
        for (waived, phase, expected) in cases {
            let question = try Self.question { question in
                var entry = template
                (entry.classes, entry.phase) = ([.race, .timing], phase)
                question.observation.divergences = [entry]
                question.excuses = Excuses(classes: waived)
            }
            #expect(question.verdict(of: .explained) == expected)
        }
    }

    // MARK: - The rest of the evidence

    @Test("orphans pass up to one in ten thousand")
    func completeness() throws {
        for (orphans, total, expected) in [
            (1, 10_000, GateVerdict.go), (1, 9999, .noGo), (1, 10_001, .go), (2, 10_000, .noGo),
            (0, 1, .go), (0, 0, .insufficient),
        ] {
            let question = try Self.question { question in
                question.observation.ledger = [
                    LedgerRow(
                        kind: .stripe,
                        received: total,
                        redelivered: 0,
                        leftOut: 0,
                        matched: total - orphans,
                        pending: 0,
                        orphaned: orphans
                    )
                ]
                question.observation.records = total
                question.observation.orphans = (0..<orphans).map { number in
                    .init(
                        record: RecordID("lost-\(number)"),
                        kind: .stripe,
                        account: nil,
                        why: .unmapped,
                        opened: nil
                    )
                }
            }
            #expect(question.verdict(of: .completeness) == expected, "\(orphans) of \(total)")
        }
    }

    @Test("a trigger that nobody handled is waived with its divergence, in scope only")
    func waivedOrphan() throws {
        let template = try #require(Self.entries(1).first)
        let cases: [(phase: Phase, waived: Set<DivergenceClass>, expected: GateVerdict)] = [
            (.webhooks, [.stuckEvent], .go), (.webhooks, [], .noGo),
            (.segments, [.stuckEvent], .noGo),
        ]
        for (phase, waived, expected) in cases {
            let question = try Self.question { question in
                question.configuration.orphaned = Rate(partsPerMillion: 0)
                question.excuses = Excuses(classes: waived)
                var entry = template
                (entry.classes, entry.phase) = ([.stuckEvent], phase)
                question.observation.divergences = [entry]
                question.observation.orphans = [
                    .init(
                        record: RecordID("lost"),
                        kind: .stripe,
                        account: entry.account,
                        why: .unprocessed,
                        opened: entry.opened
                    )
                ]
                let place = question.observation.ledger.firstIndex { $0.kind == .stripe } ?? 0
                question.observation.ledger[place].matched -= 1
                question.observation.ledger[place].orphaned += 1
            }
            #expect(question.verdict(of: .completeness) == expected, "\(phase) \(waived)")
        }
    }

    @Test("a ledger that does not balance, or misses records, is NO-GO")
    func unbalanced() throws {
        for change: (inout LedgerRow) -> Void in [
            { $0.received += 1 }, { $0.matched -= 1 }, { $0.pending += 1 }, { $0.redelivered += 1 },
            { $0.leftOut += 1 }, { $0.orphaned += 1 },
            {
                $0.received -= 1
                $0.matched -= 1
            },
        ] {
            let question = try Self.question { question in
                let place = question.observation.ledger.firstIndex { $0.kind == .stripe } ?? 0
                change(&question.observation.ledger[place])
            }
            #expect(question.verdict(of: .completeness) == .noGo)
        }
    }

    @Test("a kind of episode is covered from its number of judged ones on, judged ones only")
    func coverage() throws {
        for (judged, expected) in [
            (29, GateVerdict.insufficient), (30, .go), (31, .go), (0, .insufficient),
        ] {
            let question = try Self.question { question in
                question.configuration.cellEpisodes = 30
                question.configuration.unjudged = .whole
                var cell = Self.cell("invoice.paid", match: judged)
                cell.tally.open = 100
                question.observation.cells = [cell]
                question.observation.days = [
                    .init(day: EpisodeDay(day: "2026-04-01", phase: .webhooks), tally: cell.tally)
                ]
            }
            #expect(question.verdict(of: .coverage) == expected, "\(judged)")
        }
    }

    @Test("a class that is neither seen nor held by a case is missed")
    func classes() throws {
        for cause in DivergenceClass.allCases where !cause.isBlocking {
            let question = try Self.question { $0.corpus?.classes.remove(cause) }
            #expect(question.verdict(of: .coverage) == .insufficient, "\(cause)")
            let template = try #require(Self.entries(1).first)
            let seen = question.with { question in
                var entry = template
                entry.classes = [cause]
                question.observation.divergences.append(entry)
            }
            #expect(seen.verdict(of: .coverage) == .go, "\(cause)")
        }
    }

    @Test("a path's model passes from 99 % on, and no share below it is rounded up to it")
    func fidelity() throws {
        for (exact, executions, expected) in [
            (99, 100, GateVerdict.go), (98, 100, .noGo), (100, 100, .go),
            (9_899_999, 10_000_000, .noGo), (9_900_000, 10_000_000, .go), (0, 0, .insufficient),
        ] {
            let question = try Self.question { question in
                question.observation.paths = [.c]
                question.observation.fidelity = [
                    .init(path: .c, executions: executions, exact: exact)
                ]
            }
            #expect(question.verdict(of: .fidelity) == expected, "\(exact) of \(executions)")
        }
        let unmeasured = try Self.question { $0.observation.paths.insert(.d) }
        let measured = try Self.question { question in
            question.observation.fidelity.removeAll { $0.path == .c }
        }
        #expect(unmeasured.verdict(of: .fidelity) != .noGo)
        #expect(measured.verdict(of: .fidelity) == .insufficient)
    }

    @Test("a phase asks for the models of the paths that it replaces")
    func fidelityOfPhase() throws {
        let all = LegacyPath.allCases
        let replaced: [Phase: Set<LegacyPath>] = [
            .webhooks: [.c], .payments: [.c, .d, .e], .segments: [.b, .c, .d, .e],
            .retire: [.b, .c, .d, .e],
        ]
        for phase in Phase.allCases {
            for left in all {
                let question = try Self.question { question in
                    question.phase = phase
                    question.observation.paths = Set(all.filter { $0 != left })
                    question.observation.fidelity = all.filter { $0 != left }.map {
                        .init(path: $0, executions: 100, exact: 100)
                    }
                }
                let isAsked = replaced[phase, default: []].contains(left)
                #expect(question.verdict(of: .fidelity) == (isAsked ? .insufficient : .go))
            }
        }
    }

    @Test("rejected lines pass up to one in ten thousand")
    func rejected() throws {
        for (rejected, records, expected) in [
            (1, 9999, GateVerdict.go), (1, 9998, .noGo), (1, 10_000, .go), (0, 1, .go),
            (0, 0, .insufficient), (1, 0, .noGo),
        ] {
            let question = try Self.question { question in
                question.observation.rejected = rejected
                question.observation.records = records
            }
            #expect(question.verdict(of: .rejected) == expected, "\(rejected) of \(records)")
        }
    }

    // MARK: - Helpers

    private static func cell(_ trigger: String, match: Int) -> ReportDocument.Cell {
        var tally = EpisodeTally()
        tally.match = match
        let cell = EpisodeCell(trigger: trigger, accountType: "pay_go", phase: .webhooks)
        return .init(cell: cell, tally: tally)
    }
}
