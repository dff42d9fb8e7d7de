package import BillingModel

/// A replication slot as the server describes it.
package struct SlotState: Hashable, Sendable {
    /// Its output plugin.
    package var plugin: String
    /// Its database.
    package var database: String
    /// Whether a connection holds it.
    package var isActive: Bool
    /// Up to where its reader said that all is durable.
    package var confirmed: LogPosition?
    /// From where on the server keeps its log for it.
    package var restart: LogPosition?
    /// `reserved`, `extended`, `unreserved` or `lost`.
    package var walStatus: String?

    /// A slot from its parts.
    package init(
        plugin: String,
        database: String,
        isActive: Bool,
        confirmed: LogPosition?,
        restart: LogPosition?,
        walStatus: String?
    ) {
        self.plugin = plugin
        self.database = database
        self.isActive = isActive
        self.confirmed = confirmed
        self.restart = restart
        self.walStatus = walStatus
    }
}

/// What is to be done before streaming can begin.
package enum SlotDecision: Hashable, Sendable {
    /// The slot has all that is not kept yet.
    case resume(from: StreamPosition)
    /// There was never a slot: make one, and take baselines.
    case create
    /// What was committed since a time is lost: say so, make a slot anew and take baselines.
    case createAnew(gapFrom: Instant, dropsOld: Bool, why: String)
    /// Another connection holds the slot: wait.
    case wait(why: String)
    /// Somebody has to look.
    case refuse(why: String)

    /// Decides from what is there.
    ///
    /// - Parameters:
    ///   - slot: The slot; `nil` where there is none.
    ///   - kept: How far the store has come; `nil` where it has never met this source.
    ///   - tag: The server's history.
    ///   - database: The database that is mirrored.
    ///   - serverEnd: The end of the server's log.
    /// - Returns: What to do.
    package static func decide(
        slot: SlotState?,
        kept: StreamPosition?,
        tag: String,
        database: String,
        serverEnd: LogPosition
    ) -> SlotDecision {
        if let slot, slot.plugin != "pgoutput" || slot.database != database {
            return .refuse(
                why: "the slot is of the plugin `\(slot.plugin)` and the database "
                    + "`\(slot.database)`: name another slot"
            )
        }
        if slot?.isActive == true { return .wait(why: "another connection holds the slot") }
        guard let kept else {
            // It may be somebody else's, and whoever drops it loses what it holds.
            return slot == nil
                ? .create
                : .refuse(
                    why: "the slot is there and the store never read from it: drop it with "
                        + "pg_drop_replication_slot, or name another"
                )
        }
        // Commits stand in the log in nearly, not quite, the order of their times.
        let slack: TimeSpan =
            switch kept.phase {
            case .streaming, .emptied: .seconds(-1)
            case .creating, .baseline: .zero
            }
        func anew(_ why: String) -> SlotDecision {
            .createAnew(gapFrom: kept.time.advanced(by: slack), dropsOld: slot != nil, why: why)
        }
        guard kept.tag == tag else { return anew("the server's history is another one") }
        switch kept.phase {
        case .creating:
            return anew("a slot was being made when the mirror stopped")
        case .baseline:
            return anew("baselines were being taken when the mirror stopped")
        case .emptied:
            return anew("a table was truncated")
        case .streaming: break
        }
        guard let slot else { return anew("the slot is gone") }
        guard slot.walStatus != "lost", let confirmed = slot.confirmed else {
            return anew("the server has thrown away what the slot needs")
        }
        guard confirmed <= kept.position else {
            return anew("the slot was read, or made anew, by somebody else")
        }
        guard kept.position <= serverEnd else { return anew("the server was set back") }
        return .resume(from: kept)
    }
}
