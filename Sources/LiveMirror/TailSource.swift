package import BillingModel
import Foundation
package import MirrorLog

/// Follows a mirror log that another program appends to, as `tail -F` would.
///
/// For what neither Stripe nor the database knows: requests of cron jobs and administrators, and
/// executions of a service that writes them itself. Each line is taken once it has ended; the position
/// kept with it is the offset in bytes behind it and the file's own number, so that a file that was
/// replaced is read from its beginning.
package struct TailSource: Sendable {
    /// The name under which the position is kept.
    package let name: String
    private let path: String

    /// A source.
    ///
    /// - Parameters:
    ///   - name: The name under which the position is kept.
    ///   - path: The file; it may come into being later.
    package init(name: String, path: String) {
        self.name = name
        self.path = path
    }

    /// Reads what was appended since the last time, and hands it on.
    ///
    /// - Parameters:
    ///   - sink: Takes it.
    ///   - limit: How many bytes are read at once at most; also the longest line.
    ///   - now: The time, for lines that say nothing of when they were seen.
    /// - Returns: Whether there may be more to read at once.
    /// - Throws: ``CaptureError`` where the file can't be read, or the sink fails.
    package func advance(
        into sink: some CaptureSink,
        limit: Int = 1 << 20,
        now: Instant
    ) throws(CaptureError) -> Bool {
        guard let file = FileHandle(forReadingAtPath: path) else { return false }
        defer {
            // It was only read from.
            try? file.close()
        }
        let place = try Place(of: file, after: try sink.position(of: name))
        let bytes = try read(file, from: place.offset, limit)
        guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else {
            guard bytes.count == limit else { return false }
            throw CaptureError(
                "`\(path)` has a line longer than \(limit) bytes at byte \(place.offset); take it "
                    + "out, the mirror goes on behind it",
                isPassing: true
            )
        }
        try sink.keep(batch(bytes[...end], at: place, now))
        return bytes.count == limit
    }

    private func batch(
        _ bytes: ArraySlice<UInt8>,
        at place: Place,
        _ now: Instant
    ) throws(CaptureError) -> CapturedBatch {
        var batch = CapturedBatch(source: name)
        let reader: RecordReader
        do throws(RecordError) {
            reader = try RecordReader()
        } catch {
            throw CaptureError(error.reason, isPassing: true)
        }
        var offset = place.offset
        for part in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            defer { offset += UInt64(part.count) + 1 }
            let line = part.last == UInt8(ascii: "\r") ? part.dropLast() : part
            guard line.contains(where: { $0 != UInt8(ascii: " ") }) else { continue }
            do throws(RecordError) {
                batch.records.append(try CapturedRecord(line: Array(line), reader))
            } catch {
                batch.rejects.append(
                    CaptureReject(
                        place: "byte \(offset)",
                        reason: error.reason,
                        content: Array(line)
                    )
                )
            }
        }
        batch.position = Place(file: place.file, offset: place.offset + UInt64(bytes.count)).text
        return batch
    }

    private func read(
        _ file: FileHandle,
        from offset: UInt64,
        _ limit: Int
    ) throws(CaptureError) -> [UInt8] {
        do {
            try file.seek(toOffset: offset)
            return Array(try file.read(upToCount: limit) ?? Data())
        } catch {
            throw CaptureError("`\(path)` can't be read: \(error)", isPassing: true)
        }
    }

    /// Where reading goes on: the file's number on its disk, and the bytes behind which it does.
    private struct Place {
        var file: UInt64
        var offset: UInt64

        init(file: UInt64, offset: UInt64) {
            (self.file, self.offset) = (file, offset)
        }

        /// Where reading goes on, given where it was left.
        ///
        /// A file of another number, or shorter than what was read of it, is another one.
        init(of handle: FileHandle, after position: String?) throws(CaptureError) {
            var status = stat()
            guard fstat(handle.fileDescriptor, &status) == 0 else {
                throw CaptureError("a followed file can't be looked at", isPassing: true)
            }
            file = UInt64(status.st_ino)
            offset = 0
            let size = UInt64(clamping: status.st_size)
            if let before = Place(position), before.file == file, before.offset <= size {
                offset = before.offset
            }
        }

        private init?(_ text: String?) {
            let parts = text?.split(separator: ":").compactMap { UInt64($0) } ?? []
            guard parts.count == 2 else { return nil }
            self.init(file: parts[0], offset: parts[1])
        }

        var text: String { "\(file):\(offset)" }
    }
}
