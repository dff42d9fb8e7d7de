import Foundation
import Glibc

/// A PostgreSQL server of its own, in a temporary folder and on a socket there.
///
/// It runs as a user that is not root, keeps nothing safe, and is stopped and removed when its last
/// owner is gone, however that happens: a shell beside it waits for the end of a pipe.
package final class ThrowawayPostgres: Sendable {
    /// The folder of its socket.
    package let sockets: String
    /// The file of its log.
    package let logFile: String
    private let folder: String
    private let keeper: ChildProcess
    private let lifeline: Pipe

    /// Why there is no server: words for whoever runs the tests.
    package struct Failure: Error, CustomStringConvertible {
        /// What is missing or went wrong.
        package let description: String
    }

    private static let programs = "/usr/lib/postgresql/15/bin"

    /// Makes and starts a server.
    ///
    /// - Parameter settings: Lines for its configuration, beyond those that all of them have.
    /// - Throws: ``Failure`` where PostgreSQL 15 is not installed or does not start.
    package init(_ settings: [String] = []) throws {
        guard FileManager.default.isExecutableFile(atPath: Self.programs + "/postgres") else {
            throw Failure(
                description: "these tests need PostgreSQL 15, of the Debian package `postgresql`"
            )
        }
        let template = FileManager.default.temporaryDirectory.path + "/postgres-XXXXXX"
        var name = Array(template.utf8CString)
        guard mkdtemp(&name) != nil else { throw Failure(description: "no temporary folder") }
        folder = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        sockets = folder
        logFile = folder + "/log"
        guard chmod(folder, 0o755) == 0 else { throw Failure(description: "no temporary folder") }
        if let user = Self.user { try Self.run(["/bin/chown", user, folder]) }
        try Self.runAsUser([
            Self.programs + "/initdb", "--pgdata=\(folder)/data", "--username=postgres",
            "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
        ])
        let lines =
            [
                "listen_addresses = ''", "unix_socket_directories = '\(folder)'",
                "wal_level = logical", "fsync = off", "synchronous_commit = on",
                "full_page_writes = off", "max_wal_senders = 60", "max_replication_slots = 100",
                "max_connections = 100", "shared_buffers = 64MB", "logging_collector = off",
                "log_line_prefix = '%u|%d|%b|'", "timezone = 'Asia/Kolkata'",
                "datestyle = 'SQL, DMY'", "max_slot_wal_keep_size = 4GB",
            ] + settings
        let configuration = folder + "/data/postgresql.auto.conf"
        try lines.joined(separator: "\n").write(
            toFile: configuration,
            atomically: false,
            encoding: .utf8
        )
        lifeline = Pipe()
        // Another child that had it too would keep it open beyond our end.
        _ = fcntl(lifeline.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        // The read ends when this process does, cleanly or not.
        let script = """
            \(Self.shellUser)\(Self.programs)/pg_ctl -D \(folder)/data -l \(folder)/log -w start \
            >/dev/null || exit 1
            echo up
            read word
            \(Self.shellUser)\(Self.programs)/pg_ctl -D \(folder)/data -m immediate stop >/dev/null
            rm -rf \(folder)
            """
        let answer = Pipe()
        keeper = try ChildProcess(
            ["/bin/sh", "-c", script],
            input: lifeline.fileHandleForReading.fileDescriptor,
            output: answer.fileHandleForWriting.fileDescriptor
        )
        try answer.fileHandleForWriting.close()
        try lifeline.fileHandleForReading.close()
        let word = try answer.fileHandleForReading.read(upToCount: 2)
        guard word == Data("up".utf8) else {
            let log = (try? String(contentsOfFile: logFile, encoding: .utf8)) ?? ""
            throw Failure(description: "PostgreSQL did not start: \(log.suffix(500))")
        }
    }

    deinit {
        try? lifeline.fileHandleForWriting.write(contentsOf: Data("\n".utf8))
        keeper.wait()
    }

    /// A connection string for one of its databases.
    ///
    /// - Parameters:
    ///   - database: The database.
    ///   - user: The role.
    ///   - folder: Where the socket is; another one where something stands in between.
    /// - Returns: Keywords of libpq.
    package func target(
        _ database: String,
        user: String = "postgres",
        through folder: String? = nil
    ) -> String {
        "host=\(folder ?? sockets) dbname=\(database) user=\(user)"
    }

    /// Runs SQL by `psql`, as a superuser unless told otherwise.
    ///
    /// - Parameters:
    ///   - sql: Statements.
    ///   - database: The database.
    ///   - user: The role.
    ///   - application: The name that the session goes by.
    /// - Returns: The rows, one a line, columns parted by `|`.
    /// - Throws: ``Failure`` with the server's words.
    @discardableResult
    package func sql(
        _ sql: String,
        in database: String = "postgres",
        user: String = "postgres",
        application: String = "test"
    ) throws -> String {
        let file = "\(NSTemporaryDirectory())/\(UUID().uuidString).sql"
        try sql.write(toFile: file, atomically: false, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        return try Self.run([
            Self.programs + "/psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-f", file,
            target(database, user: user) + " application_name=\(application)",
        ])
    }

    /// Makes a database of a name of its own.
    ///
    /// - Parameter setup: SQL to run in it.
    /// - Returns: Its name.
    /// - Throws: ``Failure`` with the server's words.
    package func makeDatabase(_ setup: String) throws -> String {
        let name = "t" + UUID().uuidString.lowercased().filter { $0 != "-" }.prefix(12)
        try sql("CREATE DATABASE \(name)")
        try sql(setup, in: name)
        return name
    }

    /// Stops the server as a crash would, and starts it again.
    package func restartImmediately() throws {
        try Self.runAsUser([
            Self.programs + "/pg_ctl", "-D", folder + "/data", "-l", logFile, "-w", "-m",
            "immediate", "restart",
        ])
    }

    /// Runs `pgbench`.
    ///
    /// - Parameters:
    ///   - script: The transaction.
    ///   - database: The database.
    ///   - arguments: Further arguments: clients, transactions, rate.
    /// - Returns: Its report.
    /// - Throws: ``Failure`` with its words.
    @discardableResult
    package func pgbench(
        _ script: String,
        in database: String,
        _ arguments: [String]
    ) throws -> String {
        let file = "\(NSTemporaryDirectory())/\(UUID().uuidString).sql"
        try script.write(toFile: file, atomically: false, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        return try Self.run(
            [
                Self.programs + "/pgbench", "-n", "-h", sockets, "-U", "postgres", "-f", file,
            ] + arguments + [database]
        )
    }

    /// What the server has written into its log.
    package func log() throws -> String { try String(contentsOfFile: logFile, encoding: .utf8) }

    // MARK: - Programs

    /// The user to be where we are root, which PostgreSQL refuses to be.
    private static let user: String? = {
        guard geteuid() == 0 else { return nil }
        return getpwnam("postgres") == nil ? "nobody" : "postgres"
    }()

    private static var asUser: [String] {
        user.map {
            ["/usr/bin/setpriv", "--reuid=\($0)", "--regid=\($0 == "nobody" ? "nogroup" : $0)"]
                + ["--clear-groups"]
        } ?? []
    }

    private static var shellUser: String {
        asUser.map { $0 + " " }.joined()
    }

    private static func runAsUser(_ arguments: [String]) throws {
        try run(asUser + arguments)
    }

    @discardableResult
    private static func run(_ arguments: [String]) throws -> String {
        // A file rather than a pipe: a server that is started would hold a pipe open.
        let output = "\(NSTemporaryDirectory())/\(UUID().uuidString).out"
        _ = FileManager.default.createFile(atPath: output, contents: nil)
        defer { try? FileManager.default.removeItem(atPath: output) }
        let handle = try FileHandle(forWritingTo: URL(filePath: output))
        let status = try ChildProcess(
            arguments,
            input: FileHandle.nullDevice.fileDescriptor,
            output: handle.fileDescriptor
        ).wait()
        let text = try String(contentsOfFile: output, encoding: .utf8)
        guard status == 0 else {
            let name = arguments.first { !$0.contains("setpriv") && !$0.hasPrefix("--") } ?? ""
            throw Failure(description: "\(name): \(text.suffix(800))")
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
