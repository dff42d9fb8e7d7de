import BillingModel
package import MirrorLog
package import ShadowRun

extension IssuedVerdict {
    /// The mark of a verdict: FNV-1a of 64 bits over all that a report would say of it.
    init(_ verdict: EpisodeVerdict) {
        opened = verdict.opened
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in verdict.gist.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        digest = hash
    }
}

extension EpisodeVerdict {
    /// All that makes a verdict the same as another.
    fileprivate var gist: String {
        var parts = ["\(closed)", openedBy, accountType?.columnValue ?? "-"]
        parts += standing.map { "\($0.facet) \($0.legacy) \($0.brain)" }
        for state in [settled?.legacy, settled?.brain] {
            let live = state?.liveSubscriptions.map(\.rawValue).joined(separator: " ") ?? "-"
            parts.append("\(state?.isFlagged == true) \(state?.isBanned == true) \(live)")
        }
        switch outcome {
        case .match: parts.append("match")
        case .incomplete(let why): parts.append(why.rawValue)
        case .open: parts.append("open")
        case .divergent(let divergence):
            parts += [divergence.id, divergence.extent.rawValue, divergence.story]
            parts += divergence.classes.map(\.rawValue) + divergence.records.map(\.rawValue)
            parts += ["\(divergence.since)", divergence.until?.description ?? "-"]
            parts += ["\(divergence.legacyOnly)", "\(divergence.brainOnly)"]
            parts += [divergence.amounts.metadataText, "\(divergence.subscriptions)"]
            parts += divergence.breaches.map { "\($0)" }
        }
        return parts.joined(separator: "\u{1f}")
    }
}

extension ParityEngine {
    /// All that the engine knows, for ``init(restoring:settings:)``.
    ///
    /// The same engine gives the same bytes; they are for the same build, which
    /// ``PackedFormat/fingerprint`` guards.
    /// - Precondition: No record was put on disk.
    /// - Complexity: O(n) in the bytes of the records.
    package func saved() -> [UInt8] {
        precondition(!hasSpilled, "an engine that spilled has not all of its records at hand")
        var writer = PackedWriter()
        writer.write(varint: PackedFormat.fingerprint)
        writeState(to: &writer)
        writer.write(ledgers, by: \.rawValue) { writer, ledger in writer.write(ledger) }
        writer.write(strays)
        writer.write(issued, by: \.rawValue) { writer, verdicts in
            writer.write(varint: UInt64(verdicts.count))
            for verdict in verdicts {
                writer.write(instant: verdict.opened)
                writer.write(varint: verdict.digest)
            }
        }
        writer.write(issuedUnder)
        return Seal.close(writer.bytes)
    }

    /// The engine that gave these bytes.
    ///
    /// - Parameters:
    ///   - bytes: What ``saved()`` gave.
    ///   - settings: The settings to go on with.
    /// - Throws: ``PackedError`` for bytes of another build, cut off or changed.
    package init(restoring bytes: [UInt8], settings: JudgeSettings) throws(PackedError) {
        self = try PackedReader.read(try Seal.open(bytes)) { reader throws(PackedError) in
            var engine = ParityEngine(settings: settings)
            try engine.restore(from: &reader)
            return engine
        }
    }

    private mutating func restore(from reader: inout PackedReader) throws(PackedError) {
        guard try reader.varint() == PackedFormat.fingerprint else {
            throw reader.malformed("saved by another build")
        }
        try readState(from: &reader)
        ledgers = try reader.table {
            AccountID($0)
        } value: { reader throws(PackedError) in
            try reader.read()
        }
        strays = try reader.read()
        issued = try reader.table {
            AccountID($0)
        } value: { reader throws(PackedError) in
            try reader.issuedVerdicts()
        }
        issuedUnder = try reader.read()
    }
}

// MARK: - What is known but for the accounts' records

extension ParityEngine {
    /// Writes what is known of all records together.
    func writeState(to writer: inout PackedWriter) {
        writer.write(counts)
        writer.write(activity)
        writer.write(log.shown)
        writer.write(instant: log.latest)
        for source in Mark.Source.allCases { writer.write(instant: log.through[source]) }
        writer.write(byte: log.modes.live ? 1 : 0)
        writer.write(byte: log.modes.test ? 1 : 0)
        writer.write(lateness)
        writer.write(marks)
    }

