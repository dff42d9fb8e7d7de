import BillingModel

extension RecordWriter {
    /// Writes a Stripe event in the writer's envelope.
    func writeEvent(_ event: StripeEvent, into json: inout JSONText) {
        switch style.envelope {
        case .bare:
            writeBareEvent(event, into: &json)
        case .eventBridge:
            json.object { json in
                json.member("version", "0")
                json.member("id", event.id)
                json.member("detail-type", event.type.name)
                json.member("source", "aws.partner/stripe.com/billing")
                json.member("time", event.created.description)
                json.member("region", "eu-west-1")
                json.member("resources", [String]())
                json.key("detail")
                writeBareEvent(event, into: &json)
            }
        case .eventGrid:
            json.object { json in
                json.member("specversion", "1.0")
                json.member("id", event.id)
                json.member("source", "stripe")
                json.member("type", "stripe." + event.type.name)
                json.member("time", event.created.description)
                json.key("data")
                writeBareEvent(event, into: &json)
            }
        }
    }

    private func writeBareEvent(_ event: StripeEvent, into json: inout JSONText) {
        json.object { json in
            json.member("id", event.id)
            json.member("object", "event")
            json.member("api_version", style.shape.version)
            json.member("created", event.created.unixSeconds)
            json.object("data") { json in
                json.key("object")
                writeObject(of: event, into: &json)
            }
            if let livemode = event.livemode { json.member("livemode", livemode) }
            json.member("pending_webhooks", 1)
            writeOrigin(of: event, into: &json)
            json.member("type", event.type.name)
        }
    }

    /// Writes `request`: a string in old versions, an object in newer ones, `null` for what Stripe
    /// does by itself.
    private func writeOrigin(of event: StripeEvent, into json: inout JSONText) {
        guard event.cause != nil else { return json.member("request", String?.none) }
        let id = "req_" + event.id.suffix(14)
        guard style.shape != .y2016 else { return json.member("request", id) }
        json.object("request") { json in
            json.member("id", id)
            json.member("idempotency_key", String?.none)
        }
    }

    private func writeObject(of event: StripeEvent, into json: inout JSONText) {
        switch event.object {
        case .invoice(let invoice):
            writeInvoice(invoice, of: event.customer, at: event.created, into: &json)
        case .deletedInvoice(let id):
            json.object { json in
                json.member("id", id.rawValue)
                json.member("object", "invoice")
                json.member("status", InvoiceStatus.draft.rawValue)
                json.member("currency", "usd")
                json.member("amount_due", 0)
                writeCustomerReference(event.customer, into: &json)
            }
        case .subscription(let subscription):
            writeSubscription(subscription, of: event.customer, missing: [], into: &json)
        case .customer(let metadata):
            writeCustomerObject(event.customer, metadata, livemode: event.livemode, into: &json)
        case .other:
            writeOther(event, into: &json)
        }
    }

    func writeCustomerReference(_ customer: CustomerID?, into json: inout JSONText) {
        if let customer { json.member("customer", customer.rawValue) }
    }

    private func mailAddress(of customer: CustomerID?) -> String? {
        customer.map { "billing@\($0.rawValue.suffix(8)).example" }
    }

    /// Writes a customer: the metadata that dunning reads among what such an object also carries.
    func writeCustomerObject(
        _ customer: CustomerID?,
        _ metadata: CustomerMetadata,
        livemode: Bool?,
        into json: inout JSONText
    ) {
        let entries = [
            ("account_type", metadata.accountType), ("bad_debt", metadata.badDebt),
            ("bad_debt_amount", metadata.badDebtAmount),
        ]
        json.object { json in
            if let customer { json.member("id", customer.rawValue) }
            json.member("object", "customer")
            json.member("balance", 0)
            json.member("delinquent", metadata.badDebt != nil)
            json.member("description", String?.none)
            json.member("email", mailAddress(of: customer))
            json.member("invoice_prefix", customer.map { String($0.rawValue.suffix(8)) })
            if let livemode { json.member("livemode", livemode) }
            json.object("metadata") { json in
                for (key, value) in entries where value != nil { json.member(key, value) }
            }
            json.member("phone", String?.none)
            json.member("preferred_locales", [String]())
            json.member("tax_exempt", "none")
        }
    }

    /// Writes an object that dunning does not read: a charge, a card, a preview of an invoice.
    private func writeOther(_ event: StripeEvent, into json: inout JSONText) {
        let family = event.type.name.prefix { $0 != "." }
        let isCard = event.type.name.hasPrefix("customer.source.")
        let tail = event.id.suffix(14)
        json.object { json in
            if event.type.name == "customer.deleted" {
                json.member("object", "customer")
                return json.member("id", event.customer?.rawValue)
            }
            if event.type == .upcoming {
                json.member("object", "invoice")
                return writeCustomerReference(event.customer, into: &json)
            }
            json.member("id", (isCard ? "card_" : family == "charge" ? "ch_" : "obj_") + tail)
            json.member("object", isCard ? "card" : String(family))
            writeCustomerReference(event.customer, into: &json)
            json.object("billing_details") { json in
                json.member(
                    "email",
                    mailAddress(of: event.customer)
                )
                json.member("name", "Accounts payable")
            }
            json.member("brand", "visa")
            json.member("country", "US")
            json.member("exp_month", 4)
            json.member("exp_year", 2029)
            json.member("funding", "credit")
            json.member("last4", "4242")
            json.object("metadata") { _ in }
            json.member("statement_descriptor", "BILLING")
            json.member("type", "card")
        }
    }
}
