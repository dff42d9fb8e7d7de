package import BillingModel
package import MirrorLog
import PostgresMirror

/// What is asked for by account.
extension PostgresStore {
    package func records(
        of histories: [AccountHistory],
        through offset: Int64
    ) throws(CaptureError) -> [StoredRecord] {
        let accounts = histories.map { (id: $0.account.rawValue, since: $0.since) }
        let customers = histories.flatMap { history in
            history.customers.map { (id: $0.rawValue, since: history.since) }
        }
        let values = [Self.rows(of: accounts), Self.rows(of: customers), "\(offset)"]
        return try transaction("reading accounts") { run throws(PostgresError) in
            try run(PostgresSchema.recordsOfAccounts, values).map { Self.record($0) }
        }
    }

    package func verdicts(
        of histories: [AccountHistory]
    ) throws(CaptureError) -> [StoredVerdict] {
        let accounts = histories.map { (id: $0.account.rawValue, since: $0.since) }
        return try transaction("reading verdicts") { run throws(PostgresError) in
            try run(PostgresSchema.verdictsOfAccounts, [Self.rows(of: accounts)])
                .map { Self.verdict($0) }
        }
    }

    package func accounts(
        after account: AccountID?,
        limit: Int
    ) throws(CaptureError) -> [AccountID] {
        let last = account?.rawValue.utf8.hexadecimal ?? ""
        return try transaction("listing accounts") { run throws(PostgresError) in
            try run(PostgresSchema.accounts, [last, "\(limit)"]).map { row in
                AccountID(String(decoding: Self.bytes(row[0]), as: UTF8.self))
            }
        }
    }

    /// Makes a store of version 1 one of this version, within one transaction.
    ///
    /// - Returns: This version.
    static func upgrade(_ run: Run) throws(PostgresError) -> String {
        _ = try run(PostgresSchema.addColumns, [])
        guard let reader = try? RecordReader() else { return "1" }
        var last = "0"
        while true {
            let lines = try run(PostgresSchema.linesOfStore, [last])
            guard let next = lines.last?[0] else { break }
            _ = try run(PostgresSchema.fillColumns, [keys(of: lines, reader)])
            last = next
        }
        _ = try run(PostgresSchema.findContested, [])
        _ = try run(PostgresSchema.setVersion, [PostgresSchema.version])
        return PostgresSchema.version
    }
}
