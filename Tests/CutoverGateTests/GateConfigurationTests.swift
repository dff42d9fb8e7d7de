import BillingModel
import CutoverGate
import MirrorLog
import Testing

@Suite("the gate's configuration")
struct GateConfigurationTests {
    @Test("nothing said means the numbers of the criteria's table")
    func defaults() throws {
        for text in ["", "# nothing\n", "{}", "---\n", "~\n"] {
            #expect(try GateConfiguration(yaml: text) == GateConfiguration(), "\(text)")
        }
        let expected = """
            bound: anytime
            level_per_mille: 50
            unexplained_ppm: 1000
            traffic_ppm: 1000
            cell_episodes: 30
            unjudged_ppm: 10000
            orphaned_ppm: 100
            rejected_ppm: 100
            fidelity_ppm: 990000
            observed: 2w
            gap: 1h
            freshness: 1h
            tag_drift_ppm: 1000
            waiver_term: 180d
            roles: [engineering, finance, product, support]
            sign_off_roles: [finance, product]

            """
        #expect(GateConfiguration().canonicalText == expected)
    }

    @Test("every key is read into its own setting")
    func everyKey() throws {
        let text = """
            bound: exact
            level_per_mille: 1
            unexplained_ppm: 2
            traffic_ppm: 3
            cell_episodes: 4
            orphaned_ppm: 5
            rejected_ppm: 6
            fidelity_ppm: 950007
            observed: 8d
            gap: 9s
            freshness: 10s
            tag_drift_ppm: 11
            waiver_term: 12d
            roles: [legal, audit]
            sign_off_roles: [product]
            """
        var expected = GateConfiguration()
        expected.bound = .exact
        expected.levelPerMille = 1
        expected.unexplained = Rate(partsPerMillion: 2)
        expected.traffic = Rate(partsPerMillion: 3)
        expected.cellEpisodes = 4
        expected.orphaned = Rate(partsPerMillion: 5)
        expected.rejected = Rate(partsPerMillion: 6)
        expected.fidelity = Rate(partsPerMillion: 950_007)
        expected.observed = .days(8)
        expected.gap = .seconds(9)
        expected.freshness = .seconds(10)
        expected.tagDrift = Rate(partsPerMillion: 11)
        expected.waiverTerm = .days(12)
        expected.roles = ["audit", "legal"]
        expected.signOffRoles = ["product"]
        #expect(try GateConfiguration(yaml: text) == expected)
    }

    @Test(
        "what is wrong is said with its place and with what is allowed",
        arguments: [
            (
                "bound: sometimes", "line 1: `bound` is `sometimes`, not `anytime` or `exact`"
            ),
            ("gap: 1h\nbounds: exact", "line 2: `bounds` is no key here; the keys are `bound`, "),
            ("gap: 1h\ngap: 2h", "line 1: `gap` stands twice"),
            (
                "level_per_mille: 0",
                "line 1: `level_per_mille` is `0`, not a whole number from 1 to 100"
            ),
            ("level_per_mille: 101", "`101`, not a whole number from 1 to 100, written in digits"),
            ("level_per_mille: 5e1", "`5e1`, not a whole number"),
            ("level_per_mille: +5", "`+5`, not a whole number"),
            ("unexplained_ppm: 0.1", "`unexplained_ppm` is `0.1`, not a whole number"),
            ("unexplained_ppm: 0", "from 1 to 100,000"),
            ("traffic_ppm: 10001", "from 0 to 10,000"),
            ("cell_episodes: 0", "from 1 to 1,000,000"),
            ("orphaned_ppm: -1", "`-1`, not a whole number from 0 to 100,000"),
            ("rejected_ppm: 100001", "from 0 to 100,000"),
            ("fidelity_ppm: 949999", "from 950,000 to 1,000,000"),
            ("waiver_term: 0d", "from 1d to 366d"),
            ("tag_drift_ppm: 99999999999999999999", "not a whole number from 0 to 100,000"),
            ("observed: 23h", "`23h`, not a time such as 1h or 14d, from 1d to 366d"),
            ("observed: fortnight", "`fortnight`, not a time"),
            ("gap: 0s", "`0s`, not a time such as 1h or 14d, from 1s to 1d"),
            ("freshness: 8d", "from 1s to 1w"),
            ("gap:", "line 1: `gap` is empty"),
            ("gap: null", "line 1: `gap` is empty"),
            ("gap: [1h]", "`gap` is not a text"),
            ("roles: finance", "line 1: `roles` is not a list"),
            ("roles: []", "`roles` is empty; nobody could answer for anything"),
            ("roles: [finance, finance]", "`roles[1]` is `finance` a second time"),
            ("roles: [Finance]", "`roles[0]` is `Finance`, not a role in lower-case letters"),
            ("sign_off_roles: [a, {b: c}]", "`sign_off_roles[1]` is not a text"),
            ("- gap", "line 1: the file is not a mapping"),
            ("gap: 1h\n---\ngap: 2h", "it is no YAML: "),
            ("gap: \"1h", "it is no YAML: "),
            ("base: &a {gap: 1h}\n<<: *a", "`base` is no key here"),
        ]
    )
    func wrong(_ yaml: String, _ message: String) throws {
        let error = #expect(throws: RecordError.self) { try GateConfiguration(yaml: yaml) }
        let reason = try #require(error).reason
        #expect(reason.contains(message), "\(reason)")
        #expect(!reason.contains("\n"))
        #expect(reason.hasPrefix("line "))
    }

