import ArgumentParser
import DivergenceAnalysis
import MirrorLog
import PackedLog
import ParityReport

/// The logs that a command reads: its arguments.
struct LogInput: ParsableArguments {
    @Argument(help: ArgumentHelp("A log to read; - is standard input.", valueName: "log"))
    var logs: [String]

    /// Reads all logs, one after the other.
    ///
    /// - Parameters:
    ///   - replay: Takes the records.
    ///   - rejects: Takes the lines that are none.
    ///   - jobs: How many threads may read at once.
    /// - Returns: The line on the terminal that said how far it was, still to be finished.
    /// - Throws: ``CommandFailure`` where a log is missing or empty, or none holds a record.
    func read(
        into replay: inout Replay,
        _ rejects: inout Rejects,
        jobs: Int
    ) throws -> Progress {
        try LogFiles.read(logs, into: &replay, &rejects, jobs: jobs)
    }
}

/// Reads the logs that a command was given, however it was given them.
enum LogFiles {
    /// Reads all logs, one after the other.
    ///
    /// - Parameters:
    ///   - logs: Their paths; `-` is standard input.
    ///   - replay: Takes the records.
    ///   - rejects: Takes the lines that are none.
    ///   - jobs: How many threads may read at once.
    /// - Returns: The line on the terminal that said how far it was, still to be finished.
    /// - Throws: ``CommandFailure`` where a log is missing or empty, or none holds a record.
    static func read(
        _ logs: [String],
        into replay: inout Replay,
        _ rejects: inout Rejects,
        jobs: Int
    ) throws -> Progress {
        let sources = logs.map { $0 == "-" ? LogSource.standardInput : .file($0) }
        let sizes = sources.map(\.size)
        let total = sizes.contains(nil) ? nil : sizes.compactMap { $0 }.reduce(0, +)
        var progress = Progress(total: total)
        for (source, name) in zip(sources, logs) {
            if name != "-", PackedLog.isOne(name) {
                try resume(&replay, name, &rejects)
                progress.advance(by: source.size ?? 0, records: replay.counts.records)
                continue
            }
            do {
                let size = try replay.read(source, jobs: jobs) { bytes, records in
                    progress.advance(by: bytes, records: records)
                } reject: { reject in
                    try rejects.take(reject, of: name)
                }
                guard size > 0 else {
                    throw CommandFailure(code: .data, message: "\(source) is empty")
                }
            } catch let error as LogSourceError {
                throw CommandFailure(code: .noInput, message: error.description)
            }
        }
        guard replay.counts.records > 0 else {
            let first = rejects.first.map { ": line \($0.line): \($0.reason)" } ?? ""
            throw CommandFailure(
                code: .data,
                message: "no line of the log is a record; \(replay.rejected) rejected\(first)"
            )
        }
        return progress
    }

    /// Takes a packed log in place of what it was packed from.
    private static func resume(
        _ replay: inout Replay,
        _ path: String,
        _ rejects: inout Rejects
    ) throws {
        guard replay.counts.records == 0, replay.rejected == 0 else {
            throw CommandFailure(
                code: .data,
                message: "`\(path)` is a packed log, and must come before all other logs"
            )
        }
        let log = try PackedLog(path)
        try replay.resume(log.header, log)
        try log.forEachReject { reject, name in try rejects.take(reject, of: name) }
    }
}
