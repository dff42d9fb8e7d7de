import BillingModel
import BrokenBrains
import DunningBrain
import Testing

struct ConfirmationTests {
    private let confirmation = Policy().confirmation

    @Test("debt is confirmed on the last microsecond of the hold-down, not one before")
    func confirmationBoundary() {
        func rule(_ microseconds: Int64) -> Rule {
            let marked = Instant.noon.minus(confirmation, microseconds: microseconds)
            return AccountState.example(.payGo, [.owed("in_1", marked: marked)]).decision().rule
        }
        #expect(rule(1) == .hold)
        #expect(rule(0) == .inDebt)
        #expect(rule(-1) == .inDebt)
    }

    @Test("a hold changes nothing and ends with the earliest hold-down")
    func holds() {
        let early = Instant.noon.minus(.minutes(10))
        let later: [Invoice] = [.owed("in_1", marked: .noon), .owed("in_3", marked: .noon)]
        let invoices = later + [.owed("in_2", marked: early)]
        let state = AccountState.marked(.payGo, invoices, [.to("cdn")])
        let decision = state.decision()
        #expect(decision.rule == .hold)
        #expect(decision.plan.isEmpty && decision.desired == nil)
        let until = early.advanced(by: confirmation)
        #expect(decision.holds == [Hold(until: until, why: .confirmation)])
        #expect(decide(state, at: until, Policy()).rule == .inDebt)
    }

    @Test("an invoice of which nobody knows when it was marked is held without end")
    func unknownTime() {
        let state = AccountState.example(.payGo, [.owed("in_1", marked: nil)])
        #expect(state.decision().rule == .hold)
        #expect(state.decision().holds.isEmpty)
        #expect(state.decision().reasons == [.unconfirmed(InvoiceID("in_1"), until: nil)])
    }

    @Test("whoever failed a probation has no hold-down, and owes from now where no time is known")
    func failedProbation() {
        let failed = [Probation(product: "cdn", failed: true)]
        let passed = [Probation(product: "cdn", failed: false)]
        let fresh = AccountState.example(.payGo, [.owed("in_1", marked: .noon)])
        #expect(fresh.with { $0.probations = failed }.decision().rule == .inDebt)
        #expect(fresh.with { $0.probations = passed }.decision().rule == .hold)
        let timeless = AccountState.example(.payGo, [.owed("in_1", marked: nil)])
        let decision = timeless.with { $0.probations = failed }.decision()
        #expect(decision.desired?.badDebtAt == .noon)
    }

    @Test("confirmed debt is dunned while another invoice waits, and its amount leaves that out")
    func partlyConfirmed() {
        let invoices: [Invoice] = [.owed("in_1"), .owed("in_2", 70, marked: .noon)]
        let decision = AccountState.example(.payGo, invoices).decision()
        #expect(decision.rule == .inDebt)
        #expect(decision.desired?.metadataBadDebtAmount == "usd:5000")
        #expect(decision.holds.count == 1)
    }

    @Test("uncollectible, then void within the hold-down, harms nobody (BILLACCT-1076)")
    func voidedInTime() {
        var state = AccountState.example(.payGo, [.owed("in_1", marked: .noon)], [.to("cdn")])
        #expect(state.decision().plan.isEmpty)
        state.put(.owed("in_1", status: .void, marked: .noon))
        #expect(decide(state, at: .noon.minus(.days(-1)), Policy()).plan.isEmpty)
    }
}

struct StatedDebtTests {
    @Test(
        "a run of digits within 64 bits is the amount, leading zeros or not",
        arguments: [
            ("1", 1), ("700", 700), ("000700", 700), ("9223372036854775807", Int64.max),
            ("0000000000000000000000000000007", 7),
        ]
    )
    func readable(text: String, amount: Int64) {
        let state = AccountState.example(.payGo, [.owed("in_1", stated: text)])
        #expect(state.decision().desired?.metadataBadDebtAmount == "usd:\(amount)")
    }

    @Test(
        "what is no run of digits within 64 bits leaves what remains, and is named",
        arguments: [
            "", "12.50", "12,50", "-700", "+700", "7e2", " 700", "700 ", "7 00", "\t7", "0x10",
            "seven", "usd:700", "\u{661}\u{662}", "7\u{0}", "9223372036854775808",
            "18446744073709551616", "99999999999999999999999999",
        ]
    )
    func unreadable(text: String) {
        let decision = AccountState.example(.payGo, [.owed("in_1", stated: text)]).decision()
        #expect(decision.desired?.metadataBadDebtAmount == "usd:5000")
        #expect(decision.reasons.first == .unreadableAmount(InvoiceID("in_1"), text: text))
    }

