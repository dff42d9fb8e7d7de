import BillingModel
import LegacyPaths
import ShadowRun

extension Instant {
    /// The smallest instant after this one.
    var nextInstant: Instant { advanced(by: TimeSpan(microseconds: 1)) }

    /// The date.
    var day: Substring { description.prefix(10) }
}

extension Unprocessed {
    /// The invoice that its trigger is about, if one.
    var invoice: InvoiceID? {
        guard case .stripe(let event) = trigger.what, case .invoice(let invoice) = event.object
        else { return nil }
        return invoice.id
    }
}

extension LegacyTrigger {
    /// The invoice of which it says that a payment failed, if it does.
    var failedInvoice: InvoiceID? {
        guard case .stripe(let event) = self, event.type == .paymentFailed,
            case .invoice(let invoice) = event.object
        else { return nil }
        return invoice.id
    }
}

/// What the table needs to know of an effect's form.
enum PaymentShape {
    static func isPayment(_ effect: Effect, of invoice: InvoiceID) -> Bool {
        if case .payInvoice(invoice, _, _) = effect { true } else { false }
    }
}
