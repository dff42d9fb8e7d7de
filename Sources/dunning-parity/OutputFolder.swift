import Glibc
import ReportPages

/// A folder that files are written into, each whole or not at all.
struct OutputFolder {
    let path: String

    /// Makes the folder, and those above it, where they are not there.
    init(_ path: String) throws(CommandFailure) {
        self.path = path
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += part + "/"
            guard mkdir(made, 0o777) != 0, errno != EEXIST else { continue }
            throw Self.failure("can't make the folder `\(path)`")
        }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw CommandFailure(
                code: .inputOutput,
                message: "`\(path)` is there and is no folder"
            )
        }
    }

    /// Writes a file: first under a name of its own, then in its place.
    func write(_ name: String, _ bytes: [UInt8]) throws(CommandFailure) {
        var file = try open(name)
        try file.write(bytes)
        try file.close()
    }

    /// Writes a page.
    func write(_ name: String, page: () throws(PageError) -> [UInt8]) throws(CommandFailure) {
        let bytes: [UInt8]
        do throws(PageError) {
            bytes = try page()
        } catch {
            let message = "can't make `\(path)/\(name)`: \(error)"
            throw CommandFailure(code: .inputOutput, message: message)
        }
        try write(name, bytes)
    }

    /// Opens a file to be written bit by bit.
    func open(_ name: String) throws(CommandFailure) -> OutputFile {
        try OutputFile(at: "\(path)/\(name)")
    }

    static func failure(_ what: String) -> CommandFailure {
        let reason = String(cString: strerror(errno)).lowercased()
        return CommandFailure(code: .inputOutput, message: "\(what): \(reason)")
    }
}

/// A file under way: what was written takes its place only when it is closed.
struct OutputFile: ~Copyable {
    private let path: String
    private let partial: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var isClosed = false

    /// Writes a text file, whole or not at all.
    static func write(_ text: String, to path: String) throws(CommandFailure) {
        var file = try OutputFile(at: path)
        try file.write(Array(text.utf8))
        try file.close()
    }

    init(at path: String) throws(CommandFailure) {
        self.path = path
        partial = path + ".partial"
        descriptor = Glibc.open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw OutputFolder.failure("can't write `\(path)`") }
    }

    deinit {
        if !isClosed {
            Glibc.close(descriptor)
            unlink(partial)
        }
    }

    mutating func write(_ bytes: [UInt8]) throws(CommandFailure) {
        buffer += bytes
        if buffer.count >= 1 << 20 { try flush() }
    }

    /// Puts the file in its place.
    ///
    /// Where that fails nothing is left behind.
    mutating func close() throws(CommandFailure) {
        try flush()
        guard fsync(descriptor) == 0 || errno == EINVAL, rename(partial, path) == 0 else {
            throw OutputFolder.failure("can't write `\(path)`")
        }
        Glibc.close(descriptor)
        isClosed = true
    }

    private mutating func flush() throws(CommandFailure) {
        var rest = buffer[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw OutputFolder.failure("can't write `\(path)`") }
            rest = rest.dropFirst(count)
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
