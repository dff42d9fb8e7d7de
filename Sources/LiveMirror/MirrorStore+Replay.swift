package import BillingModel
package import DivergenceAnalysis
package import MirrorStore
package import ParityReport
package import ShadowRun

extension MirrorStore {
    /// Reads the records of the store again, for a report of all of them.
    ///
    /// - Parameters:
    ///   - settings: What verdicts depend on besides the records.
    ///   - offset: Of which offset the last record is.
    ///   - covers: Whose accounts are judged; `nil` for all.
    ///   - program: The program's name and version, for the report.
    ///   - spilling: Where records go that don't fit into memory.
    /// - Returns: A replay that has read them.
    /// - Throws: ``MirrorLog/CaptureError`` where the store can't be read, and what reading a log throws.
    package func replay(
        _ settings: JudgeSettings,
        through offset: Int64,
        covers: (@Sendable (AccountID) -> Bool)?,
        program: String,
        spilling: Spilling
    ) throws -> Replay {
        var replay = Replay(settings: settings, program: program, spilling: spilling)
        if let covers { replay.judgeOnly(covers) }
        var last: Int64 = 0
        while last < offset {
            let page = try records(after: last, limit: 4096).prefix { $0.offset <= offset }
            guard let end = page.last else { break }
            let text = page.map(\.line).joined(separator: [UInt8(ascii: "\n")])
            try replay.read(whole: Array(text)) { _ in }
            last = end.offset
        }
        return replay
    }
}
