import BillingModel
import BrokenBrains
import DunningBrain
import Testing

struct ReleaseTests {
    private let subscription = SubscriptionID("sub_1")

    @Test("an account that owes nothing loses every mark of bad debt")
    func marksAreTakenOff() {
        let paid = Invoice.owed("in_1", 0, status: .paid)
        let state = AccountState.marked(.payGo, [paid])
        #expect(
            state.plan == [
                .setFlag(bit: 15, to: false),
                .setBan(nil),
                .setBadDebtAt(nil),
                .setCustomerMetadata(set: [], unset: ["bad_debt", "bad_debt_amount"]),
            ]
        )
        #expect(state.decision().plan.allSatisfy { $0.invoices == [paid.id] })
    }

    @Test("a canceled subscription comes back on the last microsecond of the window, not after")
    func reactivationWindow() {
        func comesBack(_ canceled: Instant?) -> Bool {
            let gone = Subscription.to(
                "cdn",
                status: .canceled,
                reason: "bad_debt",
                canceled: canceled
            )
            let state = AccountState.example(.payGo, [], [gone])
            return state.plan == [.reactivateSubscription(subscription, reason: "bad_debt")]
        }
        #expect(comesBack(.noon))
        #expect(comesBack(.noon.minus(.days(90), microseconds: 1)))
        #expect(comesBack(.noon.minus(.days(90))))
        #expect(!comesBack(.noon.minus(.days(90), microseconds: -1)))
        #expect(!comesBack(nil))
    }

    @Test(
        "a subscription that was canceled for another reason stays canceled",
        arguments: ["requested", "payment_failed", "BAD_DEBT", "", nil]
    )
    func otherCancellationsStay(reason: String?) {
        let gone = Subscription.to("cdn", status: .canceled, reason: reason, canceled: .noon)
        #expect(AccountState.example(.payGo, [], [gone]).plan.isEmpty)
    }

    @Test("a product whose probation was failed does not come back")
    func failedProbationStaysAway() {
        let gone = Subscription.to("cdn", status: .canceled, reason: "bad_debt", canceled: .noon)
        let emptied = Subscription.to("r2", id: "sub_2", taken: ["cdn", "dns"])
        let state = AccountState.example(.startup, [], [gone, emptied]).with {
            $0.probations = [
                Probation(product: "cdn", failed: true), Probation(product: "dns", failed: false),
            ]
        }
        #expect(state.plan == [.restoreItems(SubscriptionID("sub_2"), [ItemID("si_dns")])])
    }

    @Test("a taken item keeps its canceled subscription away when its probation was failed")
    func takenItemsCountForProbation() {
        let gone = Subscription.to(
            "dns",
            status: .canceled,
            reason: "bad_debt",
            canceled: .noon,
            taken: ["cdn"]
        )
        let state = AccountState.example(.startup, [], [gone]).with {
            $0.probations = [Probation(product: "cdn", failed: true)]
        }
        #expect(state.plan.isEmpty)
    }

    @Test("what debt takes, its payment gives back", arguments: AccountType.Known.allCases)
    func takenAndGivenBack(type: AccountType.Known) {
        let before = AccountState.example(type, [.owed("in_1")], [.to("cdn", "dns")])
        var state = before.after(before.decision(), at: .noon)
        state.put(.owed("in_1", 0, status: .paid))
        let after = state.after(state.decision(), at: .noon)
        #expect(after.unversioned.subscriptions == before.unversioned.subscriptions)
        #expect(after.flags == before.flags && after.ban == nil && after.badDebtAt == nil)
        #expect(after.metadata == before.metadata)
    }

    @Test("release plans the same for a debtor as for one who owes nothing")
    func releaseIgnoresDebt() {
        let debtor = AccountState.marked(.payGo, [.owed("in_1")])
        #expect(release(debtor, at: .noon, Policy()).first == .setFlag(bit: 15, to: false))
        #expect(release(.example(), at: .noon, Policy()).isEmpty)
    }
}
