import GRDB
import MirrorLog

extension CaptureError {
    /// A store that was split into other partitions than a worker asks for.
    static func splitOtherwise(_ before: Int, _ now: Int) -> CaptureError {
        CaptureError(
            "the store's accounts are split into \(before) partitions, and \(now) are asked for; "
                + "stop all workers, and start them with `partitions: \(before)` or with a new store",
            isPassing: false
        )
    }

    /// What SQLite said, with what to do about it.
    ///
    /// Neither statements nor their arguments are repeated, for they hold customer data.
    init(_ error: any Error) {
        guard let error = error as? DatabaseError else {
            let isSuperseded = error is StoreSchema.Superseded
            self.init(
                isSuperseded
                    ? "the store was written by a later version of this program; use that one"
                    : "the store can't be used: \(type(of: error))",
                isPassing: false
            )
            return
        }
        let message = error.message ?? "no more is known"
        let (advice, isPassing) = Self.advice(error.resultCode)
        self.init(
            "the store: \(message) (SQLite \(error.resultCode.rawValue)); \(advice)",
            isPassing: isPassing
        )
    }

    /// What to do about a result of SQLite's, and whether it may pass by itself.
    private static func advice(_ code: ResultCode) -> (String, Bool) {
        switch code {
        case .SQLITE_FULL: ("make room on its disk; what was sent is sent again", true)
        case .SQLITE_BUSY, .SQLITE_LOCKED: ("another process holds it; it is tried again", true)
        case .SQLITE_IOERR: ("look at its disk; it is tried again", true)
        case .SQLITE_CANTOPEN: ("look whether its folder is there and may be written", false)
        case .SQLITE_READONLY: ("its file or its folder may not be written", false)
        case .SQLITE_NOTADB, .SQLITE_CORRUPT:
            ("the file is no store, or damaged: bring back a copy, or start a new one", false)
        default: ("this should not happen", false)
        }
    }
}
