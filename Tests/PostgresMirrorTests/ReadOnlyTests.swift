import BillingModel
import Glibc
import MirrorLog
import PostgresMirror
import Testing
import ThrowawayPostgres

/// The mirror's role can't write what it watches, and the mirror does not try.
@Suite("read-only", .timeLimit(.minutes(10)))
struct ReadOnlyTests {
    private let server: ThrowawayPostgres
    private let database: String

    init() throws {
        server = try SharedServer.get()
        database = try server.makeDatabase(TryoutDDL.sql)
    }

    private func findings(_ user: String) throws -> [Finding] {
        let connection = try PostgresConnection(
            server.target(database, user: user),
            for: .queries
        )
        return try SetupCheck.findings(
            connection,
            mapping: .standard(),
            publication: "dunning_mirror"
        )
    }

    /// A role of its own with the mirror's rights and one more.
    private func role(_ grant: (String) -> String) throws -> String {
        let name = "r_" + database
        try server.sql("CREATE ROLE \(name) LOGIN REPLICATION", in: database)
        try server.sql("GRANT USAGE ON SCHEMA public TO \(name)", in: database)
        try server.sql("GRANT SELECT ON ALL TABLES IN SCHEMA public TO \(name)", in: database)
        try server.sql(grant(name), in: database)
        return name
    }

    @Test("the role of the shipped DDL passes")
    func shipped() throws {
        #expect(try findings("dunning_mirror") == [])
    }

    @Test(
        "a role with any way to write is found out",
        arguments: [
            ("GRANT INSERT ON subs_mandate TO %", "`INSERT` on `public.subs_mandate`"),
            ("GRANT UPDATE (flags) ON subs_account TO %", "`UPDATE` on `public.subs_account`"),
            ("GRANT DELETE ON subs_dunning TO %", "`DELETE` on `public.subs_dunning`"),
            ("GRANT TRUNCATE ON subs_request TO %", "`TRUNCATE` on `public.subs_request`"),
            ("GRANT TRIGGER ON subs_account TO %", "`TRIGGER` on `public.subs_account`"),
            ("ALTER TABLE subs_customer OWNER TO %", "`owns it` on `public.subs_customer`"),
            (
                "GRANT pg_write_all_data TO %",
                "the role `pg_write_all_data` is a role that may write"
            ),
            ("ALTER ROLE % SUPERUSER", "is a superuser"),
            ("ALTER ROLE % CREATEROLE", "may create roles"),
            (
                "GRANT CREATE ON SCHEMA public TO %",
                "`CREATE in its schema` on `public.subs_account`"
            ),
            ("GRANT INSERT ON subs_account TO PUBLIC", "`INSERT` on `public.subs_account`"),
            (
                "CREATE ROLE w_%; GRANT w_% TO %; ALTER ROLE % NOINHERIT; GRANT UPDATE ON "
                    + "subs_account TO w_%", "the role `w_r_"
            ),
        ]
    )
    func found(grant: String, words: String) throws {
        let name = try role { grant.replacing("%", with: $0) }
        let dangers = try findings(name).filter { $0.severity == .dangerous }
        #expect(dangers.contains { $0.what.contains(words) }, "\(dangers)")
        let mirror = RunningMirror(try settings(server, database, user: name))
        for _ in 0..<6000 where !mirror.hasEnded { usleep(20_000) }
        #expect(mirror.error?.isPassing == false)
        #expect(mirror.streams == 0)
        let isTold = mirror.events.contains { event in
            if case .roleNeeded(let sql) = event { sql.contains("CREATE ROLE") } else { false }
        }
        #expect(isTold)
        let slots = try server.sql(
            "SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'slot_\(database)'"
        )
        #expect(slots == "0")
        try server.sql("DROP OWNED BY \(name); ALTER ROLE \(name) NOSUPERUSER", in: database)
    }

    @Test("a role that could write is let pass where that is asked for by name")
    func allowed() throws {
        var settings = try settings(server, database, user: "postgres")
        settings.allowsWritingRole = true
        let mirror = RunningMirror(settings)
        try mirror.waitForStream()
        try mirror.stop()
    }

