/// How much was captured, and how it was ascribed.
package struct CaptureTally: Hashable, Sendable {
    /// Transactions with something in them that is watched.
    package var transactions = 0
    /// Row images.
    package var changes = 0
    /// Executions that a logical message or a row of executions named.
    package var named = 0
    /// Executions that a rule ascribed.
    package var ruled = 0
    /// Accounts in transactions that did something to a customer and that nothing ascribed.
    package var unattributed = 0
    /// What no record could be made of.
    package var rejects = 0
    /// Updates whose old row was not sent, so that what they did is not known.
    package var withoutOldRow = 0
    /// Tables that were emptied.
    package var truncated = 0

    /// Nothing.
    package init() {}

    /// Adds another tally.
    package mutating func add(_ other: CaptureTally) {
        transactions += other.transactions
        changes += other.changes
        named += other.named
        ruled += other.ruled
        unattributed += other.unattributed
        rejects += other.rejects
        withoutOldRow += other.withoutOldRow
        truncated += other.truncated
    }
}
