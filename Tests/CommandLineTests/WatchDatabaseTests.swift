import Foundation
import PostgresMirror
import Testing
import ThrowawayPostgres

/// The live mirror beside a real database, as a process.
@Suite(.enabled(if: Tool.isBuilt, Tool.skipped), .timeLimit(.minutes(10)))
struct WatchDatabaseTests {
    private let server: ThrowawayPostgres
    private let database: String
    private let folder: Folder

    init() throws {
        server = try ThrowawayPostgres(["log_statement = all"])
        database = try server.makeDatabase(TryoutDDL.sql)
        folder = try Folder()
    }

    /// Writes a configuration for a role, and gives the options that name it.
    private func configuration(_ role: String) throws -> [String] {
        let file = try folder.write(
            "\(role).yaml",
            [
                "store: \(folder.path("mirror.sqlite"))",
                "postgres: { connection: \"\(server.target(database, user: role))\" }",
                "reports: { folder: \(folder.path("reports")), every: 30d }",
                "judging: { settle: 1s }",
            ]
        )
        return ["--config", file]
    }

    /// The lines of the store's log with a word in them; none while there is no store.
    private func log(_ options: [String], with word: String) throws -> [Substring] {
        let run = try Tool.run(["store", "log"] + options)
        return run.output.split(separator: "\n").filter { $0.contains(word) }
    }

    /// Waits until something is so, for some minutes at most.
    private func wait(_ what: Comment, until isSo: () throws -> Bool) throws {
        for _ in 0..<2400 {
            if try isSo() { return }
            usleep(100_000)
        }
        Issue.record(what)
    }

    @Test("a role that could write is refused, with the SQL for one that can't")
    func danger() throws {
        let options = try configuration("postgres")
        let run = try Tool.run(["watch"] + options)
        #expect(run.status == 77)
        #expect(run.errors.contains("the database role could write what is watched"))
        #expect(run.errors.contains("superuser"))
        #expect(run.errors.contains("CREATE ROLE"))
        #expect(!FileManager.default.fileExists(atPath: folder.path("mirror.sqlite")))
        #expect(try server.sql("SELECT count(*) FROM pg_replication_slots", in: database) == "0")
        let doctor = try Tool.run(["doctor"] + options)
        #expect(doctor.status == 1)
        #expect(doctor.output.contains("wrong: postgres: "))
    }

    @Test("the doctor finds nothing wrong with a database that was set up by the book")
    func doctor() throws {
        let run = try Tool.run(["doctor"] + (try configuration("dunning_mirror")))
        #expect(run.status == 0, "\(run.output)\(run.errors)")
    }

    @Test(
        "killed again and again, and the server restarted, it has every change once and wrote none"
    )
    func faults() throws {
        let options = try configuration("dunning_mirror")
        var mirror = try Tool.start(["watch"] + options)
        // Whatever goes wrong, none is left behind.
        defer { kill(mirror.processIdentifier, SIGKILL) }
        // A slot alone is not enough: killed before its baselines are there, it takes new ones, and what
        // was changed before stands in them.
        try wait("it never began to follow") {
            let states = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
            return try server.sql(states, in: database) == "1"
        }
        let rounds = 15
        for round in 0..<rounds {
            try server.sql(
                (0..<20).map { step in
                    let account = "acct_\(round)_\(step)"
                    return """
                        BEGIN;
                        SELECT pg_logical_emit_message(true, 'dunning-path',
                          '{"path":"C","trigger":"evt_\(round)_\(step)"}');
                        INSERT INTO subs_account VALUES ('\(account)', 'pay_go', 0);
                        UPDATE subs_account SET flags = 32768 WHERE id = '\(account)';
                        COMMIT;
                        """
                }.joined(separator: "\n"),
                in: database
            )
            kill(mirror.processIdentifier, SIGKILL)
            mirror.waitUntilExit()
            if round == rounds / 2 { try server.restartImmediately() }
            mirror = try Tool.start(["watch"] + options)
            usleep(UInt32(round % 5) * 60_000)
        }
        let changes = rounds * 20 * 2
        try wait("some changes never came") {
            try log(options, with: #""kind":"change""#).count >= changes
        }
        mirror.terminate()
        mirror.waitUntilExit()
        #expect(mirror.terminationStatus == 0)

        #expect(try log(options, with: #""kind":"change""#).count == changes)
        for account in ["acct_0_0", "acct_7_19", "acct_14_3"] {
            let name = "\"account\":\"\(account)\""
            #expect(try log(options, with: name).count { $0.contains(#""kind":"change""#) } == 2)
        }
        #expect(try log(options, with: #""kind":"execution""#).count == rounds * 20)
        let writes = try server.log().split(separator: "\n").filter { line in
            line.hasPrefix("dunning_mirror|")
                && [
                    "INSERT", "UPDATE", "DELETE", "TRUNCATE", "CREATE TABLE", "DROP TABLE", "ALTER",
                ]
                .contains { line.contains($0 + " ") && !line.contains("SELECT") }
        }
        #expect(writes.isEmpty, "\(writes.first ?? "")")
    }
}
