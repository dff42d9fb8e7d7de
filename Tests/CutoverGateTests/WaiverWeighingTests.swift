import BillingModel
import CutoverGate
import DivergenceAnalysis
import ShadowRun
import Testing

@Suite("weighing waivers")
struct WaiverWeighingTests {
    /// Noon of 31 March 2026.
    private static let noon = Instant(microseconds: 1_774_958_400_000_000)

    private static func money(_ sums: [(String, Int64)]) -> Amounts {
        var amounts = Amounts()
        for (code, minorUnits) in sums {
            guard let currency = Currency(code) else { continue }
            amounts.add(Money(minorUnits: minorUnits, currency: currency))
        }
        return amounts
    }

    private static func waiver(
        _ id: String = "w",
        _ cause: DivergenceClass = .race,
        phase: Phase = .webhooks,
        expires: Instant = noon,
        count: Int = 10,
        money sums: [(String, Int64)] = [("usd", 500)]
    ) throws -> Waiver {
        try Waiver(
            id: id,
            cause: cause,
            phase: phase,
            ticket: "T-1",
            owner: "billing-oncall",
            role: "support",
            reason: "known",
            expires: expires,
            cap: Waiver.Cap(count: count, money: money(sums))
        )
    }

    private static func use(
        _ waiver: Waiver,
        _ totals: [ClassTotal],
        at now: Instant = Instant(microseconds: noon.microseconds - 1)
    ) throws -> WaiverUse {
        let uses = try Waivers([waiver]).weigh(totals, phase: .webhooks, at: now, term: .days(180))
        #expect(uses.count == 1)
        #expect(uses.excused == (uses.first?.excuses == true ? [waiver.cause] : []))
        return try #require(uses.first)
    }

