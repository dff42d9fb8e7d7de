import CutoverGate
import ShadowRun
import Testing

@Suite("a standing GO")
struct ChainStandingTests {
    /// The place of the GO of phase 2 that stands for the brain and the policy of the examples.
    private static func standing(_ entries: [ChainEntry]) throws -> Int? {
        try ChainExamples.chain(entries)
            .standing(.payments, on: ChainExamples.grounds())?.sequence
    }

    private static func words(_ entries: [ChainEntry]) throws -> String {
        try ChainExamples.chain(entries)
            .standingInFull(.payments, on: ChainExamples.grounds()).description
    }

    private static func go() throws -> ChainEntry { try ChainExamples.verdict(.go, .payments) }

    @Test("there is none before there was one")
    func none() throws {
        #expect(try Self.standing([]) == nil)
        #expect(try Self.standing([ChainExamples.verdict(.noGo, .payments)]) == nil)
        #expect(try Self.standing([ChainExamples.verdict(.go, .webhooks)]) == nil)
        #expect(try Self.words([]) == "there is no GO")
    }

    @Test("the latest one stands")
    func latest() throws {
        #expect(try Self.standing([Self.go()]) == 1)
        #expect(try Self.standing([Self.go(), Self.go()]) == 2)
        #expect(try Self.words([Self.go()]) == "the GO of record 1 stands")
    }

    @Test("it is for one brain, one policy and one set of limits, and another's does not end it")
    func sameBrainAndPolicy() throws {
        var loose = GateConfiguration()
        loose.unexplained = Rate(partsPerMillion: 10_000)
        let others = [
            try ChainExamples.verdict(.go, .payments, brain: "binary 2"),
            try ChainExamples.verdict(.go, .payments, limits: loose),
            try ChainExamples.verdict(.go, .payments, policy: ChainExamples.otherPolicy),
        ]
        #expect(try Self.standing(others) == nil)
        #expect(
            try Self.words(others) == "the last GO, record 3, is for the brain binary and the "
                + "policy bbbbbbbbbbbb, under the limits "
                + GateConfiguration().digest.prefix(12)
        )
        #expect(try Self.standing([Self.go()] + others) == 1)
    }

    @Test(
        "a worse verdict of its phase ends it, for whatever brain and policy",
        arguments: [GateVerdict.noGo, .insufficient]
    )
    func worse(_ verdict: GateVerdict) throws {
        let ends = [
            try ChainExamples.verdict(verdict, .payments),
            try ChainExamples.verdict(verdict, .payments, brain: "binary 2"),
            try ChainExamples.verdict(verdict, .payments, policy: ChainExamples.otherPolicy),
        ]
        for end in ends {
            #expect(try Self.standing([Self.go(), end]) == nil)
            #expect(try Self.standing([Self.go(), end, Self.go()]) == 3)
            #expect(try Self.standing([end, Self.go()]) == 2)
        }
        #expect(
            try Self.words([Self.go(), ends[0]])
                == "the GO of record 1 was ended by record 2, a verdict of \(verdict.rawValue)"
        )
    }

    @Test("a worse verdict of a phase above does not end it", arguments: Phase.allCases)
    func otherPhases(_ phase: Phase) throws {
        let entries = [try Self.go(), try ChainExamples.verdict(.noGo, phase)]
        #expect(try (Self.standing(entries) == nil) == (phase <= .payments))
    }

    @Test("a rollback of its phase or of one below ends it", arguments: Phase.allCases)
    func rollback(_ phase: Phase) throws {
        let entries = [try Self.go(), try ChainExamples.rollback(phase)]
        #expect(try (Self.standing(entries) == nil) == (phase <= .payments))
        #expect(try Self.standing(entries + [Self.go()]) == 3)
        #expect(try Self.standing([ChainExamples.rollback(phase), Self.go()]) == 2)
        if phase <= .payments {
            #expect(
                try Self.words(entries) == "the GO of record 1 was ended by record 2, a rollback"
            )
        }
    }

    @Test("none stands on a chain that has a problem, wherever it is")
    func unsound() throws {
        let chain = try ChainExamples.chain([Self.go(), ChainExamples.verdict(.go, .retire)])
        let files = ChainExamples.files(chain)
        #expect(Chain(files: files).standing(.payments, on: ChainExamples.grounds()) != nil)
        for index in files.indices {
            var damaged = files
            damaged[index].bytes.append(0x20)
            let read = Chain(files: damaged)
            let standing = read.standingInFull(.payments, on: ChainExamples.grounds())
            #expect(standing == .unsound(try #require(read.problems.first)))
        }
    }

    @Test("the rule, said once more, agrees for any chain", arguments: 0..<200 as Range<UInt64>)
    func oracle(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let records = try (0..<3).flatMap { _ in try ChainExamples.random(&random).records }
        let chain = try ChainExamples.chain(
            records.map(\.entry).sorted { $0.at < $1.at }
        )
        for phase in Phase.allCases {
            for brain in ["binary", "graduated \"1\""] {
                let fits = chain.records.last { record in
                    record.entry.phase == phase && record.entry.verdict == .go
                        && record.entry.brain == brain
                        && record.entry.policy == ChainExamples.policy
                }
                let expected = fits.flatMap { go in
                    chain.records.dropFirst(go.sequence).allSatisfy { record in
                        let isRollback = record.entry.verdict == nil
                        let below = isRollback && record.entry.phase <= phase
                        let worse =
                            record.entry.phase <= phase && !isRollback
                            && record.entry.verdict != .go
                        return !below && !worse
                    } ? go : nil
                }
                let standing = chain.standing(phase, on: ChainExamples.grounds(brain: brain))
                #expect(standing == expected)
            }
        }
    }
}
