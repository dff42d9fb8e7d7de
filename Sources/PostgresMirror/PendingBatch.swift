import BillingModel
import MirrorLog

/// What has been received and is not kept yet.
struct PendingBatch {
    private(set) var records: [CapturedRecord] = []
    private(set) var rejects: [CaptureReject] = []
    private(set) var tally = CaptureTally()
    /// When the first of it came, in ticks.
    private(set) var since: Int64?
    /// Up to where all is in here or kept already.
    private(set) var position: StreamPosition

    init(from position: StreamPosition) {
        self.position = position
    }

    /// Whether there is nothing that would have to be kept.
    var isEmpty: Bool { since == nil }

    /// Adds a transaction, or a part of one.
    mutating func add(
        _ captured: TransactionRecords.Captured,
        of transaction: MirrorTransaction,
        at ticks: Int64
    ) {
        records += captured.records
        rejects += captured.rejects
        tally.add(captured.tally)
        since = since ?? ticks
        guard let end = transaction.end else { return }
        position.position = max(position.position, end)
        position.time = max(position.time, transaction.time)
    }

    /// Notes that the baselines have become worthless with the last transaction.
    mutating func endWithEmptiedTable() {
        position.phase = .emptied
    }

    /// Adds the word that all is there up to a time.
    mutating func add(mark records: [CapturedRecord], _ time: Instant, at ticks: Int64) {
        self.records += records
        position.time = max(position.time, time)
        since = since ?? ticks
    }

    /// Notes that nothing of ours lies before a place.
    mutating func advance(to place: LogPosition) {
        position.position = max(position.position, place)
    }

    /// Hands it on, and begins anew.
    ///
    /// The position is where the last whole transaction ends: parts of an open one behind it come
    /// again after a crash, under the same ids.
    mutating func take(_ source: String) -> CapturedBatch {
        defer {
            records.removeAll(keepingCapacity: true)
            rejects.removeAll()
            tally = CaptureTally()
            since = nil
        }
        return CapturedBatch(
            source: source,
            records: records,
            rejects: rejects,
            position: position.description
        )
    }
}