    @Test("what is missing is named with what mends it, and the mending mends it")
    func mending() throws {
        try server.sql(
            """
            ALTER TABLE subs_account REPLICA IDENTITY DEFAULT;
            ALTER PUBLICATION dunning_mirror DROP TABLE subs_mandate;
            ALTER PUBLICATION dunning_mirror SET (publish = 'insert');
            REVOKE SELECT ON subs_customer FROM dunning_mirror;
            """,
            in: database
        )
        let found = try findings("dunning_mirror")
        #expect(found.count == 4)
        #expect(found.last?.severity == .warning)
        for finding in found { try server.sql(finding.remedy, in: database) }
        #expect(try findings("dunning_mirror") == [])
        try server.sql("ALTER TABLE subs_dunning RENAME recorded_at TO recorded", in: database)
        #expect(
            try findings("dunning_mirror").map(\.what)
                == ["`public.subs_dunning` has no column `recorded_at`; did you mean `recorded`?"]
        )
        try server.sql("DROP PUBLICATION dunning_mirror; DROP TABLE subs_mandate", in: database)
        #expect(
            try findings("dunning_mirror").map(\.what).contains(
                "there is no table `public.subs_mandate`"
            )
        )
    }

    @Test("the printed SQL makes a role and a publication that pass")
    func roleSQL() throws {
        try server.sql("DROP PUBLICATION dunning_mirror", in: database)
        let name = "p_\(database)"
        let sql = RoleSQL.text(
            role: name,
            publication: "dunning_mirror",
            mapping: try .standard()
        )
        try server.sql(sql, in: database)
        #expect(try findings(name) == [])
    }

    @Test("of all statements of a whole run none writes, and none could")
    func statements() throws {
        let server = try ThrowawayPostgres([
            "log_statement = all", "log_replication_commands = on", "log_min_messages = log",
        ])
        let database = try server.makeDatabase(TryoutDDL.sql)
        try server.sql("INSERT INTO subs_account VALUES ('a1', 'pay_go')", in: database)
        let settings = try settings(server, database)
        let mirror = RunningMirror(settings)
        try mirror.waitForStream()
        try server.sql("UPDATE subs_account SET flags = 32768", in: database)
        try mirror.wait("the change") { mirror.sink.changes.count == 1 }
        try server.restartImmediately()
        try server.sql("UPDATE subs_account SET flags = 0", in: database)
        try mirror.wait("the next change") { mirror.sink.changes.count == 2 }
        try mirror.stop()
        try server.sql("SELECT pg_drop_replication_slot('\(settings.slot)')", in: database)
        let again = RunningMirror(settings, mirror.sink)
        try again.waitForStream()
        try again.stop()
        let statements = try Self.statements(in: server.log(), of: "dunning_mirror")
        #expect(statements.count > 40)
        #expect(statements.contains { $0.hasPrefix("COPY (SELECT ") })
        #expect(statements.contains { $0.hasPrefix("START_REPLICATION ") })
        let harmless = [
            "SELECT ", "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
            "SET TRANSACTION SNAPSHOT ", "IDENTIFY_SYSTEM", "CREATE_REPLICATION_SLOT ",
            "START_REPLICATION ", "DROP_REPLICATION_SLOT ",
        ]
        for statement in statements {
            let isCopyOut =
                statement.hasPrefix("COPY (SELECT ") && statement.hasSuffix(" TO STDOUT")
            #expect(isCopyOut || harmless.contains { statement.hasPrefix($0) }, "\(statement)")
            let words = statement.uppercased().split { !$0.isLetter && $0 != "_" }
            let writing = [
                "INTO", "FOR", "NEXTVAL", "SETVAL", "PG_LOGICAL_EMIT_MESSAGE", "LO_IMPORT",
            ]
            for word in writing { #expect(!words.contains(Substring(word)), "\(statement)") }
        }
        // Even if one tried, its transactions are read-only.
        let connection = try PostgresConnection(
            server.target(database, user: "dunning_mirror"),
            for: .queries
        )
        let rows = try connection.query("SHOW transaction_read_only", [], "asking")
        #expect(rows == [["on"]])
        #expect(throws: PostgresError.self) {
            try connection.query("CREATE TEMPORARY TABLE t ()", [], "writing")
        }
    }

    /// The statements of a role in a server's log, each on one line.
    private static func statements(in log: String, of role: String) -> [String] {
        var statements: [String] = []
        var isOurs = false
        for line in log.split(separator: "\n") {
            if line.hasPrefix("\t") {
                if isOurs, let last = statements.popLast() { statements.append(last + " " + line) }
                continue
            }
            isOurs = false
            guard line.hasPrefix(role + "|") else { continue }
            let marks = ["statement: ", "received replication command: ", "execute <unnamed>: "]
            for mark in marks {
                guard let range = line.firstRange(of: mark) else { continue }
                statements.append(String(line[range.upperBound...]))
                isOurs = true
                break
            }
        }
        return statements.map {
            $0.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
    }
}