    @Test("what is within both caps is excused, up to the last divergence and the last cent")
    func within() throws {
        let totals = [ClassTotal(.race, count: 10, money: Self.money([("usd", 500)]))]
        let use = try Self.use(Self.waiver(), totals)
        #expect(use.state == .inForce)
        #expect(use.count == 10)
        #expect(use.money == Self.money([("usd", 500)]))
        #expect(
            use.description == "waiver `w` (race, phase 1, T-1, billing-oncall): in force, "
                + "10 of 10 divergences, 500 of 500 usd, until 2026-03-31T12:00:00Z"
        )
    }

    @Test("one divergence past the cap blocks all of them")
    func pastCount() throws {
        let use = try Self.use(Self.waiver(), [ClassTotal(.race, count: 11)])
        #expect(use.state == .exceeded(by: [.count(1)]))
        #expect(!use.excuses)
        #expect(use.description.contains("exceeded by 1 divergence; mend the cause"))
    }

    @Test("one minor unit past the cap blocks all of them")
    func pastMoney() throws {
        let totals = [ClassTotal(.race, count: 1, money: Self.money([("usd", 501)]))]
        let usd = try #require(Self.money([("usd", 1)]).sums.first)
        let use = try Self.use(Self.waiver(), totals)
        #expect(use.state == .exceeded(by: [.money(usd)]))
        #expect(use.description.contains("exceeded by 1 usd; "))
    }

    @Test("a currency that the cap does not name is not covered, but for a sum of nothing")
    func unnamedCurrency() throws {
        let eur = try #require(Self.money([("eur", 1)]).sums.first)
        let one = [ClassTotal(.race, count: 1, money: Self.money([("eur", 1), ("usd", 1)]))]
        let use = try Self.use(Self.waiver(), one)
        #expect(use.state == .exceeded(by: [.uncovered(eur)]))
        #expect(use.description.contains("exceeded by 1 eur, which the cap does not name"))
        let none = [ClassTotal(.race, count: 1, money: Self.money([("eur", 0)]))]
        #expect(try Self.use(Self.waiver(), none).state == .inForce)
    }

    @Test("everything that is exceeded is named")
    func everyExcess() throws {
        let sums: [(String, Int64)] = [("eur", 7), ("jpy", 3), ("usd", 600)]
        let totals = [ClassTotal(.race, count: 12, money: Self.money(sums))]
        let waiver = try Self.waiver(money: [("usd", 500), ("eur", 5)])
        #expect(
            try Self.use(waiver, totals).description.contains(
                "exceeded by 2 divergences, 2 eur, 3 jpy, which the cap does not name, 100 usd;"
            )
        )
    }

    @Test("a negative amount counts by its size, and a sum that left its range is never covered")
    func oddMoney() throws {
        let negative = [ClassTotal(.race, count: 1, money: Self.money([("usd", -501)]))]
        #expect(try !Self.use(Self.waiver(), negative).excuses)
        let most = Self.money([("usd", .max)])
        let saturated = [
            ClassTotal(.race, count: 1, money: most), ClassTotal(.race, count: 1, money: most),
        ]
        let waiver = try Self.waiver(money: [("usd", .max)])
        #expect(try Self.use(waiver, saturated).state == .exceeded(by: [.unknown]))
        #expect(try Self.use(waiver, [saturated[0]]).excuses)
    }

    @Test("totals of one class are added up, and a count beyond the range is too many")
    func sums() throws {
        let halves = [ClassTotal(.race, count: 5), ClassTotal(.race, count: 6)]
        #expect(try Self.use(Self.waiver(), halves).state == .exceeded(by: [.count(1)]))
        let most = [ClassTotal(.race, count: .max), ClassTotal(.race, count: 6)]
        #expect(try !Self.use(Self.waiver(), most).excuses)
    }

    @Test("a waiver holds until its expiry and not a moment longer")
    func expiry() throws {
        let totals = [ClassTotal(.race, count: 1)]
        let state = { (microseconds: Int64) throws -> WaiverUse.State in
            let now = Instant(microseconds: Self.noon.microseconds + microseconds)
            return try Self.use(Self.waiver(), totals, at: now).state
        }
        #expect(try state(-1) == .inForce)
        #expect(try state(0) == .expired)
        #expect(try state(1_000_000) == .expired)
    }

    @Test("a date means the end of its day, UTC")
    func expiryOfDate() throws {
        let yaml = "waivers:\n" + WaiverFile.waiver("a", "race", phase: 1)
        let file = try Waivers(yaml: yaml)
        let totals = [ClassTotal(.race, count: 1)]
        for (text, state) in [
            ("2026-03-31T23:59:59.999999Z", WaiverUse.State.inForce),
            ("2026-04-01T00:00:00Z", .expired), ("2026-04-01T00:00:01Z", .expired),
            // Still 31 March elsewhere, which makes no difference.
            ("2026-03-31T20:00:00-05:00", .expired),
        ] {
            let now = try #require(Instant(rfc3339: text))
            let uses = file.weigh(totals, phase: .webhooks, at: now, term: .days(180))
            #expect(uses.map(\.state) == [state])
        }
    }

    @Test("a waiver that has longer to run than one may is none, whatever there is to waive")
    func endless() throws {
        let yaml = "waivers:\n" + WaiverFile.waiver("a", "race", phase: 1)
        let file = try Waivers(yaml: yaml)
        let expires = try #require(file.waivers.first?.expires)
        for (ahead, state) in [(0, WaiverUse.State.inForce), (1, .endless)] {
            let now = expires.advanced(by: .days(-180)).advanced(
                by: TimeSpan(microseconds: Int64(-ahead))
            )
            let uses = file.weigh(
                [ClassTotal(.race, count: 1)],
                phase: .webhooks,
                at: now,
                term: .days(180)
            )
            #expect(uses.map(\.state) == [state])
            #expect(uses.excused == (state == .inForce ? [.race] : []))
        }
    }

    @Test("a waiver without anything to waive is named as unused")
    func unused() throws {
        let use = try Self.use(Self.waiver(), [ClassTotal(.timing, count: 3)])
        #expect(use.state == .unused)
        #expect(use.description.hasSuffix(": unused; remove it"))
        #expect(try Self.use(Self.waiver(), []).state == .unused)
        let money = [ClassTotal(.race, count: 0, money: Self.money([("eur", 1)]))]
        #expect(try Self.use(Self.waiver(), money).state != .unused)
    }

    @Test("a waiver for another phase excuses nothing, expired or not")
    func wrongPhase() throws {
        let totals = [ClassTotal(.race, count: 1)]
        for phase in Phase.allCases where phase != .webhooks {
            let use = try Self.use(Self.waiver(phase: phase), totals)
            #expect(use.state == .wrongPhase)
            #expect(!use.excuses)
        }
    }

    @Test(
        "the order of waivers and totals makes no difference, and no blocking class is excused",
        arguments: 0..<100 as Range<UInt64>
    )
    func deterministic(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var waivers: [Waiver] = []
        var totals: [ClassTotal] = []
        for cause in DivergenceClass.allCases {
            let sums = [
                ("usd", Int64(random.number(0...700))), ("eur", Int64(random.number(0...1))),
            ]
            let total = ClassTotal(cause, count: random.number(0...12), money: Self.money(sums))
            totals.append(total)
            guard !cause.isBlocking else { continue }
            for phase in random.part(of: Phase.allCases, 60) {
                let name = "\(cause.rawValue)-\(phase.rawValue)"
                let expires = Instant(
                    microseconds: Self.noon.microseconds + Int64(random.number(-2...2))
                )
                waivers.append(
                    try Self.waiver(name, cause, phase: phase, expires: expires)
                )
            }
        }
        let now = Self.noon
        let uses = try Waivers(waivers).weigh(totals, phase: .payments, at: now, term: .days(180))
        let shuffled = try Waivers(waivers.shuffled(using: &random))
            .weigh(totals.shuffled(using: &random), phase: .payments, at: now, term: .days(180))
        #expect(uses == shuffled)
        #expect(uses.count == waivers.count)
        // The rule once more, as a sentence about each class.
        let expected = DivergenceClass.allCases.filter { cause in
            guard let total = totals.first(where: { $0.cause == cause }), total.count > 0 else {
                return false
            }
            let held = waivers.contains {
                $0.cause == cause && $0.phase == .payments && now < $0.expires
            }
            let euros = total.money.sums.first { $0.currency.code == "eur" }?.minorUnits ?? 0
            let dollars = total.money.sums.first { $0.currency.code == "usd" }?.minorUnits ?? 0
            return held && total.count <= 10 && dollars <= 500 && euros == 0
        }
        #expect(uses.excused == expected)
        #expect(uses.excused.allSatisfy { !$0.isBlocking })
    }
}

