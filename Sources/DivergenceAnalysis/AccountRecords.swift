import BillingModel
import MirrorLog

/// The records of one account, each id once, in packed form.
///
/// Ids are compared within an account: a record whose id another account used as well is no
/// redelivery but a record, and nothing is lost by it.
struct AccountRecords: Sendable {
    /// The records, in order of arrival.
    private(set) var ledger = RecordLedger()
    /// The records that are events of test mode as they first came.
    private(set) var testEvents: [TestEvent] = []
    /// A hash of each record's id: a new id is told from the known ones by four bytes each, and
    /// only where these agree are the ids themselves compared.
    private var hashes: [UInt32] = []

    /// Where an event of test mode stands among its account's records, and in its log.
    struct TestEvent: Hashable, Sendable {
        var place: Int
        var line: Int
    }

    /// No records.
    init() {}

    /// Takes a record.
    ///
    /// - Parameters:
    ///   - hash: The hash of its id, see ``PackedArrival``.
    ///   - packed: The record.
    ///   - testLine: Its line in the log, where it is an event of test mode.
    /// - Returns: What it is to those before. A redelivery changes nothing; where the two differ all
    ///   the same, the one whose packed bytes come first stands, so that the order of arrival makes
    ///   no difference.
    /// - Complexity: O(n), at four bytes a record.
    mutating func take(
        _ hash: UInt32,
        _ packed: ArraySlice<UInt8>,
        testLine: Int? = nil
    ) -> Arrival {
        if let old = known(hash, packed) {
            guard !packed.elementsEqual(old) else { return .redelivered }
            guard packed.lexicographicallyPrecedes(old) else {
                return .redeliveredDifferently(leftOut: try? PackedRecord.kind(of: packed))
            }
            let leftOut = try? PackedRecord.kind(of: old)
            ledger.replace(at: old.startIndex, with: packed)
            return .redeliveredDifferently(leftOut: leftOut)
        }
        if let testLine { testEvents.append(TestEvent(place: ledger.count, line: testLine)) }
        append(hash, packed)
        return .new
    }

    private mutating func append(_ hash: UInt32, _ packed: ArraySlice<UInt8>) {
        if hashes.count == hashes.capacity {
            hashes.reserveCapacity(hashes.count + hashes.count / 4 + 4)
        }
        hashes.append(hash)
        ledger.append(packed)
    }

    /// The record whose id this one has too.
    private func known(_ hash: UInt32, _ packed: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard hashes.contains(hash), let id = try? PackedRecord.packedID(of: packed) else {
            return nil
        }
        return ledger.packed(beginningWith: id)
    }

    /// What a record is to those that came before.
    enum Arrival: Equatable {
        /// The first of its id.
        case new
        /// The same again.
        case redelivered
        /// The id again with other content; of what kind the one is that does not stand.
        case redeliveredDifferently(leftOut: MirrorRecord.Kind?)
    }
}

// MARK: - Together

extension AccountRecords {
    /// Takes the records that came after these.
    ///
    /// - Parameter later: The records.
    /// - Returns: How many of each kind did not stand, for their id was there twice.
    mutating func takeAll(_ later: AccountRecords) -> [Int] {
        var leftOut = MirrorRecord.Kind.noneOfEach
        guard !hashes.isEmpty else {
            self = later
            return leftOut
        }
        var tests = later.testEvents[...]
        for (place, (hash, packed)) in zip(later.hashes, later.ledger).enumerated() {
            let line = tests.first?.place == place ? tests.popFirst()?.line : nil
            let kind: MirrorRecord.Kind?
            switch take(hash, packed, testLine: line) {
            case .new: continue
            case .redelivered: kind = try? PackedRecord.kind(of: packed)
            case .redeliveredDifferently(let other): kind = other
            }
            if let kind { leftOut[kind.place] += 1 }
        }
        return leftOut
    }

    /// Takes the records of a customer of the account, whatever its own say.
    ///
    /// - Parameter strays: The records.
    /// - Returns: Those that are here already: they change nothing.
    mutating func takeUnknown(of strays: AccountRecords) -> [ArraySlice<UInt8>] {
        let first = ledger.count
        var leftOut: [ArraySlice<UInt8>] = []
        for (hash, packed) in zip(strays.hashes, strays.ledger) {
            if known(hash, packed) == nil { append(hash, packed) } else { leftOut.append(packed) }
        }
        // Each delivery of test mode is named, whether or not its record stands.
        testEvents += strays.testEvents.map { TestEvent(place: first + $0.place, line: $0.line) }
        return leftOut
    }

    /// The records, unpacked.
    ///
    /// - Parameter coverage: What the log shows: whether events of test mode are left out.
    /// - Returns: The records, in order of arrival.
    /// - Throws: ``PackedError`` where the bytes were tampered with.
    func unpacked(_ coverage: LogCoverage) throws(PackedError) -> [MirrorRecord] {
        var records: [MirrorRecord] = []
        records.reserveCapacity(ledger.count)
        for packed in ledger {
            let record = try MirrorRecord(packed: packed)
            if coverage.leavesOutTestMode, record.isTestMode { continue }
            records.append(record)
        }
        return records
    }
}

extension MirrorRecord {
    /// Whether it is an event that says it is of test mode.
    var isTestMode: Bool {
        if case .stripe(let event) = body { event.livemode == false } else { false }
    }
}

extension MirrorRecord.Kind {
    /// A count for each kind, in the order of the kinds.
    static var noneOfEach: [Int] { Array(repeating: 0, count: allCases.count) }
}

// MARK: - On disk

extension AccountRecords: Packable {
    func pack(into writer: inout PackedWriter) {
        writer.write(ledger)
        hashes.map(\.littleEndian).withUnsafeBytes { writer.write(run: $0) }
        writer.write(varint: UInt64(testEvents.count))
        for event in testEvents {
            writer.write(varint: UInt64(event.place))
            writer.write(varint: UInt64(event.line))
        }
    }

    init(unpacking reader: inout PackedReader) throws(PackedError) {
        ledger = try reader.read()
        let run = try reader.run()
        let size = MemoryLayout<UInt32>.size
        guard run.count == ledger.count * size else { throw reader.malformed("not every hash") }
        hashes = (0..<ledger.count).map { place in
            UInt32(littleEndian: run.loadUnaligned(fromByteOffset: place * size, as: UInt32.self))
        }
        for _ in 0..<(try reader.count()) {
            testEvents.append(TestEvent(place: try reader.whole(), line: try reader.whole()))
        }
    }
}