    /// Reads what ``writeState(to:)`` wrote.
    mutating func readState(from reader: inout PackedReader) throws(PackedError) {
        counts = try reader.read()
        activity = try reader.read()
        log.shown = try reader.read()
        log.latest = try reader.instant()
        for source in Mark.Source.allCases { log.through[source] = try reader.optionalInstant() }
        log.modes.live = try reader.byte() == 1
        log.modes.test = try reader.byte() == 1
        lateness = try reader.read()
        marks = try reader.read()
    }
}

extension PackedWriter {
    /// A table, in the order of its keys' text.
    mutating func write<Key, Value>(
        _ table: [Key: Value],
        by name: (Key) -> String,
        _ write: (inout PackedWriter, Value) -> Void
    ) {
        self.write(varint: UInt64(table.count))
        for (key, value) in table.sorted(by: { name($0.key) < name($1.key) }) {
            self.write(run: name(key).utf8)
            write(&self, value)
        }
    }
}

extension PackedReader {
    fileprivate mutating func name() throws(PackedError) -> String {
        String(decoding: try run(), as: UTF8.self)
    }

    mutating func table<Key: Hashable, Value>(
        _ key: (String) -> Key,
        value: (inout PackedReader) throws(PackedError) -> Value
    ) throws(PackedError) -> [Key: Value] {
        var result: [Key: Value] = [:]
        for _ in 0..<(try count()) {
            let name = key(try name())
            result[name] = try value(&self)
        }
        return result
    }

    fileprivate mutating func issuedVerdicts() throws(PackedError) -> [IssuedVerdict] {
        var verdicts: [IssuedVerdict] = []
        for _ in 0..<(try count()) {
            guard let opened = try optionalInstant() else { throw malformed("no time") }
            verdicts.append(IssuedVerdict(opened: opened, digest: try varint()))
        }
        return verdicts
    }
}

extension ParityEngine.Counts: Packable {
    package func pack(into writer: inout PackedWriter) {
        for number in [records, redelivered, late, outOfOrder] {
            writer.write(varint: UInt64(number))
        }
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init()
        records = try reader.whole()
        redelivered = try reader.whole()
        late = try reader.whole()
        outOfOrder = try reader.whole()
    }
}

extension PackedReader {
    mutating func instant() throws(PackedError) -> Instant {
        guard let instant = try optionalInstant() else { throw malformed("no time") }
        return instant
    }

    mutating func whole() throws(PackedError) -> Int {
        guard let number = Int(exactly: try varint()) else { throw malformed("number too large") }
        return number
    }
}

extension LogCoverage: Packable {
    package func pack(into writer: inout PackedWriter) {
        for path in LegacyPath.allCases { writer.write(byte: paths.contains(path) ? 1 : 0) }
        writer.write(varint: UInt64(tables.count))
        for table in tables.sorted() { writer.write(run: table.utf8) }
        writer.write(varint: UInt64(gaps.count))
        for gap in gaps {
            writer.write(instant: gap.from)
            writer.write(instant: gap.to)
        }
        writer.write(instant: horizon)
        writer.write(byte: leavesOutTestMode ? 1 : 0)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        var paths: Set<LegacyPath> = []
        for path in LegacyPath.allCases where try reader.byte() == 1 { paths.insert(path) }
        var tables: Set<String> = []
        for _ in 0..<(try reader.count()) { tables.insert(try reader.name()) }
        var gaps: [Gap] = []
        for _ in 0..<(try reader.count()) {
            gaps.append(Gap(from: try reader.instant(), to: try reader.instant()))
        }
        guard let horizon = try reader.optionalInstant() else { throw reader.malformed("no time") }
        self.init(horizon: horizon)
        leavesOutTestMode = try reader.byte() == 1
        self.paths = paths
        self.tables = tables
        self.gaps = gaps
    }
}

/// Eight bytes at the end of what is saved, over all that stands before them: FNV-1a of 64 bits.
///
/// Each of its steps can be undone, so no change of a single byte leaves it as it was. It guards
/// against damage, not against malice.
private enum Seal {
    private static let length = 8

    static func close(_ bytes: [UInt8]) -> [UInt8] {
        bytes + withUnsafeBytes(of: hash(bytes[...]).littleEndian, Array.init)
    }

    static func open(_ sealed: [UInt8]) throws(PackedError) -> ArraySlice<UInt8> {
        guard sealed.count >= length else { throw .truncated(at: sealed.count) }
        let bytes = sealed.dropLast(length)
        guard close(Array(bytes)) == sealed else {
            throw .malformed(at: bytes.endIndex, "what was saved has changed")
        }
        return bytes
    }

    private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
