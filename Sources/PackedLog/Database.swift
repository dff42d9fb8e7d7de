import CSQLite

/// Why a packed log can't be read or written.
package struct PackedLogError: Error, Hashable, CustomStringConvertible {
    /// What kind of failure it is.
    package enum Code: Hashable, Sendable {
        /// The file is no packed log, or none that this build can read.
        case data
        /// Reading or writing failed.
        case inputOutput
    }

    /// What kind of failure it is.
    package var code: Code
    /// The reason: lower case, no full stop, what the user wrote in backticks.
    package var description: String
}

/// An SQLite file that is open.
///
/// By SQLite's own interface rather than GRDB's, whose rows stay within the closure that asked for
/// them: here accounts are pulled one after the other by whoever merges them with a log's.
///
/// A class because it owns the connection, and closes it when the last statement lets go of it.
final class Database {
    let path: String
    fileprivate let raw: OpaquePointer

    /// Opens a file to be read.
    convenience init(reading path: String) throws(PackedLogError) {
        try self.init(path, SQLITE_OPEN_READONLY)
    }

    /// Makes a file.
    convenience init(making path: String) throws(PackedLogError) {
        try self.init(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
    }

    private init(_ path: String, _ flags: Int32) throws(PackedLogError) {
        self.path = path
        var connection: OpaquePointer?
        let code = sqlite3_open_v2(path, &connection, flags | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let connection else {
            sqlite3_close(connection)
            throw Self.failure(path, code)
        }
        raw = connection
    }

    deinit { sqlite3_close_v2(raw) }

    /// Runs statements that give nothing.
    func run(_ statements: String) throws(PackedLogError) {
        try check(sqlite3_exec(raw, statements, nil, nil, nil))
    }

    fileprivate func check(_ code: Int32) throws(PackedLogError) {
        guard code == SQLITE_OK else { throw Self.failure(path, code) }
    }

    fileprivate static func failure(_ path: String, _ code: Int32) -> PackedLogError {
        let reason = String(cString: sqlite3_errstr(code))
        let isData = [SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_ERROR, SQLITE_FORMAT].contains(
            code & 0xff
        )
        return PackedLogError(
            code: isData ? .data : .inputOutput,
            description: isData
                ? "`\(path)` is damaged, or no packed log: \(reason)"
                : "`\(path)`: \(reason)"
        )
    }
}

/// A statement that can be run again and again.
///
/// A class because it owns what SQLite made of it, and gives it back at the end.
final class Statement {
    private let database: Database
    private let raw: OpaquePointer

    /// Prepares a statement.
    init(_ database: Database, _ text: String) throws(PackedLogError) {
        self.database = database
        var statement: OpaquePointer?
        try database.check(sqlite3_prepare_v2(database.raw, text, -1, &statement, nil))
        guard let statement else { throw Database.failure(database.path, SQLITE_ERROR) }
        raw = statement
    }

    deinit { sqlite3_finalize(raw) }

    /// Goes to the next row; `false` where there is none.
    func step() throws(PackedLogError) -> Bool {
        switch sqlite3_step(raw) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw Database.failure(database.path, code)
        }
    }

    /// Runs it with some values.
    func run(_ values: [Value]) throws(PackedLogError) {
        for (number, value) in values.enumerated() {
            let place = Int32(number + 1)
            switch value {
            case .number(let number): try database.check(sqlite3_bind_int64(raw, place, number))
            case .text(let text):
                var text = text
                let code = text.withUTF8 { utf8 in
                    utf8.withMemoryRebound(to: CChar.self) {
                        cs_bind_text(raw, place, $0.baseAddress, $0.count)
                    }
                }
                try database.check(code)
            case .bytes(let bytes):
                let code = bytes.withUnsafeBytes {
                    cs_bind_blob(raw, place, $0.baseAddress, $0.count)
                }
                try database.check(code)
            }
        }
        _ = try step()
        try database.check(sqlite3_reset(raw))
    }

    /// A value of a row.
    enum Value {
        case number(Int64)
        case text(String)
        case bytes([UInt8])
    }

    /// A number of the row.
    func number(_ column: Int32) -> Int64 { sqlite3_column_int64(raw, column) }

    /// A text of the row.
    func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }

    /// The bytes of a value of the row.
    func bytes(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(raw, column) else { return [] }
        let count = Int(sqlite3_column_bytes(raw, column))
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }
}
