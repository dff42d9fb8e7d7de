import BillingModel
import BrokenBrains
import DunningBrain
import Testing

struct OverrideTests {
    private func override(_ flagged: Bool, until: Instant?, since: Instant? = nil) -> Override {
        Override(flagged: flagged, by: "admin:7", since: since, until: until)
    }

    @Test("an override holds on its last microsecond and has lapsed on the next")
    func expiry() {
        let debtor = AccountState.example(.payGo, [.owed("in_1")])
        let last = debtor.with { $0.override = override(false, until: .noon) }
        let lapsed = debtor.with {
            $0.override = override(false, until: .noon.minus(.zero, microseconds: -1))
        }
        #expect(last.decision().rule == .override)
        #expect(last.plan.isEmpty)
        #expect(lapsed.decision().rule == .inDebt)
    }

    @Test("an override is decided again a microsecond after it ends; one without end is not")
    func overrideHolds() {
        let state = AccountState.example()
        let ending = state.with { $0.override = override(true, until: .noon) }
        let endless = state.with { $0.override = override(true, until: nil) }
        let lapse = Instant.noon.minus(.zero, microseconds: 1)
        #expect(ending.decision().holds == [Hold(until: lapse, why: .override)])
        #expect(endless.decision().holds.isEmpty)
    }

    @Test("a hold-down under an override is a time to decide again too, in the order of time")
    func holdsUnderOverride() {
        let waiting = AccountState.example(.payGo, [.owed("in_1", marked: .noon)])
        func holds(until: Instant) -> [Hold.Why] {
            waiting.with { $0.override = override(false, until: until) }.decision().holds.map(\.why)
        }
        #expect(holds(until: .noon.minus(.days(-1))) == [.confirmation, .override])
        #expect(holds(until: .noon.minus(.minutes(-1))) == [.override, .confirmation])
    }

    @Test("an unflagged debtor loses flag, timestamp and metadata and keeps the rest")
    func unflagged() {
        let state = AccountState.marked(.payGo, [.owed("in_1")], [.to("cdn")]).with {
            $0.override = override(false, until: nil)
        }
        #expect(
            state.plan == [
                .setFlag(bit: 15, to: false),
                .setBadDebtAt(nil),
                .setCustomerMetadata(set: [], unset: ["bad_debt", "bad_debt_amount"]),
            ]
        )
        #expect(state.decision().plan.allSatisfy { $0.rule == .override })
    }

    @Test("one who owes nothing is flagged from when that was said, without ban or amount")
    func flagged() {
        let state = AccountState.example(.payGo, [], [.to("cdn")])
        let metadata = Effect.setCustomerMetadata(
            set: [MetadataEntry("bad_debt", "true")],
            unset: []
        )
        let said = state.with {
            $0.override = override(true, until: nil, since: .noon.minus(.days(1)))
        }
        let saidSo = Effect.setBadDebtAt(.noon.minus(.days(1)))
        #expect(said.plan == [.setFlag(bit: 15, to: true), saidSo, metadata])

        let reckoned = state.with { $0.override = override(true, until: .noon.minus(.days(-1))) }
        #expect(reckoned.plan.contains(.setBadDebtAt(.noon.minus(.days(29)))))

        let unsaid = state.with { $0.override = override(true, until: nil) }
        #expect(unsaid.plan.contains(.setBadDebtAt(.noon)))
    }

    @Test("a flagged debtor's timestamp and amount are those of the debt")
    func flaggedDebtor() {
        let state = AccountState.example(.payGo, [.owed("in_1")], [.to("cdn")]).with {
            $0.override = override(true, until: nil, since: .noon)
        }
        let desired = state.decision().desired
        #expect(desired?.badDebtAt == .noon.minus(.minutes(60)))
        #expect(desired?.metadataBadDebtAmount == "usd:5000")
        #expect(desired?.cancel == [] && desired?.ban == nil)
    }

    @Test("the type and missing facts stand above an override")
    func restrictionsStandAbove() {
        let state = AccountState.example().with { $0.override = override(true, until: nil) }
        #expect(state.with { $0.type = .known(.msp) }.decision().rule == .restricted)
        #expect(state.with { $0.missing = ["account"] }.decision().rule == .incomplete)
    }
}
