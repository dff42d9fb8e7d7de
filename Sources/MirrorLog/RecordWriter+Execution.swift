package import BillingModel

extension RecordWriter {
    /// Writes a recorded run of a legacy path.
    func writeExecution(_ execution: Execution, into json: inout JSONText) {
        json.member("path", execution.path.rawValue)
        json.member("trigger", execution.trigger?.rawValue)
        json.member("finished", execution.finished?.description)
        json.member("outcome", execution.outcome.rawValue)
        json.member("error", execution.error)
        json.array("effects") { json in
            for effect in execution.effects {
                json.object { json in
                    json.member("at", effect.at.description)
                    writeEffect(effect.effect, into: &json)
                    json.member("ok", effect.ok)
                }
            }
        }
    }

    /// Writes what an effect changes, as members of an object.
    package func writeEffect(_ effect: Effect, into json: inout JSONText) {
        switch effect {
        case .setFlag(let bit, let to):
            json.member("do", "set_flag")
            json.member("bit", Int64(bit))
            json.member("to", to)
        case .setBan(let to):
            json.member("do", "set_ban")
            json.member("to", to?.rawValue)
        case .setBadDebtAt(let to):
            json.member("do", "set_bad_debt_at")
            json.member("to", to?.description)
        case .cancelSubscription(let id, let reason):
            writeSubscriptionEffect("cancel_subscription", id, reason, into: &json)
        case .reactivateSubscription(let id, let reason):
            writeSubscriptionEffect("reactivate_subscription", id, reason, into: &json)
        case .deleteItems(let id, let items):
            writeItemsEffect("delete_items", id, items, into: &json)
        case .restoreItems(let id, let items):
            writeItemsEffect("restore_items", id, items, into: &json)
        case .setCustomerMetadata(let set, let unset):
            json.member("do", "set_customer_metadata")
            writeEntries(set, unset, into: &json)
        case .setInvoiceMetadata(let id, let set, let unset):
            json.member("do", "set_invoice_metadata")
            json.member("invoice", id.rawValue)
            writeEntries(set, unset, into: &json)
        case .voidInvoice(let id):
            json.member("do", "void_invoice")
            json.member("invoice", id.rawValue)
        case .createConsolidatedInvoice(let id, let covers, let money):
            json.member("do", "create_consolidated_invoice")
            json.member("invoice", id.rawValue)
            json.member("covers", covers.map(\.rawValue))
            writeAmount(money, into: &json)
        case .payInvoice(let id, let money, let payment):
            json.member("do", "pay_invoice")
            json.member("invoice", id.rawValue)
            writeAmount(money, into: &json)
            json.member("payment", payment)
        case .recordDunning(let event):
            json.member("do", "record_dunning")
            json.member("event", event)
        case .notify(let stage, let to): writeStageEffect("notify", stage, to, into: &json)
        case .restrict(let stage, let to): writeStageEffect("restrict", stage, to, into: &json)
        case .escalate(let stage, let to): writeStageEffect("escalate", stage, to, into: &json)
        }
    }

    private func writeSubscriptionEffect(
        _ name: String,
        _ id: SubscriptionID,
        _ reason: String?,
        into json: inout JSONText
    ) {
        json.member("do", name)
        json.member("subscription", id.rawValue)
        json.member("reason", reason)
    }

    private func writeItemsEffect(
        _ name: String,
        _ id: SubscriptionID,
        _ items: [ItemID],
        into json: inout JSONText
    ) {
        json.member("do", name)
        json.member("subscription", id.rawValue)
        json.member("items", items.map(\.rawValue))
    }

    private func writeStageEffect(
        _ name: String,
        _ stage: String,
        _ to: String?,
        into json: inout JSONText
    ) {
        json.member("do", name)
        json.member("stage", stage)
        json.member("to", to)
    }

    private func writeEntries(
        _ set: [MetadataEntry],
        _ unset: [String],
        into json: inout JSONText
    ) {
        json.object("set") { json in
            for entry in set { json.member(entry.key, entry.value) }
        }
        json.member("unset", unset)
    }

    private func writeAmount(_ money: Money?, into json: inout JSONText) {
        json.member("amount", money?.minorUnits)
        json.member("currency", money?.currency.code)
    }
}
