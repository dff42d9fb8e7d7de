#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Why what does not fit into memory could not be put on disk, or not be read back.
package struct ScratchError: Error, Hashable, CustomStringConvertible {
    /// The reason: lower case, no full stop.
    package var description: String

    /// A reason in words.
    package init(description: String) {
        self.description = description
    }

    /// What is read is not what was written.
    static let changed = ScratchError(
        description: "what was put on disk has changed; run it again"
    )
}

/// A folder for what does not fit into memory.
package struct ScratchFolder: Hashable, Sendable {
    /// Where it is.
    package let path: String

    /// A folder that is there.
    package init(_ path: String) {
        self.path = path
    }

    /// Opens a file without a name, so that nothing is left of it however the program ends.
    func open() throws(ScratchError) -> Int32 {
        // `mkstemp` puts letters of its own in place of six X at the end, so that the name is nobody
        // else's; without them it fails, which is thrown below.
        let placeholder = String(repeating: "X", count: 6)
        var template = Array("\(path)/dunning-parity-\(placeholder)".utf8CString)
        let descriptor = template.withUnsafeMutableBufferPointer { text in
            text.baseAddress.map { mkstemp($0) } ?? -1
        }
        guard descriptor >= 0 else { throw failure(errno) }
        template.withUnsafeBufferPointer { text in
            if let name = text.baseAddress { _ = unlink(name) }
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }

    /// The error of a file here.
    func failure(_ code: Int32) -> ScratchError {
        let reason =
            switch code {
            case ENOENT: "there is no such folder"
            case ENOTDIR: "it is no folder"
            case EACCES: "permission denied"
            case ENOSPC, EDQUOT: "the disk is full"
            case EFBIG: "it does not take files that large"
            case EMFILE, ENFILE: "too many files are open"
            default: String(cString: strerror(code)).lowercased()
            }
        return ScratchError(
            description: "can't keep in `\(path)` what does not fit into memory: \(reason)"
        )
    }
}

/// What was written to disk, for good: any part of it can be read, by any thread.
///
/// A class because it owns the descriptor, and closes it when the last that reads it lets go.
package final class ScratchFile: Sendable {
    private let folder: ScratchFolder
    private let descriptor: Int32
    /// How many bytes were written.
    let size: Int

    fileprivate init(_ folder: ScratchFolder, _ descriptor: Int32, size: Int) {
        self.folder = folder
        self.descriptor = descriptor
        self.size = size
    }

    deinit { close(descriptor) }

    /// Reads bytes that were written, wherever they lie.
    ///
    /// - Parameter range: Where they lie, as ``ScratchWriter/write(_:)`` told.
    /// - Returns: The bytes.
    /// - Throws: ``ScratchError`` where they can't be read.
    package func bytes(_ range: Range<Int>) throws(ScratchError) -> [UInt8] {
        var failure: ScratchError?
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
            do throws(ScratchError) {
                while filled < range.count {
                    let rest = UnsafeMutableRawBufferPointer(
                        rebasing: UnsafeMutableRawBufferPointer(buffer)[filled..<range.count]
                    )
                    let count = try read(into: rest, from: range.lowerBound + filled)
                    guard count > 0 else { throw ScratchError.changed }
                    filled += count
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Reads a part: less than was asked for at the end only.
    fileprivate func read(
        into buffer: UnsafeMutableRawBufferPointer,
        from place: Int
    ) throws(ScratchError) -> Int {
        while true {
            let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(place))
            if count >= 0 { return count }
            guard errno == EINTR else { throw folder.failure(errno) }
        }
    }
}

/// Writes a ``ScratchFile`` from its start to its end.
package struct ScratchWriter: ~Copyable {
    private let folder: ScratchFolder
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var written = 0
    private var isFinished = false

    private static let bufferSize = 1 << 18

    /// Opens a file.
    ///
    /// - Parameter folder: Where the file is to be.
    /// - Throws: ``ScratchError`` where that can't be.
    package init(in folder: ScratchFolder) throws(ScratchError) {
        self.folder = folder
        descriptor = try folder.open()
    }

    deinit { if !isFinished { close(descriptor) } }

    /// How many bytes were written.
    package var count: Int { written + buffer.count }

    /// Appends bytes with their length before them.
    package mutating func write(run: some Collection<UInt8>) throws(ScratchError) {
        var rest = run.count
        while rest >= 0x80 {
            buffer.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        buffer.append(UInt8(truncatingIfNeeded: rest))
        buffer.append(contentsOf: run)
        if buffer.count >= Self.bufferSize { try flush() }
    }

    /// Appends bytes as they are.
    ///
    /// - Parameter bytes: The bytes.
    /// - Returns: Where they lie in the file.
    /// - Throws: ``ScratchError`` where the disk is full.
    package mutating func write(_ bytes: [UInt8]) throws(ScratchError) -> Range<Int> {
        let start = count
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.bufferSize { try flush() }
        return start..<start + bytes.count
    }

    /// Ends the file.
    ///
    /// - Returns: What was written.
    /// - Throws: ``ScratchError`` where the disk is full.
    package mutating func finish() throws(ScratchError) -> ScratchFile {
        try flush()
        isFinished = true
        return ScratchFile(folder, descriptor, size: written)
    }

    private mutating func flush() throws(ScratchError) {
        var start = 0
        while start < buffer.count {
            let count = buffer.withUnsafeBytes { bytes in
                let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
                return writeSome(descriptor, rest)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw folder.failure(count == 0 ? ENOSPC : errno) }
            start += count
        }
        written += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }
}

/// Reads what ``ScratchWriter/write(run:)`` wrote, a buffer at a time.
package struct ScratchReader {
    private let file: ScratchFile
    private var place: Int
    private let end: Int
    private var buffer: [UInt8] = []
    private var position = 0

    private static let bufferSize = 1 << 17

    /// A reader of a part of a file.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - range: Where in it; whole runs.
    package init(_ file: ScratchFile, _ range: Range<Int>) {
        self.file = file
        (place, end) = (range.lowerBound, min(range.upperBound, file.size))
    }

    /// The next bytes that were written with their length; `nil` at the end.
    ///
    /// - Throws: ``ScratchError`` where they can't be read.
    package mutating func run() throws(ScratchError) -> ArraySlice<UInt8>? {
        guard position < buffer.count || place < end else { return nil }
        var length = 0
        var shift = 0
        var byte: UInt8
        repeat {
            try require(1)
            byte = buffer[position]
            length |= Int(byte & 0x7f) << shift
            shift += 7
            position += 1
        } while byte >= 0x80
        try require(length)
        defer { position += length }
        return buffer[position..<position + length]
    }

    /// Sees to it that so many bytes are in the buffer.
    private mutating func require(_ count: Int) throws(ScratchError) {
        let held = buffer.count - position
        guard held < count else { return }
        buffer.removeSubrange(..<position)
        position = 0
        let size = min(max(Self.bufferSize, count), held + end - place)
        buffer.append(contentsOf: repeatElement(0, count: size - held))
        var filled = held
        while filled < size {
            let (start, file, place) = (filled, file, place)
            let got = buffer.withUnsafeMutableBytes { bytes in
                Result { () throws(ScratchError) in
                    let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[start..<size])
                    return try file.read(into: rest, from: place)
                }
            }
            let read = try got.get()
            guard read > 0 else { break }
            filled += read
            self.place += read
        }
        guard filled == size, size >= count else {
            throw ScratchError.changed
        }
    }
}

/// `write` under a name that the methods of ``ScratchWriter`` do not hide.
private func writeSome(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}
