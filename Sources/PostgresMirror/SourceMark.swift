package import BillingModel
package import MirrorLog

/// The mirror's word on how complete the database's part of the log is.
package enum SourceMark: Hashable, Sendable {
    /// All up to and including this time has been delivered.
    case through(Instant)
    /// Something between these times is missing.
    case gap(from: Instant, to: Instant)

    /// The word as a record.
    ///
    /// - Parameters:
    ///   - source: `postgres` or `requests`.
    ///   - names: How records are named.
    ///   - time: When it holds, by the server's clock.
    ///   - seen: When it was found here.
    ///   - reader: A reader of the calling thread.
    /// - Returns: The record, with its line.
    /// - Throws: ``RecordError`` where a gap ends before it begins.
    package func record(
        _ source: String,
        _ names: RecordNames,
        at time: Instant,
        seen: Instant,
        _ reader: RecordReader
    ) throws(RecordError) -> CapturedRecord {
        var json = JSONText()
        json.object { json in
            json.member("v", 1)
            json.member("id", names.mark(source, isGap ? "gap" : "through", time))
            json.member("kind", MirrorRecord.Kind.mark.rawValue)
            json.member("at", time)
            json.member("seen", seen)
            json.object("mark") { json in
                json.member("source", source)
                switch self {
                case .through(let instant): json.member("through", instant)
                case .gap(let from, let to):
                    json.object("gap") { json in
                        json.member("from", from)
                        json.member("to", to)
                    }
                }
            }
        }
        return try CapturedRecord(line: json.bytes, reader)
    }

    private var isGap: Bool { if case .gap = self { true } else { false } }
}
