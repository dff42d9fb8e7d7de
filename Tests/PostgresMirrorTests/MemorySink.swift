import BillingModel
import MirrorLog
import Synchronization

/// A sink that holds in memory what a store would keep, by its rules.
final class MemorySink: CaptureSink {
    private let state = Mutex(State())

    /// What the sink holds.
    struct State {
        /// The records in the order in which they came first.
        var records: [CapturedRecord] = []
        var rejects: [CaptureReject] = []
        var positions: [String: String] = [:]
        var redelivered = 0
        /// Records of one id and different content.
        var conflicts = 0
        var batches = 0
        fileprivate var bodies: [RecordID: MirrorRecord.Body] = [:]
    }

    /// What may go wrong with a batch, before it is kept or after; called without the lock.
    let before: @Sendable (CapturedBatch) throws(CaptureError) -> Void
    let after: @Sendable (CapturedBatch) throws(CaptureError) -> Void

    init(
        before: @escaping @Sendable (CapturedBatch) throws(CaptureError) -> Void = { _ in },
        after: @escaping @Sendable (CapturedBatch) throws(CaptureError) -> Void = { _ in }
    ) {
        self.before = before
        self.after = after
    }

    @discardableResult
    func keep(_ batch: CapturedBatch) throws(CaptureError) -> Int {
        try before(batch)
        let redelivered = state.withLock { state in
            var count = 0
            for record in batch.records {
                if let body = state.bodies[record.record.id] {
                    count += 1
                    if body != record.record.body { state.conflicts += 1 }
                } else {
                    state.bodies[record.record.id] = record.record.body
                    state.records.append(record)
                }
            }
            state.rejects += batch.rejects
            state.redelivered += count
            state.batches += 1
            if let position = batch.position { state.positions[batch.source] = position }
            return count
        }
        try after(batch)
        return redelivered
    }

    func position(of source: String) throws(CaptureError) -> String? {
        state.withLock { $0.positions[source] }
    }

    /// A copy of what it holds.
    var held: State { state.withLock { $0 } }

    /// Sets how far a source has come, past what may go wrong with a batch.
    func setPosition(_ source: String, _ position: String) {
        state.withLock { $0.positions[source] = position }
    }

    /// The records of a kind.
    func records(_ kind: MirrorRecord.Kind) -> [MirrorRecord] {
        held.records.map(\.record).filter { $0.kind == kind }
    }

    /// The row images.
    var changes: [(record: MirrorRecord, change: RowChange)] {
        records(.change).compactMap { record in
            if case .change(let change) = record.body { (record, change) } else { nil }
        }
    }

    /// The executions.
    var executions: [(record: MirrorRecord, run: Execution)] {
        records(.execution).compactMap { record in
            if case .execution(let run) = record.body { (record, run) } else { nil }
        }
    }

    /// What the marks of the database say.
    var marks: [Mark.Says] {
        records(.mark).compactMap { record in
            guard case .mark(let mark) = record.body, mark.source == .postgres else { return nil }
            return mark.says
        }
    }
}
