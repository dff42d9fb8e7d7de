package import BillingModel
import MirrorLog

/// What the database says of an account at the instant of a snapshot.
package struct BaselineAccount: Sendable {
    /// The account.
    package let account: AccountID
    private let rows: [MappedRow]

    init(_ account: AccountID, _ rows: [MappedRow]) {
        self.account = account
        self.rows = rows
    }

    /// The Stripe customer that it is mapped to.
    package var stripeCustomer: CustomerID? {
        rows.first { $0.table == .customer }?["stripe_customer"].text.map { CustomerID($0) }
    }

    /// How the Stripe part of a baseline is come by: the JSON of the state's `stripe`, or `nil` where
    /// it can't be gathered; an error where the baselines had better be begun anew.
    package typealias StripePart = (BaselineAccount) throws(PostgresError) -> [UInt8]?

    /// How the Stripe parts of all baselines of one snapshot are come by; called once the snapshot is
    /// held, for what was gathered before it would be older than it says.
    package typealias StripeParts = () throws(PostgresError) -> StripePart

    /// A Stripe part made of legacy's own view of subscriptions, for trying out: no invoices.
    package var legacyStripePart: [UInt8] {
        var json = JSONText()
        json.object { json in
            if let stripeCustomer {
                json.object("customer") { $0.member("id", stripeCustomer.rawValue) }
            }
            json.array("subscriptions") { json in
                for row in rows where row.table == .subscription {
                    Self.write(subscription: row, into: &json)
                }
            }
            json.array("invoices") { _ in }
        }
        return json.bytes
    }

    private static func write(subscription row: MappedRow, into json: inout JSONText) {
        json.object { json in
            json.member("id", row["id"].text)
            json.member("status", row["status"].text)
            json.object("items") { json in
                json.array("data") { json in
                    if case .list(let items) = row["items"] {
                        for item in items { json.object { $0.member("id", item) } }
                    }
                }
            }
            if let reason = row["reason"].text {
                json.object("cancellation_details") { $0.member("comment", reason) }
            }
        }
    }

    /// The account as a line of the log.
    func line(id: String, at time: Instant, seen: Instant, stripe: [UInt8]?) -> [UInt8] {
        var json = JSONText()
        json.object { json in
            json.member("v", 1)
            json.member("id", id)
            json.member("kind", MirrorRecord.Kind.baseline.rawValue)
            json.member("at", time)
            json.member("seen", seen)
            json.member("account", account.rawValue)
            json.object("state") { json in
                writeAccount(into: &json)
                writeCustomer(into: &json)
                writeProbations(into: &json)
                writeMandates(into: &json)
                json.key("stripe")
                json.null()
            }
        }
        guard let stripe else { return json.bytes }
        // The Stripe part stands last and goes in as it is, in place of `null`.
        return json.bytes.dropLast("null}}".utf8.count) + stripe + Array("}}".utf8)
    }

    private func writeAccount(into json: inout JSONText) {
        json.key("account")
        guard let row = rows.first(where: { $0.table == .account }) else { return json.null() }
        json.object { json in
            for (name, column) in [("type", "account_type"), ("flags", "flags"), ("ban", "ban")]
            where row[column].isPresent {
                json.key(name)
                row[column].write(into: &json)
            }
        }
    }

    private func writeCustomer(into json: inout JSONText) {
        guard let row = rows.first(where: { $0.table == .customer }) else { return }
        json.object("customer") { json in
            // No customer at Stripe is a fact; `null` would say that it could not be gathered.
            if let stripeCustomer { json.member("stripe_customer", stripeCustomer.rawValue) }
            json.member("bad_debt_at", row["bad_debt"].time)
            json.member("legal_entity", row["legal_entity"].text)
        }
    }

    private func writeProbations(into json: inout JSONText) {
        json.array("probations") { json in
            for row in rows where row.table == .probation {
                json.object { json in
                    json.member("product", row["product"].text)
                    json.member("failed", row["failed"] == .boolean(true))
                }
            }
        }
    }

    private func writeMandates(into json: inout JSONText) {
        json.array("mandates") { json in
            for row in rows where row.table == .mandate {
                json.object { json in
                    json.member("id", row["id"].text)
                    json.member("payment_method", row["payment_method"].text)
                    json.member("status", row["status"].text)
                }
            }
        }
    }
}
