import BillingModel
import MirrorLog

extension Life {
    /// The row images that an effect leaves: whole rows, as they stand after it.
    static func images(of effect: Effect, in state: AccountState) -> [RowChange] {
        switch effect {
        case .setFlag, .setBan: [accountRow(of: state)]
        case .setBadDebtAt: [customerRow(of: state)]
        case .cancelSubscription(let id, _), .reactivateSubscription(let id, _),
            .deleteItems(let id, _), .restoreItems(let id, _):
            subscriptionRow(id, of: state).map { [$0] } ?? []
        case .recordDunning(let event):
            [RowChange(op: .insert, row: .dunning(event: event))]
        case .setCustomerMetadata, .setInvoiceMetadata, .voidInvoice, .createConsolidatedInvoice,
            .payInvoice, .notify, .restrict, .escalate:
            []
        }
    }

    /// The row of `subs_account`.
    static func accountRow(of state: AccountState) -> RowChange {
        RowChange(
            op: .update,
            row: .account(
                type: state.type.map { .value($0.columnValue) } ?? .null,
                flags: .value(state.flags),
                ban: state.ban.map { .value($0) } ?? .null
            )
        )
    }

    private static func customerRow(of state: AccountState) -> RowChange {
        RowChange(
            op: .update,
            row: .customer(
                stripeCustomer: state.stripeCustomer.map { .value($0.rawValue) } ?? .null,
                badDebtAt: state.badDebtAt.map { .value($0) } ?? .null,
                legalEntity: state.legalEntity.map { .value($0) } ?? .null
            )
        )
    }

    private static func subscriptionRow(
        _ id: SubscriptionID,
        of state: AccountState
    ) -> RowChange? {
        guard let subscription = state.subscription(id) else { return nil }
        return RowChange(
            op: .update,
            row: .subscription(
                id: id,
                status: .value(subscription.status),
                reason: subscription.cancelReason.map { .value($0) } ?? .null,
                items: .value(subscription.items.map(\.id))
            )
        )
    }

    /// The event that Stripe sends for an effect, where the effect is a call of its API.
    static func echo(of effect: Effect) -> Telling? {
        switch effect {
        case .cancelSubscription(let id, _):
            telling("customer.subscription.deleted", .subscription(id))
        case .reactivateSubscription(let id, _), .deleteItems(let id, _), .restoreItems(let id, _):
            telling("customer.subscription.updated", .subscription(id))
        case .setCustomerMetadata: telling("customer.updated", .customer)
        case .setInvoiceMetadata(let id, _, _): telling("invoice.updated", .invoice(id))
        case .voidInvoice(let id): telling("invoice.voided", .invoice(id))
        case .createConsolidatedInvoice(let id, _, _):
            telling("invoice.finalized", .invoice(id))
        case .payInvoice(let id, _, _): telling("invoice.paid", .invoice(id))
        case .setFlag, .setBan, .setBadDebtAt, .recordDunning, .notify, .restrict, .escalate: nil
        }
    }

    private static func telling(_ type: String, _ subject: Telling.Subject) -> Telling {
        Telling(type: StripeEventType(type), subject: subject)
    }
}