    @Test("the canonical text reads back as the same settings", arguments: 0..<200 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        let configuration = Self.random(seed)
        #expect(try GateConfiguration(yaml: configuration.canonicalText) == configuration)
    }

    @Test("each setting that asks for less than its default is named, and none that asks for more")
    func weakened() throws {
        let weaker = [
            "bound: exact", "level_per_mille: 51", "unexplained_ppm: 1001", "traffic_ppm: 1001",
            "cell_episodes: 29", "unjudged_ppm: 10001", "orphaned_ppm: 101", "rejected_ppm: 101",
            "fidelity_ppm: 989999", "observed: 13d", "gap: 61m", "freshness: 61m",
            "tag_drift_ppm: 1001", "waiver_term: 181d", "roles: [legal]",
            "sign_off_roles: [finance]",
        ]
        for line in weaker {
            let named = try GateConfiguration(yaml: line).weakened
            #expect(named.count == 1)
            #expect(named.first?.hasPrefix("\(line) (the default is ") == true, "\(named)")
        }
        #expect(GateConfiguration().canonicalText.split(separator: "\n").count == weaker.count)
        let stricter = [
            "level_per_mille: 49", "unexplained_ppm: 999", "traffic_ppm: 999", "cell_episodes: 31",
            "unjudged_ppm: 9999", "orphaned_ppm: 99", "rejected_ppm: 99", "fidelity_ppm: 990001",
            "observed: 15d", "gap: 59m", "freshness: 59m", "tag_drift_ppm: 999",
            "waiver_term: 179d", "roles: [finance]", "sign_off_roles: [finance, legal, product]",
        ]
        #expect(try GateConfiguration(yaml: stricter.joined(separator: "\n")).weakened == [])
    }

    @Test("one meaning has one digest, and another meaning another")
    func digests() throws {
        let spellings = [
            "observed: 14d\nbound: anytime", "bound: \"anytime\"\nobserved: 2w # two weeks",
            "{gap: 60m, roles: [support, product, finance, engineering]}", "cell_episodes: 030",
        ]
        for text in spellings {
            #expect(try GateConfiguration(yaml: text).digest == GateConfiguration().digest)
        }
        var code = GateConfiguration()
        code.roles = ["support", "product", "finance", "product", "engineering"]
        #expect(code.digest == GateConfiguration().digest)
        let others = (0..<50 as Range<UInt64>).map(Self.random) + [GateConfiguration()]
        #expect(Set(others.map(\.digest)).count == Set(others).count)
        #expect(Set(others).count > 40)
    }

    private static func random(_ seed: UInt64) -> GateConfiguration {
        var random = SeededRandom(seed: seed)
        var configuration = GateConfiguration()
        configuration.bound = random.pick(BoundMethod.allCases)
        configuration.levelPerMille = random.number(1...100)
        configuration.unexplained = Rate(partsPerMillion: random.number(1...100_000))
        configuration.traffic = Rate(partsPerMillion: random.number(0...10_000))
        configuration.cellEpisodes = random.number(1...1_000_000)
        configuration.orphaned = Rate(partsPerMillion: random.number(0...100_000))
        configuration.rejected = Rate(partsPerMillion: random.number(0...100_000))
        configuration.fidelity = Rate(partsPerMillion: random.number(950_000...1_000_000))
        configuration.observed = .seconds(Int64(random.number(86_400...31_622_400)))
        configuration.gap = .seconds(Int64(random.number(1...86_400)))
        configuration.freshness = .seconds(Int64(random.number(1...604_800)))
        configuration.tagDrift = Rate(partsPerMillion: random.number(0...100_000))
        configuration.waiverTerm = .days(Int64(random.number(1...366)))
        configuration.roles = ["audit"] + random.part(of: ["finance", "legal", "support"], 50)
        configuration.signOffRoles = random.part(of: ["finance", "legal"], 50) + ["product"]
        return configuration
    }
}
