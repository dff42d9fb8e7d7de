import Glibc
import MirrorLog
import ParityReport

/// Reads a `report.json`.
enum ReportFile {
    /// Reads a report from its file, or from the folder that it was written into.
    static func read(_ path: String) throws(CommandFailure) -> ReportDocument {
        let file = isFolder(path) ? "\(path)/report.json" : path
        let bytes = try TextFile.bytes(file)
        do throws(RecordError) {
            return try ReportDocument(json: bytes)
        } catch {
            throw CommandFailure(code: .data, message: "report `\(file)`: \(error.reason)")
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
