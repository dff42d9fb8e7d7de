package import Crypto

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Cuts chunks of bytes into lines, and copies only those that lie across two chunks.
///
/// `\n` and `\r\n` both end a line, a byte order mark at the start is dropped, and lines of nothing
/// but space are passed over, though they count. A line beyond the limit is never held in memory:
/// only its head, its size and its hash are.
package struct LineSplitter {
    /// One line that is not blank.
    package struct Line {
        /// Its number, from 1.
        package var number: Int
        /// Its bytes without the end of the line, good during the call only.
        ///
        /// ``JSONScanner/padding`` readable bytes follow. Of a line beyond the limit this is only
        /// the head.
        package var bytes: UnsafeRawBufferPointer
        /// How many bytes it has.
        package var size: Int
        /// The hash of a line beyond the limit, whose bytes are not kept; `nil` for any other.
        package var hash: SHA256Digest?
        /// Whether a line feed ended it, rather than the end of the log.
        package var isTerminated: Bool
    }

    /// The longest line that is kept whole, in bytes.
    package let limit: Int
    /// How many lines have ended so far, blank ones included.
    package private(set) var lineCount = 0
    /// The start of a line whose end has not come yet.
    private var carry: [UInt8] = []
    /// What is known of a line that grew beyond the limit.
    private var excess: Excess?
    /// How many bytes of a byte order mark have come, while nothing else has.
    private var markBytes: Int?

    private static let mark: [UInt8] = [0xef, 0xbb, 0xbf]
    /// How much of a line beyond the limit is kept, for its excerpt.
    private static let headSize = 256

    /// Lines may have 16 MiB: a baseline of 20,000 invoices fits.
    package static let defaultLimit = 16 << 20

    /// A splitter at the start of a log, or at that of a line within one.
    ///
    /// - Parameters:
    ///   - limit: The longest line that is kept whole, in bytes.
    ///   - startsLog: Whether a byte order mark may come first.
    package init(limit: Int = defaultLimit, startsLog: Bool = true) {
        self.limit = limit
        markBytes = startsLog ? 0 : nil
    }

    /// Hands over the lines that end in a chunk, and keeps what is behind the last of them.
    ///
    /// - Parameters:
    ///   - chunk: Any part of the log, with ``JSONScanner/padding`` readable bytes behind it.
    ///   - deliver: Called for each line, in order.
    package mutating func feed(
        _ chunk: UnsafeRawBufferPointer,
        _ deliver: (Line) throws -> Void
    ) rethrows {
        var rest = withoutMark(chunk)
        while let length = Self.lineLength(rest) {
            let piece = UnsafeRawBufferPointer(rebasing: rest[..<length])
            rest = UnsafeRawBufferPointer(rebasing: rest[(length + 1)...])
            if carry.isEmpty, excess == nil {
                try pass(piece, isTerminated: true, deliver)
            } else {
                hold(piece)
                try passHeld(isTerminated: true, deliver)
            }
        }
        if !rest.isEmpty { hold(rest) }
    }

    /// Hands over the last line, where no line feed ended it.
    package mutating func finish(_ deliver: (Line) throws -> Void) rethrows {
        carry += Self.mark.prefix(markBytes ?? 0)
        markBytes = nil
        guard excess != nil || !carry.isEmpty else { return }
        try passHeld(isTerminated: false, deliver)
    }

    /// The bytes before the first line feed; `memchr` is many times faster than a loop here.
    private static func lineLength(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base = bytes.baseAddress,
            let feed = memchr(base, Int32(UInt8(ascii: "\n")), bytes.count)
        else { return nil }
        return UnsafeRawPointer(feed) - base
    }

    /// Drops a byte order mark, which may come in pieces.
    private mutating func withoutMark(_ chunk: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard let seen = markBytes, !chunk.isEmpty else { return chunk }
        let wanted = Self.mark.dropFirst(seen)
        let matching = zip(chunk, wanted).prefix { $0 == $1 }.count
        if matching == chunk.count, matching < wanted.count {
            markBytes = seen + matching
            return UnsafeRawBufferPointer(rebasing: chunk[matching...])
        }
        markBytes = nil
        if matching < wanted.count {
            carry += Self.mark.prefix(seen)
            return chunk
        }
        return UnsafeRawBufferPointer(rebasing: chunk[matching...])
    }

    /// Keeps a piece of a line, or what there is to know of it.
    private mutating func hold(_ piece: UnsafeRawBufferPointer) {
        // One more than the limit, for a carriage return that may end the line.
        if excess == nil, carry.count + piece.count > limit + 1 {
            var excess = Excess()
            carry.withUnsafeBytes { excess.add($0) }
            self.excess = excess
            carry += piece.prefix(max(0, Self.headSize - carry.count))
            carry = Array(carry.prefix(Self.headSize))
        } else if excess == nil {
            carry += piece
        }
        excess?.add(piece)
    }

    /// Passes on the line that was held.
    private mutating func passHeld(
        isTerminated: Bool,
        _ deliver: (Line) throws -> Void
    ) rethrows {
        let size = carry.count
        carry += repeatElement(0, count: JSONScanner.padding)
        let held = carry
        carry = []
        let excess = self.excess
        self.excess = nil
        try held.withUnsafeBytes { bytes in
            let line = UnsafeRawBufferPointer(rebasing: bytes.prefix(size))
            try pass(line, excess, isTerminated: isTerminated, deliver)
        }
    }

    /// Passes on a line unless it is blank.
    private mutating func pass(
        _ line: UnsafeRawBufferPointer,
        _ excess: Excess? = nil,
        isTerminated: Bool,
        _ deliver: (Line) throws -> Void
    ) rethrows {
        lineCount += 1
        var line = line
        var hash = excess?.hasher.finalize()
        if excess == nil {
            if line.last == UInt8(ascii: "\r") {
                line = UnsafeRawBufferPointer(rebasing: line.dropLast())
            }
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }) { return }
            if line.count > limit { hash = sha256(line) }
        }
        try deliver(
            Line(
                number: lineCount,
                bytes: hash == nil ? line : .init(rebasing: line.prefix(Self.headSize)),
                size: excess?.size ?? line.count,
                hash: hash,
                isTerminated: isTerminated
            )
        )
    }
}

/// The size and hash of a line that is too long to keep.
private struct Excess {
    var hasher = SHA256()
    var size = 0
    /// Whether a carriage return was held back: it is part of the line unless it ends it.
    private var heldReturn = false

    mutating func add(_ piece: UnsafeRawBufferPointer) {
        guard let last = piece.last else { return }
        if heldReturn { [UInt8(ascii: "\r")].withUnsafeBytes { update($0) } }
        heldReturn = last == UInt8(ascii: "\r")
        update(UnsafeRawBufferPointer(rebasing: heldReturn ? piece.dropLast() : piece[...]))
    }

    private mutating func update(_ bytes: UnsafeRawBufferPointer) {
        hasher.update(bufferPointer: bytes)
        size += bytes.count
    }
}

/// The SHA-256 of bytes where they lie.
func sha256(_ bytes: UnsafeRawBufferPointer) -> SHA256Digest {
    var hasher = SHA256()
    hasher.update(bufferPointer: bytes)
    return hasher.finalize()
}
