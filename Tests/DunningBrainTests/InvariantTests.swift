import BillingModel
import BrokenBrains
import DunningBrain
import Testing

/// One claim for each invariant, each on 10,000 accounts, and put in other words than the checks
/// that run in production: where those reckon, these compare.
struct InvariantTests {
    @Test("without confirmed debt nobody is flagged, banned, canceled or loses items")
    func nothingIsTakenWithoutDebt() {
        expectOfEveryAccount { account in
            let settled = account.with { state in
                state.override = nil
                for index in state.invoices.indices { state.invoices[index].badDebtPaid = "true" }
            }
            let after = settled.outcome
            let before = settled.state
            let losesNothing = zip(after.subscriptions, before.subscriptions).allSatisfy {
                ($0.isLive || !$1.isLive) && $0.items.count >= $1.items.count
            }
            return (before.isFlagged || !after.isFlagged)
                && (before.ban != nil || after.ban == nil) && losesNothing
        }
    }

    @Test("a paid, void or superseded invoice never contributes to a debt")
    func onlyOwedInvoicesContribute() {
        expectOfEveryAccount { account in
            let confirmed = Debt(account.state, at: account.now, account.policy)
            let without = account.with { state in
                state.invoices.removeAll {
                    $0.status != .uncollectible && $0.covers.isEmpty && $0.replaces.isEmpty
                }
            }
            let remaining = Debt(without.state, at: account.now, account.policy)
            return remaining.confirmed == confirmed.confirmed
                && confirmed.confirmedInvoices.allSatisfy {
                    account.state.invoice($0)?.status == .uncollectible
                }
        }
    }

    @Test("deciding again after the plan was applied plans nothing")
    func decidingAgainPlansNothing() {
        expectOfEveryAccount { account in
            decide(account.outcome, at: account.now, account.policy).plan.isEmpty
        }
    }

    @Test("the order in which records arrive makes no difference to what is decided")
    func orderMakesNoDifference() {
        expectOfEveryAccount { account in
            var random = SeededRandom(seed: ~account.seed)
            let gathered = account.with { state in
                let all = state
                state.invoices = []
                state.subscriptions = []
                for invoice in all.invoices.shuffled(using: &random) {
                    var invoice = invoice
                    invoice.covers.shuffle(using: &random)
                    invoice.replaces.shuffle(using: &random)
                    state.put(invoice)
                }
                for subscription in all.subscriptions.shuffled(using: &random) {
                    state.put(subscription)
                }
            }
            return gathered.decision == account.decision
        }
    }

    @Test("accounts of unsupported and unknown types see no effect")
    func otherTypesAreLeftAlone() {
        expectOfEveryAccount { account in
            ["cloudflare_ent", "msp", "partners_pay_go", "sfcc", "academic", ""].allSatisfy {
                type in
                let other = account.with { $0.type = AccountType(type) }.decision
                return other.plan.isEmpty && other.rule == .restricted
                    && other.restrictions.count == 1
            }
        }
    }

    @Test("a ban for abuse is never lifted or overwritten, and no bit but 15 is touched")
    func foreignMarksStay() {
        expectOfEveryAccount { account in
            let abusive = account.with { $0.ban = .abuse }
            return abusive.outcome.ban == .abuse
                && account.outcome.flags | 1 << 15 == account.state.flags | 1 << 15
        }
    }

    @Test("only what was taken for bad debt is given back")
    func onlyWhatWasTakenIsGivenBack() {
        expectOfEveryAccount { account in
            let innocent = account.with { state in
                for index in state.subscriptions.indices {
                    state.subscriptions[index].itemsTaken = []
                    if state.subscriptions[index].cancelReason == "bad_debt" {
                        state.subscriptions[index].cancelReason = "requested"
                    }
                }
            }
            return innocent.decision.plan.allSatisfy {
                switch $0.effect {
                case .reactivateSubscription, .restoreItems: false
                default: true
                }
            }
        }
    }

    @Test("flag, timestamp and metadata stand exactly on accounts in debt, override aside")
    func marksAgreeWithDebt() {
        expectOfEveryAccount { account in
            let decision = account.decision
            guard decision.rule == .inDebt || decision.rule == .clear else { return true }
            let debt = Debt(account.state, at: account.now, account.policy)
            let owes = debt.isAbove(account.policy.threshold)
            let after = account.outcome
            return after.isFlagged == owes && (after.badDebtAt != nil) == owes
                && after.metadata.badDebt == (owes ? "true" : nil)
        }
    }

