import Dispatch
import Synchronization

extension LogSource {
    /// Reads from start to end on several threads, and hands over batches in the log's order.
    ///
    /// The threads take turns at reading, and parse and pack what they have read side by side; the
    /// caller's thread is one of them. What comes out is the same for any number of threads.
    ///
    /// - Parameters:
    ///   - jobs: How many threads may work at once, at least 1.
    ///   - size: How much is read at a time, in bytes; at least 1.
    ///   - limit: The longest line that is read, in bytes.
    ///   - take: Called on the caller's thread for each batch in turn.
    /// - Returns: How many bytes were read; 0 for an empty source, which is no error here.
    /// - Throws: ``LogSourceError`` where the source can't be read, ``RecordError`` when memory is
    ///   short, and what `take` throws.
    @discardableResult
    package func readBatches(
        jobs: Int,
        size: Int = BatchReader.defaultSize,
        limit: Int = LineSplitter.defaultLimit,
        _ take: (LogBatch) throws -> Void
    ) throws -> Int {
        let belt = BatchBelt(LogCutter(try LogFile(self)), room: 2 * jobs + 2)
        var reader = try BatchReader(size: size, limit: limit)
        for _ in 1..<max(1, jobs) {
            DispatchQueue.global().async {
                // Where there is no memory for a helper, the caller's thread does all the work.
                guard var reader = try? BatchReader(size: size, limit: limit) else { return }
                belt.help(with: &reader)
            }
        }
        defer { belt.stop() }
        var total = 0
        while true {
            let batch = try belt.next(with: &reader)
            total += batch.byteCount
            try take(batch)
            if batch.endsLog { return total }
        }
    }
}

/// Where batches lie until their turn comes.
///
/// A class because threads share it. No lock is held while a batch is parsed or taken in: one
/// guards the log while a thread reads its next piece, the other a table of a few entries.
private final class BatchBelt: Sendable {
    private struct Shelf {
        /// The batches that are ready, by number.
        var ready: [Int: Result<LogBatch, any Error>] = [:]
        /// The number of the batch that is handed over next.
        var next = 0
        /// How many more batches may be begun before one is handed over.
        var room: Int
        var isStopped = false
    }

    private let log: Mutex<LogCutter>
    private let shelf: Mutex<Shelf>
    /// Signalled whenever there may be room again, or no more work.
    private let roomMade = DispatchSemaphore(value: 0)
    /// Signalled whenever a helper has a batch ready.
    private let batchReady = DispatchSemaphore(value: 0)

    init(_ log: LogCutter, room: Int) {
        self.log = Mutex(log)
        shelf = Mutex(Shelf(room: room))
    }

    /// The next batch in the log's order; while it is not ready, the caller works on others.
    func next(with reader: inout BatchReader) throws -> LogBatch {
        while true {
            let next = shelf.withLock { shelf in
                guard let batch = shelf.ready.removeValue(forKey: shelf.next) else {
                    return nil as Result<LogBatch, any Error>?
                }
                shelf.next += 1
                shelf.room += 1
                return batch
            }
            if let next {
                roomMade.signal()
                return try next.get()
            }
            // Without room, or at the log's end, the next batch is in a helper's hands.
            if claimRoom() != .granted || !makeBatch(with: &reader) { batchReady.wait() }
        }
    }

    /// Makes batches until there are no more to make.
    func help(with reader: inout BatchReader) {
        while true {
            switch claimRoom() {
            case .granted:
                guard makeBatch(with: &reader) else { return }
                batchReady.signal()
            case .none: roomMade.wait()
            case .stopped:
                roomMade.signal()
                return
            }
        }
    }

    /// Lets helpers go.
    func stop() {
        shelf.withLock { $0.isStopped = true }
        // Each that wakes passes the word on, so one signal is enough.
        roomMade.signal()
    }

    private enum Claim { case granted, none, stopped }

    private func claimRoom() -> Claim {
        shelf.withLock { shelf in
            guard !shelf.isStopped else { return .stopped }
            guard shelf.room > 0 else { return .none }
            shelf.room -= 1
            return .granted
        }
    }

    /// Makes a batch, if the log has not ended, and puts it on the shelf.
    private func makeBatch(with reader: inout BatchReader) -> Bool {
        var failure: LogSourceError?
        let number = log.withLock { log in
            let number = log.begin()
            guard number != nil else { return nil as Int? }
            do throws(LogSourceError) {
                try reader.take(from: &log)
            } catch {
                failure = error
            }
            return number
        }
        guard let number else { return false }
        let batch: Result<LogBatch, any Error> =
            if let failure { .failure(failure) } else { .success(reader.read()) }
        shelf.withLock { $0.ready[number] = batch }
        return true
    }
}
