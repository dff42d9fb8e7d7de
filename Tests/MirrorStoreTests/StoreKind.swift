import BillingModel
import Foundation
import MirrorLog
import MirrorStore
import Testing
import ThrowawayPostgres

/// The stores that must behave alike.
enum StoreKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case sqlite, postgres

    var testDescription: String { rawValue }
}

/// A store of a kind in a place of its own, gone when the test is over.
final class StorePlace: Sendable {
    let kind: StoreKind
    private let folder: URL
    private let target: String
    /// The name of the database of a store in PostgreSQL.
    private let database: String

    /// One server for all tests, which is gone when the process is.
    private static let server = Result { try ThrowawayPostgres() }

    init(_ kind: StoreKind) throws {
        self.kind = kind
        switch kind {
        case .sqlite: (target, database) = ("", "")
        case .postgres:
            let server = try Self.server.get()
            database = try server.makeDatabase("SELECT 1")
            target = server.target(database)
        }
        folder = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        // What can't be removed is left to the system, which clears temporary files.
        try? FileManager.default.removeItem(at: folder)
    }

    /// The file of a store in SQLite.
    var file: String { folder.appending(path: "mirror.sqlite").path }

    /// Makes the store that version 1 of it would be, of these lines.
    func makeVersion1(of lines: [[UInt8]]) throws {
        switch kind {
        case .sqlite: try Version1.makeFile(file, of: lines)
        case .postgres: try Self.server.get().sql(Version1.postgres(of: lines), in: database)
        }
    }

    /// Opens the store; the same one each time.
    func open() throws -> any MirrorStore {
        switch kind {
        case .sqlite: try SQLiteStore(path: file)
        case .postgres: try PostgresStore(target: target)
        }
    }
}

/// Records to keep.
enum Made {
    /// A request of an account; the same arguments make the same line.
    static func request(
        _ id: String,
        of account: String = "acct_1",
        type: String = "drift_run",
        at: String = "2026-03-01T00:00:00Z",
        seen: String = "2026-03-01T00:00:01Z"
    ) throws -> CapturedRecord {
        try record(
            """
            {"v":1,"id":"\(id)","kind":"request","at":"\(at)","seen":"\(seen)",\
            "account":"\(account)","request":{"type":"\(type)","actor":"cron"}}
            """
        )
    }

    /// An event of a customer, or of none.
    static func event(
        _ id: String,
        of customer: String?,
        account: String? = nil,
        at: String = "2026-03-01T00:00:00Z"
    ) throws -> CapturedRecord {
        let owner = account.map { "\"account\":\"\($0)\"," } ?? ""
        let object = customer.map { "\"customer\":\"\($0)\"," } ?? ""
        return try record(
            """
            {"v":1,"id":"\(id)","kind":"stripe","at":"\(at)",\(owner)\
            "event":{"id":"\(id)","type":"charge.succeeded","created":1772323200,\
            "data":{"object":{\(object)"object":"charge"}}}}
            """
        )
    }

    /// A mark of all accounts.
    static func mark(_ id: String) throws -> CapturedRecord {
        let time = "2026-03-01T00:00:00Z"
        return try record(
            """
            {"v":1,"id":"\(id)","kind":"mark","at":"\(time)","source":"stripe","through":"\(time)"}
            """
        )
    }

    private static func record(_ line: String) throws -> CapturedRecord {
        try CapturedRecord(line: Array(line.utf8), RecordReader())
    }

    static func verdict(_ account: String, _ opened: Int64, _ content: String) -> StoredVerdict {
        StoredVerdict(
            account: AccountID(account),
            opened: Instant(microseconds: opened),
            content: Array(content.utf8)
        )
    }
}

extension MirrorStore {
    /// All ids, in order of offset, read a few at a time.
    func ids(pageOf limit: Int = 3) throws -> [String] {
        var ids: [String] = []
        var offset: Int64 = 0
        let reader = try RecordReader()
        while true {
            let page = try records(after: offset, limit: limit)
            guard let last = page.last else { return ids }
            ids += try page.map { try reader.read(copying: $0.line).id.rawValue }
            #expect(page.allSatisfy { $0.offset > offset })
            offset = last.offset
        }
    }

    /// All verdicts in words.
    func verdicts() throws -> [String] {
        var verdicts: [String] = []
        try forEachVerdict { verdict in
            let content = String(decoding: verdict.content, as: UTF8.self)
            verdicts.append("\(verdict.account) \(verdict.opened.microseconds) \(content)")
        }
        return verdicts
    }
}