@Suite("sign-offs")
struct SignOffTests {
    private static let now = Instant(microseconds: 1_774_958_400_000_000)
    private static let policy = String(repeating: "a", count: 64)
    private static let former = String(repeating: "b", count: 64)

    private static func signOff(
        _ type: AccountType.Known,
        _ role: String,
        _ policy: String = policy,
        _ seconds: Int64 = 0
    ) -> SignOff {
        let at = now.advanced(by: .seconds(seconds))
        return SignOff(type: type, role: role, by: "\(role)-lead", policy: policy, at: at)
    }

    private static func missing(_ signOffs: [SignOff]) throws -> [String] {
        try Waivers([], signOffs: signOffs).missingSignOffs(
            of: policy,
            for: [.payGo, .msp],
            by: ["product", "finance"],
            at: now
        ).map(\.description)
    }

    @Test("every type needs every role, for the policy as it is now")
    func missing() throws {
        let all = [AccountType.Known.payGo, .msp].flatMap { type in
            ["product", "finance"].map { Self.signOff(type, $0) }
        }
        #expect(try Self.missing(all) == [])
        for left in all.indices {
            var rest = all
            rest.remove(at: left)
            let (role, type) = (all[left].role, all[left].type.rawValue)
            #expect(
                try Self.missing(rest) == ["\(role) has not signed the policy off for \(type)"]
            )
        }
        #expect(try Self.missing([]).count == 4)
    }

    @Test("one for another policy, or from the future, does not count")
    func outdated() throws {
        let rest = [
            Self.signOff(.payGo, "product"), Self.signOff(.msp, "product"),
            Self.signOff(.msp, "finance"),
        ]
        let outdated = Self.signOff(.payGo, "finance", Self.former, -60)
        #expect(
            try Self.missing(rest + [outdated]) == [
                "finance has not signed the policy off for pay_go; the last one, of "
                    + "2026-03-31T11:59:00Z, is of the policy bbbbbbbbbbbb"
            ]
        )
        #expect(
            try Self.missing(rest + [Self.signOff(.payGo, "finance", Self.policy, 1)]).count == 1
        )
    }
}
