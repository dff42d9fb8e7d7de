import BillingModel

extension RecordWriter {
    /// Writes what the brain would gather.
    ///
    /// What is noted as missing is left out the way that the reader would have noted it: a `null`
    /// where the fact belongs, or a list with further pages.
    func writeBaseline(_ state: AccountState, at: Instant, into json: inout JSONText) {
        writeAccount(state, into: &json)
        writeCustomer(state, into: &json)
        writeList("probations", of: state.probations, missing: state.missing, into: &json) {
            probation,
            json in
            json.object { json in
                json.member("product", probation.product)
                if state.missing.contains("probation of \(probation.product)") {
                    json.member("failed", String?.none)
                } else {
                    json.member("failed", probation.failed)
                }
            }
        }
        writeList("mandates", of: state.mandates, missing: state.missing, into: &json) {
            mandate,
            json in
            json.object { json in
                json.member("id", mandate.id)
                json.member("payment_method", mandate.paymentMethod)
                json.member("status", mandate.status)
            }
        }
        json.key("credit")
        writeMoney(state.credit, into: &json)
        json.key("override")
        writeOverride(state.override, into: &json)
        json.key("stripe")
        guard !state.missing.contains("stripe") else { return json.null() }
        json.object { json in writeStripe(state, at: at, into: &json) }
    }

    private func writeAccount(_ state: AccountState, into json: inout JSONText) {
        json.key("account")
        guard !state.missing.contains("account") else { return json.null() }
        json.object { json in
            json.member("type", state.type?.columnValue)
            json.key("flags")
            if state.missing.contains("account flags") {
                json.null()
            } else {
                json.integer(state.flags)
            }
            json.member("ban", state.ban?.rawValue)
        }
    }

    private func writeCustomer(_ state: AccountState, into json: inout JSONText) {
        json.key("customer")
        guard !state.missing.contains("customer") else { return json.null() }
        json.object { json in
            if state.missing.contains("stripe customer") {
                json.member("stripe_customer", String?.none)
            } else if let customer = state.stripeCustomer {
                json.member("stripe_customer", customer.rawValue)
            }
            json.member("bad_debt_at", state.badDebtAt?.description)
            json.member("legal_entity", state.legalEntity)
        }
    }

    private func writeMoney(_ money: Money?, into json: inout JSONText) {
        guard let money else { return json.null() }
        json.object { json in
            json.member("balance", money.minorUnits)
            json.member("currency", money.currency.code)
        }
    }

    private func writeOverride(_ override: Override?, into json: inout JSONText) {
        guard let override else { return json.null() }
        json.object { json in
            json.member("to", override.flagged ? "flagged" : "unflagged")
            json.member("by", override.by)
            json.member("until", override.until?.description)
        }
    }

    private func writeStripe(_ state: AccountState, at: Instant, into json: inout JSONText) {
        json.key("customer")
        if state.missing.contains("stripe customer object") {
            json.null()
        } else {
            writeCustomerObject(state.stripeCustomer, state.metadata, livemode: true, into: &json)
        }
        writeList("subscriptions", of: state.subscriptions, missing: state.missing, into: &json) {
            subscription,
            json in
            writeSubscription(
                subscription,
                of: state.stripeCustomer,
                missing: state.missing,
                into: &json
            )
        }
        writeList("invoices", of: state.invoices, missing: state.missing, into: &json) {
            invoice,
            json in
            writeInvoice(invoice, of: state.stripeCustomer, at: at, into: &json)
        }
    }

    /// Writes a list as an array, as a Stripe list where it holds pages back, or as `null` where it
    /// was not gathered.
    func writeList<Element>(
        _ name: String,
        of elements: [Element],
        missing: [String],
        note: String? = nil,
        into json: inout JSONText,
        _ write: (Element, inout JSONText) -> Void
    ) {
        let note = note ?? name
        json.key(name)
        guard !missing.contains(note) else { return json.null() }
        guard missing.contains("further pages of \(note)") else {
            return json.array { json in
                for element in elements { write(element, &json) }
            }
        }
        json.object { json in
            json.member("object", "list")
            json.array("data") { json in
                for element in elements { write(element, &json) }
            }
            json.member("has_more", true)
        }
    }
}
