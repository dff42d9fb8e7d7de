import ParityReport

/// A line on a watched terminal that says how far long work is; quiet elsewhere.
struct Progress {
    private let total: Int?
    private let isShown: Bool
    private let start = ContinuousClock.now
    private var shownAt = ContinuousClock.now
    private var done = 0

    /// Work of so many bytes, where that is known.
    init(total: Int?) {
        self.total = total
        isShown = Terminal.isWatched
    }

    /// More bytes are done, and so many records in all.
    mutating func advance(by bytes: Int, records: Int) {
        done += bytes
        guard isShown, ContinuousClock.now - shownAt > .milliseconds(200) else { return }
        shownAt = .now
        let elapsed = start.duration(to: shownAt)
        let seconds = max(1, elapsed.components.seconds)
        var line = "\(Figures.grouped(records)) records, "
        line += "\(Figures.grouped(Int64(records) / seconds)) a second"
        if let total, total > 0, done > 0 {
            let left = Int64(total - done) * seconds / Int64(done)
            line = Figures.percentage(done, of: total) + ", " + line + ", about \(left) s left"
        }
        Terminal.write("\r\u{1B}[K" + line)
    }

    /// What is done now takes a while and says nothing of its own.
    func note(_ line: String) {
        if isShown { Terminal.write("\r\u{1B}[K" + line) }
    }

    /// Clears the line.
    func finish() {
        if isShown { Terminal.write("\r\u{1B}[K") }
    }
}
