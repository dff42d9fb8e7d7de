import MirrorLog

/// Reads small files whole.
enum TextFile {
    static func bytes(_ path: String) throws(CommandFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            try LogSource.file(path).readChunks { bytes.append(contentsOf: $0) }
        } catch {
            throw CommandFailure(code: .noInput, message: "\(error)")
        }
        return bytes
    }

    static func read(_ path: String) throws(CommandFailure) -> String {
        guard let text = String(validating: try bytes(path), as: UTF8.self) else {
            throw CommandFailure(code: .data, message: "`\(path)` is no UTF-8 text")
        }
        return text
    }
}
