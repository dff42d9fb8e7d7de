#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Why a log could not be read.
package struct LogSourceError: Error, Hashable, CustomStringConvertible {
    /// The reason: lower case, no full stop, what the user wrote in backticks.
    package var description: String

    /// A reason in words.
    package init(description: String) {
        self.description = description
    }
}

/// Where a log comes from.
package enum LogSource: Hashable, Sendable, CustomStringConvertible {
    /// A file, or anything else that a path can stand for, such as a pipe.
    case file(String)
    /// The standard input.
    case standardInput

    /// How much is asked for at a time.
    private static let chunkSize = 1 << 20

    /// The source as messages name it.
    package var description: String {
        switch self {
        case .file(let path): "`\(path)`"
        case .standardInput: "standard input"
        }
    }

    /// The size in bytes, where it is known beforehand: that of a regular file.
    package var size: Int? {
        var status = stat()
        let failed =
            switch self {
            case .file(let path): stat(path, &status) != 0
            case .standardInput: fstat(STDIN_FILENO, &status) != 0
            }
        guard !failed, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    /// Reads from start to end.
    ///
    /// - Parameter body: Called for each chunk in turn. ``JSONScanner/padding`` readable bytes
    ///   follow a chunk; it is good during the call only.
    /// - Returns: How many bytes were read; 0 for an empty source, which is no error here.
    /// - Throws: ``LogSourceError``, and what `body` throws.
    @discardableResult
    package func readChunks(_ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Int {
        let file = try LogFile(self)
        // Memory of its own rather than an array: chunks are handed out while it is filled, and
        // the padding behind them must be readable whatever their size.
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Self.chunkSize + JSONScanner.padding,
            alignment: 64
        )
        defer { buffer.deallocate() }
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
        var total = 0
        while true {
            let count = try file.read(
                into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<Self.chunkSize])
            )
            if count == 0 { return total }
            total += count
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}

/// A log that is open for reading.
///
/// A class because it owns the descriptor, and closes it when the last thread lets go of it.
final class LogFile: Sendable {
    private let source: LogSource
    private let descriptor: Int32

    /// Opens a log.
    init(_ source: LogSource) throws(LogSourceError) {
        self.source = source
        descriptor = try source.open()
    }

    deinit {
        if descriptor != STDIN_FILENO { close(descriptor) }
    }

    /// Reads what comes next.
    ///
    /// - Parameter buffer: Where to; not empty.
    /// - Returns: How many bytes were read; 0 at the end.
    /// - Throws: ``LogSourceError`` where the system refuses.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(LogSourceError) -> Int {
        while true {
            let count = readSome(descriptor, buffer)
            if count >= 0 { return count }
            guard errno == EINTR else { throw source.failure("can't be read", errno) }
        }
    }

    /// Reads what comes next into a part of an array.
    func read(into buffer: inout [UInt8], at range: Range<Int>) throws(LogSourceError) -> Int {
        let count = buffer.withUnsafeMutableBytes { bytes in
            Result { () throws(LogSourceError) in
                try read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[range]))
            }
        }
        return try count.get()
    }
}

extension LogSource {
    fileprivate func open() throws(LogSourceError) -> Int32 {
        guard case .file(let path) = self else { return STDIN_FILENO }
        var descriptor: Int32
        repeat {
            descriptor = openForReading(path)
        } while descriptor < 0 && errno == EINTR
        guard descriptor >= 0 else { throw failure("can't be opened", errno) }
        var status = stat()
        if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            close(descriptor)
            throw failure("can't be read", EISDIR)
        }
        return descriptor
    }

    fileprivate func failure(_ what: String, _ code: Int32) -> LogSourceError {
        let reason =
            switch code {
            case ENOENT: "there is no such file"
            case EISDIR: "it is a directory"
            case EACCES: "permission denied"
            default: String(cString: strerror(code)).lowercased()
            }
        return LogSourceError(description: "\(self) \(what): \(reason)")
    }
}

/// `open` under a name that the method of ``LogSource`` does not hide.
private func openForReading(_ path: String) -> Int32 {
    open(path, O_RDONLY | O_CLOEXEC)
}

/// `read` under a name that the method of ``LogFile`` does not hide.
private func readSome(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    read(descriptor, buffer.baseAddress, buffer.count)
}
