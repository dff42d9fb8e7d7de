import BillingModel
package import MirrorLog
import ShadowRun

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

extension PackedReader {
    fileprivate mutating func name() throws(PackedError) -> String {
        String(decoding: try run(), as: UTF8.self)
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
