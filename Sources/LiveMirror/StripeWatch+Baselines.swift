import BillingModel
package import PostgresMirror
package import StripeMirror

extension StripeWatch {
    /// What Stripe knows of accounts, for the baselines of a database.
    ///
    /// - Parameters:
    ///   - clock: The time.
    ///   - tell: Told now and then how many objects were listed so far.
    ///   - shouldStop: Asked often.
    /// - Returns: How baselines come by their Stripe parts. What can't be had of one customer is left out,
    ///   and that baseline then says that facts are missing; where the lists can't be had, no baselines
    ///   are taken, and they are begun anew.
    /// - Throws: ``StripeFailure`` and ``RecordError`` where there is no memory for a client.
    package func baselineParts(
        _ clock: StripeClock,
        tell: @escaping (Int) -> Void = { _ in },
        shouldStop: @escaping () -> Bool
    ) throws -> BaselineAccount.StripeParts {
        let client = try client(clock)
        return { () throws(PostgresError) in
            let listed = try Self.asPostgres { () throws -> ListedFacts? in
                switch baselines {
                case .each: return nil
                case .lists: return try Self.listed(client, tell, shouldStop)
                }
            }
            return { account throws(PostgresError) in
                // No customer at Stripe is a fact as well.
                guard let customer = account.stripeCustomer else { return Array("{}".utf8) }
                return try Self.asPostgres {
                    // Stripe lists no customer that was deleted, but shows it to whoever asks for it.
                    try listed?.json(of: customer)
                        ?? client.facts(of: customer, shouldStop: shouldStop).json
                }
            }
        }
    }

    private static func listed(
        _ client: StripeClient,
        _ tell: (Int) -> Void,
        _ shouldStop: () -> Bool
    ) throws -> ListedFacts {
        let listed = try ListedFacts()
        var count = 0
        var told = 0
        try client.listAll(shouldStop: shouldStop) { facts in
            try listed.keep(facts)
            count += facts.count
            if count - told >= 100_000 {
                told = count
                tell(count)
            }
        }
        tell(count)
        return listed
    }

    /// Runs something whose failure ends the taking of baselines.
    private static func asPostgres<Value>(
        _ body: () throws -> Value
    ) throws(PostgresError) -> Value {
        do {
            return try body()
        } catch let failure as StripeFailure {
            throw PostgresError(what, failure.description, isPassing: !failure.isOfKey)
        } catch {
            throw PostgresError(what, "\(error)", isPassing: true)
        }
    }

    private static let what = "gathering what Stripe knows of accounts"
}
