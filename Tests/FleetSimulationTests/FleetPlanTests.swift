import BillingModel

import Testing

// Testable for the generator, which nothing outside needs.
@testable import FleetSimulation

@Suite("a fleet plan")
struct FleetPlanTests {
    @Test(
        "what is wrong is said with its place",
        arguments: [
            ("  lag: [", "  leg: [", "is no key here"),
            ("  late: 4", "  late: 1001", "`delivery.late` is above 1000 thousandths"),
            ("  race: 7", "  races: 7", "`defects.races` is no defect"),
            (
                "  write: [80, 900]", "  write: [900, 80]",
                "`latencies.write` is not `[least, most]`"
            ),
            ("days: 92", "days: 3", "`days` is not from 24 to 3650"),
            (
                "    reseller_beta: 2", "    pay_go: 2",
                "`accounts.unknown.pay_go` is no unknown type"
            ),
            ("contended: 6\n", "", "`contended` is missing"),
            ("  every: 48d", "  every: soon", "`billing.every` is no time span"),
        ]
    )
    func errorsSayWhere(_ old: String, _ new: String, _ expected: String) throws {
        let yaml = try Fleet.smallPlan()
        #expect(yaml.contains(old))
        let error = #expect(throws: FleetPlanError.self) {
            try FleetPlan(yaml: yaml.replacing(old, with: new))
        }
        #expect(try #require(error).description.contains(expected))
        #expect(try #require(error).description.hasPrefix("line "))
    }

    @Test("too few accounts of a fitting type are an error that names the defect")
    func tooFewAccounts() throws {
        var plan = try Fleet.small().plan
        plan.defects = plan.defects.map {
            $0.value == .partialFailure ? Weighted($0.value, 500) : $0
        }
        let error = #expect(throws: FleetPlanError.self) { try Fleet(plan) }
        #expect(try #require(error).description.hasPrefix("defects.partial_failure: 500 accounts"))
    }

    @Test("the generator is SplitMix64, as others compute it")
    func generatorIsTheKnownOne() {
        var generator = SplitMix64(seed: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        ]
        for value in expected { #expect(generator.next() == value) }
    }
}
