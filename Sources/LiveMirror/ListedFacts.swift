package import BillingModel
import Foundation
import GRDB
package import StripeMirror

/// What Stripe lists of all customers, put aside while baselines are taken.
///
/// It lies on disk, in a database without a name that is gone when it is let go, however the program ends.
/// A customer's facts are then found in one step, in whatever order accounts come.
package struct ListedFacts {
    private let queue: DatabaseQueue

    /// Nothing yet.
    ///
    /// - Throws: Where the system's folder for temporary files can't be written.
    package init() throws {
        var configuration = Configuration()
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        }
        queue = try DatabaseQueue(path: "", configuration: configuration)
        try queue.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE fact (
                        place INTEGER PRIMARY KEY,
                        customer TEXT NOT NULL,
                        part INTEGER NOT NULL,
                        id TEXT NOT NULL,
                        json BLOB NOT NULL,
                        UNIQUE (customer, part, id)
                    )
                    """
            )
        }
    }

    /// Puts aside what a page shows; what was there before stays as it was.
    ///
    /// - Parameter facts: Objects of customers.
    /// - Throws: Where the disk is full.
    package func keep(_ facts: [ListedFact]) throws {
        try queue.write { database in
            let insert = try database.cachedStatement(
                sql: "INSERT OR IGNORE INTO fact (customer, part, id, json) VALUES (?, ?, ?, ?)"
            )
            for fact in facts {
                try insert.execute(arguments: [
                    fact.customer.rawValue, Self.number(of: fact.part), fact.id, Data(fact.json),
                ])
            }
        }
    }

    /// What stands under `stripe` in the baseline of a customer's account.
    ///
    /// - Parameter customer: The customer.
    /// - Returns: JSON; `nil` of a customer who is not listed.
    /// - Throws: Where the disk fails.
    package func json(of customer: CustomerID) throws -> [UInt8]? {
        let rows = try queue.read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT part, json FROM fact WHERE customer = ? ORDER BY part, place",
                arguments: [customer.rawValue]
            )
        }
        var parts = FactPart.allCases.map { _ in [[UInt8]]() }
        for row in rows {
            let (part, json): (Int, Data) = (row["part"], row["json"])
            guard parts.indices.contains(part) else { continue }
            parts[part].append(Array(json))
        }
        guard let known = parts[Self.number(of: .customer)].first else { return nil }
        let members = zip(FactPart.allCases, parts).map { part, objects in
            let list = Array("[".utf8) + objects.joined(separator: ",".utf8) + Array("]".utf8)
            return Array("\"\(part.rawValue)\":".utf8) + (part == .customer ? known : list)
        }
        return Array("{".utf8) + members.joined(separator: ",".utf8) + Array("}".utf8)
    }

    private static func number(of part: FactPart) -> Int {
        FactPart.allCases.firstIndex(of: part) ?? 0
    }
}
