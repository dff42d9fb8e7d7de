import BillingModel
import Dispatch
import Foundation
import MirrorLog
import PostgresMirror
import Synchronization
import ThrowawayPostgres

/// How quick the PostgreSQL mirror is by itself, into a sink that keeps nothing: baselines of many
/// accounts, and changes that wait in the slot, which nobody makes meanwhile.
@main
struct PostgresRate {
    private static let clients = 4

    /// Each transaction names its run and changes two rows.
    private static func script(_ accounts: Int) -> String {
        """
        \\set n random(1, \(accounts))
        BEGIN;
        SELECT pg_logical_emit_message(true, 'dunning-path', '{"path":"C","trigger":"evt_:n"}');
        UPDATE subs_account SET flags = flags + 1 WHERE id = 'acct_' || :n;
        UPDATE subs_customer SET legal_entity = legal_entity || 'x' WHERE account_id = 'acct_' || :n;
        COMMIT;
        """
    }

    private static func setUp(_ accounts: Int) -> String {
        """
        INSERT INTO subs_account SELECT 'acct_' || n, 'pay_go' FROM generate_series(1, \(accounts)) n;
        INSERT INTO subs_customer
            SELECT 'acct_' || n, 'cus_' || n, NULL, 'e' FROM generate_series(1, \(accounts)) n;
        INSERT INTO subs_subscription
            SELECT 'sub_' || n, 'acct_' || n, 'active', NULL, ARRAY['si_' || n]
            FROM generate_series(1, \(accounts)) n;
        """
    }

    static func main() throws {
        let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        let accounts = numbers.first ?? 1_000_000
        let transactions = (numbers.dropFirst().first ?? 100_000) / clients * clients
        let server = try ThrowawayPostgres()
        let database = try server.makeDatabase(TryoutDDL.sql)
        try server.sql(setUp(accounts), in: database)
        var settings = PostgresSettings(
            target: server.target(database, user: "dunning_mirror"),
            slot: "rate",
            mapping: try RowMapping(yaml: RowMapping.standardYAML)
        )
        settings.batchRecords = 1000
        let sink = IdleSink()

        let start = DispatchTime.now()
        try follow(settings, sink) { isStreaming in isStreaming }
        report("baselines", sink.count(.baseline), since: start)

        let clientsAndCount = ["-c", "\(clients)", "-t", "\(transactions / clients)"]
        try server.pgbench(script(accounts), in: database, clientsAndCount)
        let begin = Mutex<DispatchTime?>(nil)
        try follow(settings, sink) { isStreaming in
            if isStreaming { begin.withLock { $0 = $0 ?? .now() } }
            return sink.count(.change) >= 2 * transactions
        }
        if let begin = begin.withLock({ $0 }) {
            report("changes", sink.count(.change), since: begin)
            report("runs of paths among them", sink.count(.execution), since: begin)
        }
    }

    /// Lets the mirror run until it has what it is to have.
    ///
    /// - Parameters:
    ///   - settings: The database.
    ///   - sink: Where it hands on.
    ///   - isDone: Asked often, whether the stream has begun given.
    /// - Throws: What ends the mirror.
    private static func follow(
        _ settings: PostgresSettings,
        _ sink: IdleSink,
        until isDone: @escaping (Bool) -> Bool
    ) throws {
        let isStreaming = Mutex(false)
        let source = PostgresSource(
            settings,
            sink: sink,
            clock: .system,
            stripeParts: { { $0.legacyStripePart } }
        ) { event in
            if case .streaming = event { isStreaming.withLock { $0 = true } }
        }
        try source.run { isDone(isStreaming.withLock { $0 }) }
    }

    private static func report(_ what: String, _ count: Int, since start: DispatchTime) {
        let end = DispatchTime.now()
        let milliseconds = max(1, (end.uptimeNanoseconds - start.uptimeNanoseconds) / 1_000_000)
        let rate = UInt64(count) * 1000 / milliseconds
        print("\(what): \(count) in \(Double(milliseconds) / 1000) s, \(rate) a second")
    }
}

/// A sink that counts and keeps nothing but positions.
private final class IdleSink: CaptureSink {
    private let state = Mutex((counts: [MirrorRecord.Kind: Int](), positions: [String: String]()))

    func count(_ kind: MirrorRecord.Kind) -> Int { state.withLock { $0.counts[kind] ?? 0 } }

    func keep(_ batch: CapturedBatch) -> Int {
        state.withLock { state in
            for record in batch.records { state.counts[record.record.kind, default: 0] += 1 }
            if let position = batch.position { state.positions[batch.source] = position }
        }
        return 0
    }

    func position(of source: String) -> String? { state.withLock { $0.positions[source] } }
}