    @Test("an absent amount leaves what remains, without a word")
    func absent() {
        let decision = AccountState.example(.payGo, [.owed("in_1")]).decision()
        #expect(decision.reasons == [.owed(InvoiceID("in_1"), 5000, .of("usd"))])
    }

    @Test("a stated zero is zero, and no debt", arguments: ["0", "000"])
    func zero(text: String) {
        #expect(
            AccountState.example(.payGo, [.owed("in_1", stated: text)]).decision().rule == .clear
        )
    }

    @Test("nothing or less than nothing remains: no debt", arguments: [0, -1, Int64.min])
    func notAboveZero(amount: Int64) {
        #expect(AccountState.example(.payGo, [.owed("in_1", amount)]).decision().rule == .clear)
    }
}

struct SupersedingTests {
    /// Which of the invoices are counted, by id.
    private func counted(_ invoices: Invoice...) -> [String] {
        Debt(.example(.payGo, invoices), at: .noon, Policy()).confirmedInvoices.map(\.rawValue)
    }

    @Test("a paid invoice that covers or replaces another takes its debt away")
    func paidSupersedes() {
        #expect(counted(.owed("in_1"), .owed("in_2", status: .paid, covers: ["in_1"])) == [])
        #expect(counted(.owed("in_1"), .owed("in_2", status: .paid, replaces: ["in_1"])) == [])
    }

    @Test("an uncollectible invoice takes another's debt upon itself")
    func uncollectibleSupersedes() {
        #expect(counted(.owed("in_1"), .owed("in_2", covers: ["in_0", "in_1"])) == ["in_2"])
    }

    @Test(
        "one that is begun, or void, takes nothing away",
        arguments: [
            InvoiceStatus.draft, .open, .void,
        ]
    )
    func unfinishedSupersedesNothing(status: InvoiceStatus) {
        #expect(counted(.owed("in_1"), .owed("in_2", status: status, covers: ["in_1"])) == ["in_1"])
    }

    @Test("an invoice that names itself counts")
    func selfNaming() {
        #expect(counted(.owed("in_1", covers: ["in_1"], replaces: ["in_1"])) == ["in_1"])
    }

    @Test("of invoices that name each other none is superseded, once each")
    func circles() {
        let two = counted(.owed("in_1", covers: ["in_2"]), .owed("in_2", replaces: ["in_1"]))
        #expect(two == ["in_1", "in_2"])
        let three = counted(
            .owed("in_1", covers: ["in_2"]),
            .owed("in_2", covers: ["in_3"]),
            .owed("in_3", covers: ["in_1"])
        )
        #expect(three == ["in_1", "in_2", "in_3"])
    }

    @Test("what a circle names outside itself is superseded, and what names the circle supersedes")
    func edgesOfCircles() {
        let one = Invoice.owed("in_1", covers: ["in_2", "in_3"])
        let two = Invoice.owed("in_2", covers: ["in_1"])
        #expect(counted(one, two, .owed("in_3")) == ["in_1", "in_2"])
        let above = Invoice.owed("in_4", status: .paid, covers: ["in_1"])
        #expect(counted(one, two, above) == ["in_2"])
    }

    @Test("a void invoice closes no circle")
    func voidClosesNoCircle() {
        let paid = Invoice.owed("in_3", status: .paid, covers: ["in_1"])
        let void = Invoice.owed("in_2", status: .void, covers: ["in_3"])
        #expect(counted(.owed("in_1", covers: ["in_2"]), void, paid) == [])
    }

    @Test("a chain leaves its last link")
    func chains() {
        let first = Invoice.owed("in_1")
        let second = Invoice.owed("in_2", covers: ["in_1"])
        #expect(counted(first, second, .owed("in_3", replaces: ["in_2"])) == ["in_3"])
    }

    @Test("the reason names the invoice that stands for another")
    func reason() {
        let invoices: [Invoice] = [.owed("in_1"), .owed("in_2", status: .paid, covers: ["in_1"])]
        let reasons = AccountState.example(.payGo, invoices).decision().reasons
        #expect(reasons == [.superseded(InvoiceID("in_1"), by: InvoiceID("in_2"))])
    }
}
