import Foundation
import Testing

/// The program under test, as a process of its own.
struct Tool {
    /// What a run of it left behind.
    struct Run {
        let status: Int32
        let output: String
        let errors: String
    }

    /// Why the tests of this target are skipped where they are.
    static let skipped: Comment = "needs the built program: set PARITY_TOOL, or build everything"

    /// The program, where it is built.
    static let path: String? = {
        if let named = ProcessInfo.processInfo.environment["PARITY_TOOL"] { return named }
        let bundle = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let package = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let places = [
            bundle.deletingLastPathComponent().appending(path: "dunning-parity"),
            package.appending(path: ".build/debug/dunning-parity"),
        ]
        return places.map(\.path).first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    /// Whether the program is there.
    static var isBuilt: Bool { path != nil }

    /// Runs it with some arguments, and perhaps something on its standard input.
    static func run(_ arguments: [String], input: Data? = nil) throws -> Run {
        try launch(try #require(path), arguments, input: input)
    }

    /// Starts it and lets it run; what it says goes nowhere.
    static func start(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: try #require(path))
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Runs it with a limit on the size of files, as on a disk that is full: 512 bytes fit.
    static func runOnFullDisk(_ arguments: [String]) throws -> Run {
        let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\""
        return try launch("/bin/sh", ["-c", script, try #require(path)] + arguments, input: nil)
    }

    private static func launch(
        _ program: String,
        _ arguments: [String],
        input: Data?
    ) throws -> Run {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = ["COLUMNS": "80", "PATH": "/usr/bin:/bin"]
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        if let input {
            let folder = try Folder()
            try folder.write("input", input)
            process.standardInput = try FileHandle(forReadingFrom: folder.url("input"))
        } else {
            process.standardInput = FileHandle.nullDevice
        }
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        let complained = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Run(
            status: process.terminationStatus,
            output: String(decoding: said, as: UTF8.self),
            errors: String(decoding: complained, as: UTF8.self)
        )
    }
}

/// A folder of its own that goes when it is no longer held.
final class Folder: Sendable {
    private let root: URL

    init() throws {
        root = FileManager.default.temporaryDirectory.appending(path: "parity-\(UUID())")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    }

    deinit {
        // What can't be removed is left to the system, which clears its temporary files.
        try? FileManager.default.removeItem(at: root)
    }

    /// Where a file of that name is.
    func url(_ name: String) -> URL { root.appending(path: name) }

    /// Its path.
    func path(_ name: String) -> String { url(name).path }

    /// Writes a file, and says where.
    @discardableResult
    func write(_ name: String, _ data: Data) throws -> String {
        try data.write(to: url(name))
        return path(name)
    }

    /// Writes lines, and says where.
    @discardableResult
    func write(_ name: String, _ lines: [String]) throws -> String {
        try write(name, Data(lines.map { $0 + "\n" }.joined().utf8))
    }

    /// What a file holds.
    func read(_ name: String) throws -> Data { try Data(contentsOf: url(name)) }

    /// A report, as it was written.
    func report(in name: String) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: try read("\(name)/report.json"))
        return try #require(object as? [String: Any])
    }

    /// The names of the files in a folder, sorted.
    func names(in name: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path(name))) ?? []).sorted()
    }
}
