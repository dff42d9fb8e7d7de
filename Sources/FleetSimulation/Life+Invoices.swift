import BillingModel

/// The lines that stories are made of.
extension Life {
    /// Makes an invoice and finalizes it.
    ///
    /// - Parameter isUsage: Whether it bills usage rather than a subscription.
    /// - Returns: The invoice.
    mutating func issue(isUsage: Bool = false) -> InvoiceID {
        let id = InvoiceID(names.next("in"))
        let amount = Int64(random.within(5...900)) * 100 - 1
        state.put(
            Invoice(
                id: id,
                status: .open,
                currency: currency,
                amountDue: amount,
                amountRemaining: amount,
                created: now.wholeSecond,
                subscription: isUsage ? nil : liveSubscription
            )
        )
        if random.chance(perThousand: plan.billing.drafts) {
            tell("invoice.created", .invoice(id), .drafted)
            rest(hours: 1...1)
        }
        tell("invoice.finalized", .invoice(id), .finalized)
        pause(seconds: 1...4)
        return id
    }

    private var liveSubscription: SubscriptionID? {
        state.subscriptions.first(where: \.isLive)?.id
    }

    /// Issues an invoice that is paid at once.
    mutating func payAtOnce() {
        let invoice = issue()
        pay(invoice)
        settle()
    }

    /// The customer pays an invoice in Stripe.
    @discardableResult
    mutating func pay(_ id: InvoiceID) -> RecordID {
        if random.chance(perThousand: plan.billing.charges) { tell("charge.succeeded") }
        let event = tell("invoice.paid", .invoice(id), .paid)
        if let subscription = state.invoice(id)?.subscription,
            state.subscription(subscription)?.status == .pastDue
        {
            pause(TimeSpan(microseconds: 40_000))
            tell(
                "customer.subscription.updated",
                .subscription(subscription),
                .subscription(.active)
            )
        }
        return event
    }

    /// An attempt to collect an invoice fails.
    ///
    /// - Parameters:
    ///   - id: The invoice.
    ///   - next: When it is tried again; `nil` where it is not.
    ///   - handling: How the paths go about it.
    /// - Returns: The id of the event's record.
    @discardableResult
    mutating func fail(
        _ id: InvoiceID,
        next: TimeSpan?,
        _ handling: Handlings = Handlings()
    ) -> RecordID {
        if random.chance(perThousand: plan.billing.charges) { tell("charge.failed") }
        let turn = Turn.failed(next: next.map { now.advanced(by: $0) })
        let event = tell("invoice.payment_failed", .invoice(id), turn, handling)
        if let subscription = state.invoice(id)?.subscription,
            state.subscription(subscription)?.status == .active
        {
            pause(TimeSpan(microseconds: 40_000))
            tell(
                "customer.subscription.updated",
                .subscription(subscription),
                .subscription(.pastDue)
            )
        }
        return event
    }

    /// Gives up on an invoice that failed to be collected: on `pay_go` Path C flags for it.
    ///
    /// - Parameters:
    ///   - isSubscription: Whether the invoice bills a subscription. Path C then cancels that one
    ///     for the last failed attempt, seconds before it cancels the rest.
    ///   - handling: How the paths go about the event that gives up.
    /// - Returns: The invoice, and the event that gave up on it.
    @discardableResult
    mutating func giveUp(
        through isSubscription: Bool = false,
        _ handling: Handlings = Handlings()
    ) -> (invoice: InvoiceID, event: RecordID) {
        let invoice = issue(isUsage: !isSubscription)
        fail(invoice, next: .days(3))
        rest(hours: 72...73)
        fail(invoice, next: nil)
        pause(seconds: 2...6)
        let event = tell(
            "invoice.marked_uncollectible",
            .invoice(invoice),
            .markedUncollectible,
            handling
        )
        return (invoice, event)
    }

    /// Notes what was done wrong.
    mutating func note(
        _ classes: Defect...,
        at: Instant,
        subscriptions: Int = 0,
        triggers: [RecordID],
        arisen: Bool = false
    ) {
        truth.append(
            TruthEntry(
                account: account,
                classes: classes,
                at: at,
                subscriptions: subscriptions,
                triggers: triggers,
                arisen: arisen
            )
        )
    }

    /// How many subscriptions the customer still has.
    var liveCount: Int { state.subscriptions.filter(\.isLive).count }
}
