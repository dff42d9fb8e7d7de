/// `episodes.ndjson` under way.
///
/// Verdicts come one after the other from where nothing can fail, so a failure to write waits until
/// the file is closed.
struct EpisodeFile: ~Copyable {
    private var file: OutputFile?
    private var failure: CommandFailure?

    /// Whether there is a file to write to.
    private(set) var isOpen = false

    init() { file = nil }

    mutating func open(in folder: OutputFolder) throws(CommandFailure) {
        file = try folder.open("episodes.ndjson")
        isOpen = true
    }

    mutating func write(_ bytes: [UInt8]) {
        guard failure == nil else { return }
        do throws(CommandFailure) {
            try file?.write(bytes)
        } catch {
            failure = error
        }
    }

    mutating func close() throws(CommandFailure) {
        if let failure { throw failure }
        try file?.close()
    }
}
