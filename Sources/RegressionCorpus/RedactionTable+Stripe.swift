import BillingModel

/// What Stripe's objects may keep, whatever API version they are of.
extension RedactionTable {
    /// An event, without its envelope and without the object it carries.
    static let event: MemberTable = [
        "id": .id, "object": .word(["event"], otherwise: .nothing), "api_version": .version,
        "created": .seconds, "livemode": .boolean, "type": .eventType,
    ]

    /// The objects that dunning reads, by the name of their kind.
    static let snapshots: [String: MemberTable] = [
        "invoice": invoice, "subscription": subscription, "customer": customer,
    ]

    /// Any other object: only whose it is.
    static let otherSnapshot: MemberTable = [
        "object": .word(objects, otherwise: .neutral(unlisted)), "customer": .reference,
        "customer_account": .reference,
    ]

    /// An object in the place of its id.
    static let expanded: MemberTable = [
        "id": .id, "object": .word(objects, otherwise: .nothing),
    ]

    static let invoice: MemberTable = [
        "id": .id, "object": .word(["invoice"], otherwise: .nothing), "customer": .reference,
        "customer_account": .reference, "status": closed(InvoiceStatus.self), "paid": .boolean,
        "closed": .boolean, "forgiven": .boolean, "paid_out_of_band": .boolean,
        "currency": .currency, "amount_due": .amount, "amount_paid": .amount,
        "amount_remaining": .amount, "created": .seconds, "date": .seconds,
        "next_payment_attempt": .seconds,
        "status_transitions": .object(["marked_uncollectible_at": .seconds]),
        "subscription": .reference,
        "parent": .object(["subscription_details": .object(["subscription": .reference])]),
        "metadata": .object([
            "bad_debt_amount": .amountInText, "bad_debt_paid": truth, "covers": .idsInText,
            "replaces": .idsInText,
        ]),
    ]

    static let subscription: MemberTable = [
        "id": .id, "object": .word(["subscription"], otherwise: .nothing),
        "customer": .reference, "customer_account": .reference,
        "status": closed(SubscriptionStatus.self), "canceled_at": .seconds, "ended_at": .seconds,
        "cancellation_details": .object(["comment": reason]),
        "items": .list(.object(["id": .id, "price": price, "plan": price])),
    ]

    static let customer: MemberTable = [
        "id": .id, "object": .word(["customer"], otherwise: .nothing),
        "metadata": .object([
            "account_type": accountType, "bad_debt": truth, "bad_debt_amount": .amountInText,
        ]),
    ]

    /// The metadata of customers and invoices, as effects write it.
    static let metadata: MemberTable = [
        "account_type": accountType, "bad_debt": truth, "bad_debt_amount": .amountInText,
        "bad_debt_paid": truth, "covers": .idsInText, "replaces": .idsInText,
    ]

    private static let price = Treatment.object(["product": .reference])

    private static let truth = Treatment.word(["true", "false"], otherwise: .pseudonym)

    /// The kind of the object that an event carries, as the reader finds it out.
    static func kind(of object: String?, _ type: StripeEventType) -> String? {
        if let object { return object }
        if type.isInvoice { return "invoice" }
        return type.name.hasPrefix("customer.subscription.") ? "subscription" : nil
    }

    /// Stands for a name that is not listed.
    static let unlisted = "unlisted"

    /// The beginnings of an event type's name that something depends on.
    static let eventFamilies = ["invoice.", "customer.subscription.", "customer.", "charge."]

    /// What a type becomes: itself where it is listed, else an unlisted one of its family.
    static func redacted(eventType name: String) -> String {
        if let listed = eventTypes.first(where: { $0 == name }) { return listed }
        return (eventFamilies.first { name.hasPrefix($0) } ?? "") + unlisted
    }

    private static let objects = [
        "bank_account", "card", "charge", "checkout.session", "coupon", "credit_note", "customer",
        "discount", "dispute", "invoice", "invoice_payment", "invoiceitem", "mandate",
        "payment_intent", "payment_method", "payout", "plan", "price", "product", "refund",
        "setup_intent", "source", "subscription", "subscription_item", "subscription_schedule",
    ]

    static let eventTypes = [
        "charge.captured", "charge.dispute.closed", "charge.dispute.created",
        "charge.dispute.funds_reinstated", "charge.dispute.funds_withdrawn",
        "charge.dispute.updated", "charge.expired", "charge.failed", "charge.pending",
        "charge.refund.updated", "charge.refunded", "charge.succeeded", "charge.updated",
        "checkout.session.completed", "customer.bank_account.deleted", "customer.card.created",
        "customer.card.deleted", "customer.card.updated", "customer.created", "customer.deleted",
        "customer.discount.created", "customer.discount.deleted", "customer.discount.updated",
        "customer.source.created", "customer.source.deleted", "customer.source.expiring",
        "customer.source.updated", "customer.subscription.created",
        "customer.subscription.deleted", "customer.subscription.paused",
        "customer.subscription.pending_update_applied",
        "customer.subscription.pending_update_expired", "customer.subscription.resumed",
        "customer.subscription.trial_will_end", "customer.subscription.updated",
        "customer.updated", "invoice.created", "invoice.deleted", "invoice.finalization_failed",
        "invoice.finalized", "invoice.marked_uncollectible", "invoice.overdue",
        "invoice.overpaid", "invoice.paid", "invoice.payment_action_required",
        "invoice.payment_failed", "invoice.payment_succeeded", "invoice.sent",
        "invoice.upcoming", "invoice.updated", "invoice.voided", "invoice.will_be_due",
        "invoiceitem.created", "invoiceitem.deleted", "invoiceitem.updated", "mandate.updated",
        "payment_intent.canceled", "payment_intent.created", "payment_intent.payment_failed",
        "payment_intent.processing", "payment_intent.requires_action", "payment_intent.succeeded",
        "payment_method.attached", "payment_method.detached", "setup_intent.canceled",
        "setup_intent.created", "setup_intent.setup_failed", "setup_intent.succeeded",
        "subscription_schedule.canceled", "subscription_schedule.created",
        "subscription_schedule.released", "subscription_schedule.updated",
    ]
}
