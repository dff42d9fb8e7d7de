import ArgumentParser
import Glibc
import ParityReport

/// A failure that a script can tell by its exit code and a person by its words.
struct CommandFailure: Error {
    /// The exit codes of failures, after BSD's `sysexits`.
    enum Code: Int32 {
        /// The data is no good.
        case data = 65
        /// An input is not there.
        case noInput = 66
        /// Reading or writing failed.
        case inputOutput = 74
        /// It would be dangerous, and nobody said to go on.
        case refused = 77
    }

    var code: Code
    var message: String

    /// Says what is wrong on standard error, and ends the command with the code.
    var exit: ExitCode {
        Terminal.say("dunning-parity: \(message)")
        return ExitCode(code.rawValue)
    }
}

/// Standard error and what is attached to it.
enum Terminal {
    /// Whether a person is watching standard error.
    static var isWatched: Bool { isatty(STDERR_FILENO) == 1 }

    /// Writes lines on standard error, without whatever would move a terminal's cursor.
    static func say(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            write(PlainText.line(String(line), most: longest) + "\n")
        }
    }

    private static let longest = 4000

    /// Writes on standard error as it stands.
    ///
    /// That nobody may read it is no reason to fail.
    static func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count)
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}

/// The machine's processors.
enum Processors {
    /// How many are at work: the default of `--jobs`.
    static var count: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}