    @Test("the binary policy has no segments, so nothing in it can break what spares some")
    func sparedSegmentsAreJudgedElsewhere() {
        let vacuous = Invariant.allCases.filter { $0.vacuousBecause != nil }
        #expect(vacuous == [.sparedSegmentsAreSpared])
        expectOfEveryAccount { account in
            let employee = account.with { $0.type = .known(.employee) }
            let partner = account.with { $0.type = .known(.partnersBasic) }
            return employee.decision == partner.decision
        }
    }

    @Test("currencies are never mixed: debt in one says nothing of the sums of another")
    func currenciesStayApart() {
        expectOfEveryAccount { account in
            let all = Debt(account.state, at: account.now, account.policy).confirmed.sums
            return all.allSatisfy { sum in
                let alone = account.with { state in
                    for index in state.invoices.indices
                    where state.invoices[index].currency != sum.currency {
                        state.invoices[index].badDebtPaid = "true"
                    }
                }
                let debt = Debt(alone.state, at: account.now, account.policy).confirmed
                return debt.sums == [sum]
            }
        }
    }

    @Test("more debt never lowers the severity, and less never raises it")
    func severityFollowsDebt() {
        expectOfEveryAccount { account in
            account.state.invoices.allSatisfy { invoice in
                guard invoice.status == .uncollectible, invoice.covers.isEmpty,
                    invoice.replaces.isEmpty
                else { return true }
                let less = account.with { state in state.invoices.removeAll { $0 == invoice } }
                let more = account.with { state in
                    guard invoice.debtAmount < .max else { return }
                    var invoice = invoice
                    invoice.badDebtAmount = "\(max(invoice.debtAmount, 0) + 1)"
                    state.put(invoice)
                }
                return less.severity <= account.severity && account.severity <= more.severity
            }
        }
    }

    @Test("the same facts give the same decision, whatever brought them in whatever shape")
    func factsDecideNotTheirShape() {
        expectOfEveryAccount { account in
            let other = account.with { state in
                for index in state.invoices.indices {
                    state.invoices[index].version = nil
                    state.invoices[index].created = account.now
                    state.invoices[index].nextPaymentAttempt = account.now
                    state.invoices[index].subscription = SubscriptionID("sub_1")
                    state.invoices[index].amountDue = 1
                    state.invoices[index].amountPaid = 0
                }
                for index in state.subscriptions.indices {
                    state.subscriptions[index].version = nil
                }
                state.metadata.accountType = nil
                state.stripeCustomer = nil
            }
            return other.decision == account.decision
        }
    }

    @Test("an account that was gathered incompletely sees no effect, and a reason says so")
    func gapsCauseNoEffect() {
        expectOfEveryAccount { account in
            let holed = account.with { $0.missing = ["page 2"] }.decision
            let nameless = account.with { $0.type = nil }.decision
            return holed.plan.isEmpty && holed.reasons.contains(.missing("page 2"))
                && nameless.plan.isEmpty && nameless.reasons.contains(.missing("account type"))
        }
    }

    @Test("every effect names its rule and the invoices it rests on")
    func effectsNameTheirGrounds() {
        expectOfEveryAccount { account in
            let decision = account.decision
            return decision.plan.allSatisfy { planned in
                planned.rule == decision.rule && planned.invoices == planned.invoices.sorted()
                    && Set(planned.invoices).count == planned.invoices.count
                    && (planned.rule != .inDebt || !planned.invoices.isEmpty)
                    && planned.invoices.allSatisfy { account.state.invoice($0) != nil }
            }
        }
    }

    @Test("the checks that run in production find nothing to object to")
    func checksFindNothing() {
        expectOfEveryAccount { account in
            breaches(
                of: account.decision,
                on: account.state,
                at: account.now,
                account.policy,
                brain: .standard
            ).isEmpty
        }
    }
}

extension RandomAccount {
    /// How hard the customer is hit: 0 forgiven or left alone, 1 held, 2 dunned.
    fileprivate var severity: Int {
        switch decision.rule {
        case .restricted, .incomplete, .override, .clear: 0
        case .hold: 1
        case .inDebt: 2
        }
    }
}
