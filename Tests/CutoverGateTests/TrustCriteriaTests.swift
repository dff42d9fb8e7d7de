import CutoverGate
import ShadowRun
import Testing

/// The criteria that rest on the corpus, on the phase before and on people.
struct TrustCriteriaTests {
    private static func question(
        _ change: (inout GateQuestion) -> Void
    ) throws -> GateQuestion {
        try clean.get().with(change)
    }

    private static let clean = Result { try SmallQuestion.clean() }

    @Test("one failing case is NO-GO, and so is an alarm that does not ring")
    func corpus() throws {
        let failing = try Self.question { $0.corpus?.failing = ["a-case"] }
        #expect(failing.verdict(of: .corpus) == .noGo)
        let deaf = try Self.question { $0.corpus?.silentAlarms = ["a brain"] }
        #expect(deaf.verdict(of: .corpus) == .noGo)
        let empty = try Self.question { question in
            question.corpus?.cases = 0
            question.corpus?.silentAlarms = ["a brain"]
        }
        #expect(empty.verdict(of: .corpus) == .insufficient)
        let none = try Self.question { $0.corpus = nil }
        #expect(none.verdict(of: .corpus) == .insufficient)
    }

    @Test("legacy against itself is stated, and asks for something to hold against its like")
    func noise() throws {
        #expect(try Self.question { _ in }.verdict(of: .noise) == .go)
        let none = try Self.question { $0.observation.situations = [] }
        #expect(none.verdict(of: .noise) == .insufficient)
    }

    @Test("a phase but the first needs a GO of the one before that stands")
    func dependency() throws {
        for phase in Phase.allCases {
            for stands in [nil, false, true] {
                let question = try Self.question { question in
                    question.phase = phase
                    question.hasStandingGo = stands
                }
                let passes = phase == .webhooks || stands == true
                let expected: GateVerdict = passes ? .go : .insufficient
                #expect(question.verdict(of: .dependency) == expected)
            }
        }
    }

    @Test("segments ask for known types only, and for tags that drift in a thousandth at most")
    func segments() throws {
        for (drifted, accounts, unknown, expected) in [
            (0, 1000, [], GateVerdict.go), (1, 1000, [], .go), (1, 999, [], .noGo),
            (2, 1000, [], .noGo), (0, 1000, ["reseller"], .noGo), (0, 0, [], .insufficient),
        ] as [(Int, Int, [String], GateVerdict)] {
            let question = try Self.question { question in
                question.phase = .segments
                question.observation.brain = "graduated-1"
                question.observation.tagDrift = drifted
                question.observation.accounts = accounts
                question.observation.unknownTypes = unknown
            }
            #expect(question.verdict(of: .segments) == expected)
            #expect(question.with { $0.phase = .payments }.verdict(of: .segments) == .go)
            let binary = question.with { $0.observation.brain = "binary-1" }
            #expect(binary.verdict(of: .segments) == max(expected, .insufficient))
        }
    }

    @Test("one missing sign-off is INSUFFICIENT, and so is nobody having looked")
    func signOffs() throws {
        for (missing, expected) in [
            (nil, GateVerdict.insufficient), ([], .go), (["finance"], .insufficient),
        ] as [([String]?, GateVerdict)] {
            let question = try Self.question { question in
                question.phase = .segments
                question.missingSignOffs = missing
            }
            #expect(question.verdict(of: .signOffs) == expected)
            #expect(question.with { $0.phase = .webhooks }.verdict(of: .signOffs) == .go)
        }
    }

    @Test("the answer is the worst of the criteria, and names those that it rests on")
    func worst() throws {
        let both = try Self.question { question in
            question.corpus = nil
            question.observation.rejected = 1000
        }
        let decision = GateDecision(both)
        #expect(decision.verdict == .noGo)
        #expect(decision.headline.contains("rejected records"))
        #expect(decision.text.contains("regression corpus: give the corpus"))
    }
}
