import BillingModel

extension RecordWriter {
    /// Writes an invoice in the writer's shape.
    ///
    /// - Parameters:
    ///   - invoice: What dunning reads of it; the rest is filled with what such an object carries,
    ///     derived from the invoice alone.
    ///   - customer: Whom it bills.
    ///   - at: When it is seen like this.
    ///   - json: The text to write to.
    func writeInvoice(
        _ invoice: Invoice,
        of customer: CustomerID?,
        at: Instant,
        into json: inout JSONText
    ) {
        json.object { json in
            json.member("id", invoice.id.rawValue)
            json.member("object", "invoice")
            json.member("amount_due", invoice.amountDue)
            if style.shape != .y2016 {
                json.member("amount_paid", invoice.amountPaid)
                json.member("amount_remaining", invoice.amountRemaining)
            }
            json.member("attempt_count", invoice.status == .draft ? 0 : 1)
            json.member("attempted", invoice.status != .draft)
            json.member("currency", invoice.currency.code)
            writeCustomerReference(customer, into: &json)
            if let created = invoice.created {
                json.member(style.shape == .y2016 ? "date" : "created", created.unixSeconds)
            }
            writeStatus(invoice, into: &json)
            writeSubscriptionReference(invoice, into: &json)
            json.member("next_payment_attempt", invoice.nextPaymentAttempt?.unixSeconds)
            writeMetadata(invoice, into: &json)
            writePaperwork(invoice, at: at, into: &json)
        }
    }

    private func writeStatus(_ invoice: Invoice, into json: inout JSONText) {
        let isPaid = invoice.status == .paid
        guard style.shape != .y2016 else {
            json.member("paid", isPaid)
            json.member("forgiven", invoice.status == .uncollectible)
            return json.member("closed", invoice.status.rank >= InvoiceStatus.uncollectible.rank)
        }
        json.member("status", invoice.status.rawValue)
        if style.shape == .y2019 { json.member("paid", isPaid) }
        if invoice.isPaidOutOfBand { json.member("paid_out_of_band", true) }
        json.object("status_transitions") { json in
            let finalized = invoice.status == .draft ? nil : invoice.created?.unixSeconds
            json.member("finalized_at", finalized)
            json.member("marked_uncollectible_at", invoice.markedUncollectibleAt?.unixSeconds)
        }
    }

    private func writeSubscriptionReference(_ invoice: Invoice, into json: inout JSONText) {
        let id = invoice.subscription?.rawValue
        guard style.shape == .basil else { return json.member("subscription", id) }
        json.key("parent")
        guard let id else { return json.null() }
        json.object { json in
            json.member("type", "subscription_details")
            json.member("quote_details", String?.none)
            json.object("subscription_details") { json in json.member("subscription", id) }
        }
    }

    private func writeMetadata(_ invoice: Invoice, into json: inout JSONText) {
        let list: ([InvoiceID]) -> String? = { ids in
            ids.isEmpty ? nil : ids.map(\.rawValue).joined(separator: ",")
        }
        let entries = [
            ("bad_debt_amount", invoice.badDebtAmount), ("bad_debt_paid", invoice.badDebtPaid),
            ("covers", list(invoice.covers)), ("replaces", list(invoice.replaces)),
        ]
        json.object("metadata") { json in
            for (key, value) in entries where value != nil { json.member(key, value) }
        }
    }

    /// Writes the rest of an invoice: one line, sums, links.
    private func writePaperwork(_ invoice: Invoice, at: Instant, into json: inout JSONText) {
        let tail = String(invoice.id.rawValue.suffix(16))
        let end = (invoice.created ?? at).unixSeconds
        let start = end - 30 * 86_400
        json.member("billing_reason", invoice.subscription == nil ? "manual" : "subscription_cycle")
        json.member("collection_method", "charge_automatically")
        json.member("description", String?.none)
        json.member("hosted_invoice_url", "https://invoice.stripe.example/i/" + tail)
        json.member("invoice_pdf", "https://invoice.stripe.example/i/\(tail)/pdf")
        json.object("lines") { json in
            json.member("object", "list")
            json.array("data") { json in
                json.object { json in
                    json.member("id", "il_" + tail)
                    json.member("object", "line_item")
                    json.member("amount", invoice.amountDue)
                    json.member("currency", invoice.currency.code)
                    json.member("description", "1 × service, per month")
                    json.object("period") { json in
                        json.member("start", start)
                        json.member("end", end)
                    }
                    json.member("quantity", 1)
                }
            }
            json.member("has_more", false)
        }
        json.member("number", String(tail.suffix(8)).uppercased() + "-0001")
        json.member("period_end", end)
        json.member("period_start", start)
        json.member("starting_balance", 0)
        json.member("subtotal", invoice.amountDue)
        json.member("total", invoice.amountDue)
    }

    /// Writes a subscription with its items.
    ///
    /// - Parameters:
    ///   - subscription: What dunning reads of it.
    ///   - customer: Whom it serves.
    ///   - missing: What is known not to have been gathered.
    ///   - json: The text to write to.
    func writeSubscription(
        _ subscription: Subscription,
        of customer: CustomerID?,
        missing: [String],
        into json: inout JSONText
    ) {
        let suffix = " of subscription \(subscription.id)"
        let gaps = missing.filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }
        json.object { json in
            json.member("id", subscription.id.rawValue)
            json.member("object", "subscription")
            json.member("canceled_at", subscription.canceledAt?.unixSeconds)
            if style.shape != .y2016 {
                json.object("cancellation_details") { json in
                    json.member("comment", subscription.cancelReason)
                    json.member("feedback", String?.none)
                    json.member("reason", String?.none)
                }
            }
            json.member("collection_method", "charge_automatically")
            writeCustomerReference(customer, into: &json)
            writeList("items", of: subscription.items, missing: gaps, into: &json) { item, json in
                writeItem(item, into: &json)
            }
            json.object("metadata") { _ in }
            json.member("status", subscription.status.rawValue)
        }
    }

    private func writeItem(_ item: SubscriptionItem, into json: inout JSONText) {
        json.object { json in
            json.member("id", item.id.rawValue)
            json.member("object", "subscription_item")
            json.object(style.shape == .y2016 ? "plan" : "price") { json in
                json.member("id", "price_" + (item.product ?? "custom"))
                json.member("currency", "usd")
                json.member("interval", "month")
                json.member("product", item.product)
            }
            json.member("quantity", 1)
        }
    }
}
