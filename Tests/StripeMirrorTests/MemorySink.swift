import BillingModel
import MirrorLog
import Synchronization

/// A sink that keeps in memory, and fails when it is told to.
final class MemorySink: CaptureSink {
    struct Kept {
        var records: [MirrorRecord] = []
        var lines: [[UInt8]] = []
        var rejects: [CaptureReject] = []
        var batches = 0
        var redelivered = 0
        var positions: [String: String] = [:]
        var ids: Set<String> = []
        var failures: [CaptureError?] = []
    }

    private let state = Mutex(Kept())

    var kept: Kept { state.withLock { $0 } }

    /// What the next calls throw, one each; `nil` for one that keeps.
    func fail(with failures: [CaptureError?]) { state.withLock { $0.failures += failures } }

    func keep(_ batch: CapturedBatch) throws(CaptureError) -> Int {
        let outcome = state.withLock { kept -> Result<Int, CaptureError> in
            if !kept.failures.isEmpty, let failure = kept.failures.removeFirst() {
                return .failure(failure)
            }
            var redelivered = 0
            for captured in batch.records {
                if kept.ids.insert(captured.record.id.rawValue).inserted {
                    kept.records.append(captured.record)
                    kept.lines.append(captured.line)
                } else {
                    redelivered += 1
                }
            }
            kept.rejects += batch.rejects
            kept.batches += 1
            kept.redelivered += redelivered
            if let position = batch.position { kept.positions[batch.source] = position }
            return .success(redelivered)
        }
        return try outcome.get()
    }

    func position(of source: String) -> String? { state.withLock { $0.positions[source] } }

    func setPosition(_ text: String, of source: String) {
        state.withLock { $0.positions[source] = text }
    }
}
