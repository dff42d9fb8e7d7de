package import BillingModel
import Foundation
import GRDB
package import MirrorLog

/// What is asked for by account.
extension SQLiteStore {
    package func records(
        of histories: [AccountHistory],
        through offset: Int64
    ) throws(CaptureError) -> [StoredRecord] {
        try read { database in
            var records: [StoredRecord] = []
            let named = try database.cachedStatement(sql: Self.recordsOf("account"))
            let unnamed = try database.cachedStatement(sql: Self.recordsOf("customer"))
            func add(_ statement: Statement, _ id: String, since: Instant) throws {
                let arguments: StatementArguments = [
                    Data(id.utf8), since.microseconds, offset,
                ]
                let rows = try Row.fetchCursor(statement, arguments: arguments)
                while let row = try rows.next() { records.append(Self.record(row)) }
            }
            for history in histories {
                try add(named, history.account.rawValue, since: history.since)
                for customer in history.customers {
                    try add(unnamed, customer.rawValue, since: history.since)
                }
            }
            return records.sorted { $0.offset < $1.offset }
        }
    }

    private static func recordsOf(_ owner: String) -> String {
        """
        SELECT offset, source, line, contested FROM record
        WHERE \(owner) = ? AND at > ? AND offset <= ?
        """
    }

    package func verdicts(
        of histories: [AccountHistory]
    ) throws(CaptureError) -> [StoredVerdict] {
        try read { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT account, opened, content FROM verdict
                    WHERE account = ? AND opened > ? ORDER BY opened
                    """
            )
            return try histories.flatMap { history in
                let account = Data(history.account.rawValue.utf8)
                let arguments: StatementArguments = [account, history.since.microseconds]
                return try Row.fetchAll(statement, arguments: arguments).map { Self.verdict($0) }
            }
        }
    }

    package func accounts(
        after account: AccountID?,
        limit: Int
    ) throws(CaptureError) -> [AccountID] {
        try read { database in
            // Each is looked for behind the one before: an account's many records are passed over.
            let statement = try database.cachedStatement(
                sql: """
                    SELECT MIN(account) FROM (
                        SELECT MIN(account) AS account FROM record WHERE account > ?1
                        UNION ALL SELECT MIN(account) FROM verdict WHERE account > ?1
                    )
                    """
            )
            var accounts: [AccountID] = []
            var last = account.map { Data($0.rawValue.utf8) } ?? Data()
            while accounts.count < limit,
                let next = try Data.fetchOne(statement, arguments: [last])
            {
                accounts.append(AccountID(String(decoding: next, as: UTF8.self)))
                last = next
            }
            return accounts
        }
    }
}
