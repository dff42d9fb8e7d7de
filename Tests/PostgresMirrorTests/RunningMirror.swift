import BillingModel
import Foundation
import MirrorLog
import PostgresMirror
import Synchronization
import Testing
import ThrowawayPostgres

/// The server that tests share which leave it running; made when it is first asked for.
enum SharedServer {
    private static let made = Result { try ThrowawayPostgres() }

    static func get() throws -> ThrowawayPostgres { try made.get() }
}

/// A mirror on a thread of its own.
final class RunningMirror: Sendable {
    let sink: MemorySink
    private let state = Mutex(State())

    private struct State {
        var shouldStop = false
        var hasEnded = false
        var error: PostgresError?
        var events: [PostgresEvent] = []
    }

    init(
        _ settings: PostgresSettings,
        _ sink: MemorySink = MemorySink(),
        stripePart: @escaping @Sendable (BaselineAccount) -> [UInt8]? = { $0.legacyStripePart }
    ) {
        self.sink = sink
        let thread = Thread {
            let source = PostgresSource(
                settings,
                sink: sink,
                clock: .system,
                stripeParts: { stripePart }
            ) { event in
                self.state.withLock { $0.events.append(event) }
            }
            var failure: PostgresError?
            do throws(PostgresError) {
                try source.run { self.state.withLock { $0.shouldStop } }
            } catch {
                failure = error
            }
            self.state.withLock { state in
                state.error = failure
                state.hasEnded = true
            }
        }
        thread.start()
    }

    deinit {
        state.withLock { $0.shouldStop = true }
    }

    var events: [PostgresEvent] { state.withLock { $0.events } }

    var error: PostgresError? { state.withLock { $0.error } }

    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// All that was counted.
    var tally: CaptureTally {
        var sum = CaptureTally()
        for event in events { if case .kept(let tally, _) = event { sum.add(tally) } }
        return sum
    }

    /// How often the stream began.
    var streams: Int {
        events.count { if case .streaming = $0 { true } else { false } }
    }

    /// Waits until something holds, or the test is given up.
    func wait(
        _ what: String,
        seconds: Int = 240,
        sourceLocation: SourceLocation = #_sourceLocation,
        until isTrue: () throws -> Bool
    ) throws {
        for _ in 0..<seconds * 50 {
            if try isTrue() { return }
            if hasEnded, let error { throw error }
            usleep(20_000)
        }
        let last = events.suffix(3).map { "\($0)" }.joined(separator: "; ")
        Issue.record("waited in vain: \(what); last: \(last)", sourceLocation: sourceLocation)
        throw CancellationError()
    }

    /// Waits until it follows the changes.
    func waitForStream() throws {
        try wait("the stream to begin") { streams > 0 }
    }

    /// Stops it and waits for its end.
    func stop() throws {
        state.withLock { $0.shouldStop = true }
        for _ in 0..<12_000 {
            if hasEnded { return }
            usleep(10_000)
        }
        Issue.record("the mirror does not stop")
    }
}

/// Settings for a database of the tests.
func settings(
    _ server: ThrowawayPostgres,
    _ database: String,
    through folder: String? = nil,
    user: String = "dunning_mirror",
    rules: String = "[]"
) throws -> PostgresSettings {
    let yaml = RowMapping.standardYAML.replacing("rules: []", with: "rules: \(rules)")
    var settings = PostgresSettings(
        target: server.target(database, user: user, through: folder),
        // Slots belong to the whole server.
        slot: "slot_" + database,
        mapping: try RowMapping(yaml: yaml)
    )
    settings.markMilliseconds = 100
    settings.batchMilliseconds = 20
    settings.margin = .zero
    // A dozen cuts in a row must not add up to minutes.
    settings.longestRetryMilliseconds = 500
    settings.seed = 7
    return settings
}
