import MirrorLog
import ParityReport

/// Reads a simulation's `truth.ndjson`.
enum TruthFile {
    static func read(_ path: String) throws(CommandFailure) -> [Truth] {
        let bytes = try TextFile.bytes(path)
        var truths: [Truth] = []
        for (number, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
            do throws(RecordError) {
                truths.append(try Truth(line: Array(line), JSONScanner()))
            } catch {
                throw CommandFailure(
                    code: .data,
                    message: "truth `\(path)`: line \(number + 1): \(error.reason)"
                )
            }
        }
        return truths
    }
}
