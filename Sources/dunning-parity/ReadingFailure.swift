import MirrorLog
import PackedLog

extension CommandFailure {
    /// What reading and keeping a log can throw, as a failure with what to do about it.
    ///
    /// - Parameter error: What was thrown.
    /// - Returns: What to end the command with: any other error as it is.
    static func ending(_ error: any Error) -> any Error {
        switch error {
        case let failure as CommandFailure:
            return failure.exit
        case let error as ScratchError:
            return CommandFailure(
                code: .inputOutput,
                message: "\(error); name a folder with room by --spill-folder, "
                    + "or give more memory by --memory"
            ).exit
        case let error as PackedLogError:
            let code = error.code == .data ? Code.data : .inputOutput
            return CommandFailure(code: code, message: error.description).exit
        case let error as PackedError:
            return CommandFailure(
                code: .data,
                message: "the packed log is damaged; make it again with `dunning-parity pack`: "
                    + error.description
            ).exit
        default:
            return error
        }
    }
}
