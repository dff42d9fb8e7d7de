import MirrorLog
import PackedLog

/// Takes the lines that are no records: into `rejects.ndjson` where a folder was asked for, or into
/// a packed log.
struct Rejects: ~Copyable {
    private var file: OutputFile?
    private let packed: PackedRejects?
    /// The first of them, to show.
    private(set) var first: Reject?

    init(_ folder: OutputFolder?) throws(CommandFailure) {
        file = try folder?.open("rejects.ndjson")
        packed = nil
    }

    init(packed: PackedRejects) {
        file = nil
        self.packed = packed
    }

    mutating func take(_ reject: Reject, of log: String) throws {
        if first == nil { first = reject }
        try packed?.add(reject, of: log)
        var text = JSONText()
        text.object { text in
            text.member("log", log)
            text.member("line", Int64(reject.line))
            text.member("reason", reject.reason)
            text.member("excerpt", reject.excerpt)
        }
        text.endLine()
        try file?.write(text.bytes)
    }

    mutating func close() throws(CommandFailure) {
        try file?.close()
    }
}
