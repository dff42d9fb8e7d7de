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

    /// One server for all tests, which is gone when the process is.
    private static let server = Result { try ThrowawayPostgres() }

    init(_ kind: StoreKind) throws {
        self.kind = kind
        switch kind {
        case .sqlite: target = ""
        case .postgres:
            let server = try Self.server.get()
            target = server.target(try server.makeDatabase("SELECT 1"))
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
        seen: String = "2026-03-01T00:00:01Z"
    ) throws -> CapturedRecord {
        let line = """
            {"v":1,"id":"\(id)","kind":"request","at":"2026-03-01T00:00:00Z","seen":"\(seen)",\
            "account":"\(account)","request":{"type":"\(type)","actor":"cron"}}
            """
        return try CapturedRecord(line: Array(line.utf8), RecordReader())
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
