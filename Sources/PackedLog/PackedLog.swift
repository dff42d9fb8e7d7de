package import DivergenceAnalysis
package import MirrorLog

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A log that was read already: its records, sorted by account, in an SQLite file.
///
/// A replay takes it in place of the log, or before the logs that came after it.
package struct PackedLog: RecordRun {
    private let path: String
    /// What is known of the log as a whole.
    package let header: [UInt8]
    /// How many entries each part has.
    private let counts: [Int64]

    /// Marks an SQLite file as a packed log.
    static let applicationID = 0x4450_4c47
    /// How each part is called.
    static let tables = ["accounts", "strays", "claims"]

    /// Whether a file is an SQLite file, by its first bytes.
    ///
    /// - Parameter path: Where it is. What is no regular file is not looked at: it could not be
    ///   read again.
    /// - Returns: Whether it is one.
    package static func isOne(_ path: String) -> Bool {
        guard LogSource.file(path).size != nil, let file = fopen(path, "rb") else { return false }
        defer { fclose(file) }
        var start = [UInt8](repeating: 0, count: magic.count)
        return fread(&start, 1, start.count, file) == start.count && start == magic
    }

    private static let magic = Array("SQLite format 3\0".utf8)

    /// Opens a packed log.
    ///
    /// - Parameter path: Where it is.
    /// - Throws: ``PackedLogError`` where it is none, or was packed by another build.
    package init(_ path: String) throws(PackedLogError) {
        self.path = path
        let database = try Database(reading: path)
        let id = try Statement(database, "PRAGMA application_id")
        guard try id.step(), id.number(0) == Self.applicationID else {
            throw Self.refusal("`\(path)` is an SQLite file and no packed log")
        }
        let meta = try Statement(database, "SELECT fingerprint, header, seal FROM meta")
        guard try meta.step(), meta.text(0) == Self.fingerprint else {
            throw Self.refusal(
                "`\(path)` was packed by another build; make it again with `dunning-parity pack`"
            )
        }
        header = meta.bytes(1)
        guard meta.number(2) == RowSeal.of(Self.fingerprint, header) else {
            throw Self.refusal("`\(path)` is damaged; make it again with `dunning-parity pack`")
        }
        var counts: [Int64] = []
        let parts = try Statement(database, "SELECT entries FROM parts ORDER BY place")
        while try parts.step() { counts.append(parts.number(0)) }
        guard counts.count == Self.tables.count else {
            throw Self.refusal("`\(path)` is damaged; make it again with `dunning-parity pack`")
        }
        self.counts = counts
    }

    /// What is packed otherwise by another build.
    static var fingerprint: String { "1-" + String(PackedFormat.fingerprint, radix: 16) }

    private static func refusal(_ words: String) -> PackedLogError {
        PackedLogError(code: .data, description: words)
    }

    package func entries(of section: RunSection) throws -> () throws -> RunEntry? {
        let rows = try Statement(
            try Database(reading: path),
            "SELECT id, value, seal FROM \(Self.tables[section.rawValue]) ORDER BY place"
        )
        var left = counts[section.rawValue]
        let path = path
        return {
            let isThere = try rows.step()
            guard isThere == (left > 0) else { throw Self.damage(path) }
            guard isThere else { return nil }
            left -= 1
            let entry = RunEntry(key: rows.text(0), value: rows.bytes(1))
            guard rows.number(2) == RowSeal.of(entry.key, entry.value) else {
                throw Self.damage(path)
            }
            return entry
        }
    }

    private static func damage(_ path: String) -> PackedLogError {
        refusal("`\(path)` is damaged; make it again with `dunning-parity pack`")
    }

    /// Goes through the lines that were no records, in order.
    ///
    /// - Parameter visit: Called with each, and with the name of its log.
    /// - Throws: ``PackedLogError``, and what `visit` throws.
    package func forEachReject(_ visit: (Reject, _ log: String) throws -> Void) throws {
        let rows = try Statement(
            try Database(reading: path),
            "SELECT log, line, reason, excerpt FROM rejects ORDER BY place"
        )
        while try rows.step() {
            let reject = Reject(
                line: Int(rows.number(1)),
                reason: rows.text(2),
                excerpt: rows.text(3)
            )
            try visit(reject, rows.text(0))
        }
    }
}

/// Eight bytes that stand for an entry, so that one that was damaged is told from what was packed.
enum RowSeal {
    /// The seal of a key and what is under it.
    static func of(_ key: String, _ value: [UInt8]) -> Int64 {
        var hash = Seal()
        hash.add(Array(key.utf8))
        hash.add(value)
        return Int64(bitPattern: hash.state)
    }

    /// Multiplies and folds eight bytes at a time.
    ///
    /// Each step can be undone, so no change of one word leaves it as it was. It guards against
    /// damage, not against malice.
    private struct Seal {
        var state: UInt64 = 0xcbf2_9ce4_8422_2325

        mutating func add(_ bytes: [UInt8]) {
            bytes.withUnsafeBytes { bytes in
                mix(UInt64(bytes.count))
                var place = 0
                while place + 8 <= bytes.count {
                    mix(bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self).littleEndian)
                    place += 8
                }
                while place < bytes.count {
                    mix(UInt64(bytes[place]))
                    place += 1
                }
            }
        }

        private mutating func mix(_ word: UInt64) {
            state = (state ^ word) &* 0x9e37_79b9_7f4a_7c15
            state ^= state >> 29
        }
    }
}
