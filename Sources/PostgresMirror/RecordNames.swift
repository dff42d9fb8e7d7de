import BillingModel

/// The ids of what is made of the database's changes: the same of the same change, however often it
/// is sent.
///
/// They sort as the changes stand in the server's log, because records of one instant are ordered by
/// their ids.
package struct RecordNames: Hashable, Sendable {
    /// Eight digits that tell one history of a server from another.
    package let tag: String

    /// The names of a server's history.
    ///
    /// - Parameters:
    ///   - system: The server's identifier, which `initdb` drew.
    ///   - timeline: Its timeline, which every promotion of a stand-by counts up.
    package init(system: String, timeline: String) {
        var mixed: UInt64 = 0
        for byte in (system + "/" + timeline).utf8 {
            mixed = SplitMix64.scramble(mixed &+ SplitMix64.step &+ UInt64(byte))
        }
        let digits = String(mixed >> 32, radix: 16)
        tag = String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }

    /// A change, by its place in its transaction counted from 1.
    func change(_ commit: LogPosition, _ ordinal: Int) -> String {
        "pg:\(tag):\(commit.padded):\(Self.padded(ordinal))"
    }

    /// A run, by the place of what named it; 0 where nothing did.
    func run(_ commit: LogPosition, _ ordinal: Int) -> String {
        "pg:\(tag):\(commit.padded):x\(Self.padded(ordinal))"
    }

    /// An account as a snapshot shows it.
    func baseline(_ snapshot: LogPosition, _ account: AccountID) -> String {
        "pg:\(tag):\(snapshot.padded):b:\(account)"
    }

    /// A source's word.
    func mark(_ source: String, _ what: String, _ time: Instant) -> String {
        "pg:\(tag):\(what):\(source):\(time)"
    }

    private static func padded(_ ordinal: Int) -> String {
        let digits = String(ordinal)
        return String(repeating: "0", count: max(0, 8 - digits.utf8.count)) + digits
    }
}
