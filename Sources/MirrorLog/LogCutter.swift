/// Cuts a log into pieces that end where lines end.
struct LogCutter: Sendable {
    private let file: LogFile
    /// The start of the line that the last piece left off at.
    private var rest: [UInt8] = []
    /// How many runs of pieces were begun.
    private var begun = 0
    private(set) var isAtStart = true
    private var isAtEnd = false

    /// A part of a log.
    struct Piece: Sendable {
        /// How many bytes of the buffer it takes.
        var count: Int
        /// Whether its last line ends in it.
        var endsLine: Bool
        /// Whether nothing comes behind it.
        var endsLog: Bool
    }

    /// A cutter at the start of a log.
    init(_ file: LogFile) {
        self.file = file
    }

    /// The number, from 0, of what is cut next; `nil` where the log has ended.
    mutating func begin() -> Int? {
        guard !isAtEnd else { return nil }
        defer { begun += 1 }
        return begun
    }

    /// Fills a buffer with the next piece.
    ///
    /// It ends with a line, but in the middle of one that is longer than the buffer, and at the end
    /// of the log.
    /// - Parameter buffer: As large as ever before, with ``JSONScanner/padding`` bytes to spare.
    /// - Returns: What was cut.
    /// - Throws: ``LogSourceError`` where the log can't be read; it is at its end then.
    mutating func cut(into buffer: inout [UInt8]) throws(LogSourceError) -> Piece {
        isAtStart = false
        let size = buffer.count - JSONScanner.padding
        var count = rest.count
        buffer.replaceSubrange(..<count, with: rest)
        rest.removeAll(keepingCapacity: true)
        while count < size {
            let more: Int
            do throws(LogSourceError) {
                more = try file.read(into: &buffer, at: count..<size)
            } catch {
                isAtEnd = true
                throw error
            }
            if more == 0 {
                isAtEnd = true
                return Piece(count: count, endsLine: false, endsLog: true)
            }
            count += more
        }
        let end = buffer[..<count].lastIndex(of: UInt8(ascii: "\n"))
        guard let end else { return Piece(count: count, endsLine: false, endsLog: false) }
        rest += buffer[(end + 1)..<count]
        return Piece(count: end + 1, endsLine: true, endsLog: false)
    }
}
