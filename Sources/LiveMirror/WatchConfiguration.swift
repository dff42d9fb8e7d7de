package import BillingModel
package import MirrorLog
import ParityReport

/// What `watch` is told to do: the file `watch.yaml`.
package struct WatchConfiguration: Hashable, Sendable {
    /// Where the store is kept.
    package var store: Store
    /// How long an account must be quiet for an episode to close.
    package var settle: TimeSpan
    /// The file of the policy that the brain decides under; `nil` for the standard one.
    package var policy: String?
    /// Where reports are written, a folder for each day.
    package var reports: String
    /// How often the day's report is written anew.
    package var every: TimeSpan
    /// Where metrics and health are served; `nil` for nowhere.
    package var status: Address?
    /// The database that is watched; `nil` for none.
    package var postgres: Database?
    /// Logs that others append to.
    package var follow: [Followed]

    /// A PostgreSQL database that is watched.
    package struct Database: Hashable, Sendable {
        /// A connection string of libpq, by keywords or a URL.
        package var connection: String
        /// The replication slot.
        package var slot: String
        /// The publication.
        package var publication: String
        /// The file that says what its tables mean; `nil` for the standard mapping.
        package var mapping: String?
    }

    /// Where a store is kept.
    package enum Store: Hashable, Sendable {
        /// In one SQLite file.
        case file(String)
        /// In PostgreSQL, by a connection string of libpq, the accounts split among several workers.
        case postgres(String, partitions: Int)
    }

    /// A log that another program appends to.
    package struct Followed: Hashable, Sendable {
        /// The name under which its position is kept.
        package var name: String
        /// The file.
        package var file: String
    }

    /// A host and a port.
    package struct Address: Hashable, Sendable, CustomStringConvertible {
        /// The host: a name or an IP address.
        package var host: String
        /// The port; 0 lets the system choose.
        package var port: UInt16

        package var description: String { "\(host):\(port)" }
    }

    private enum Key: String, CaseIterable {
        case store, judging, reports, status, postgres, follow
    }
    private enum JudgingKey: String, CaseIterable { case settle, policy }
    private enum ReportsKey: String, CaseIterable { case folder, every }
    private enum DatabaseKey: String, CaseIterable {
        case connection, slot, publication, mapping
    }
    private enum FollowKey: String, CaseIterable { case name, file }

    /// Reads the file's text.
    ///
    /// - Parameter yaml: The text.
    /// - Throws: ``RecordError`` with the line and the key that is wrong, missing or not known.
    package init(yaml: String) throws(RecordError) {
        guard let root = try YAMLNode.root(yaml) else {
            throw RecordError("the file is empty; it needs at least `store` and a source")
        }
        let fields = try root.fields(Key.self)
        store = try Store(fields.required(.store))
        let judging = try fields[.judging]?.fields(JudgingKey.self)
        settle = try judging?[.settle]?.span(.seconds(1)...(.days(30))) ?? .minutes(15)
        policy = try judging?[.policy]?.text()
        let reports = try fields[.reports]?.fields(ReportsKey.self)
        self.reports = try reports?[.folder]?.text() ?? "reports"
        every = try reports?[.every]?.span(.seconds(1)...(.days(30))) ?? .minutes(60)
        status = try fields[.status].map { node throws(RecordError) in try Address(node) }
        if let database = try fields[.postgres]?.fields(DatabaseKey.self) {
            postgres = Database(
                connection: try database.required(.connection).text(),
                slot: try database[.slot]?.text() ?? "dunning_mirror",
                publication: try database[.publication]?.text() ?? "dunning_mirror",
                mapping: try database[.mapping]?.text()
            )
        }
        follow = []
        for node in try fields[.follow]?.elements() ?? [] {
            let followed = try node.fields(FollowKey.self)
            let name = try followed.required(.name).text()
            guard !follow.contains(where: { $0.name == name }) else {
                throw node.error("has the name `\(name)` of another; each keeps its own position")
            }
            follow.append(Followed(name: name, file: try followed.required(.file).text()))
        }
        // A worker that only judges leaves the capturing to another.
        var isShared = false
        if case .postgres = store { isShared = true }
        guard isShared || postgres != nil || !follow.isEmpty else {
            throw root.error("names no source: give `postgres` a database or `follow` a log")
        }
    }
}

extension WatchConfiguration.Store {
    private enum Key: String, CaseIterable { case postgres, partitions }

    fileprivate init(_ node: YAMLNode) throws(RecordError) {
        guard node.isMapping else {
            self = .file(try node.text())
            return
        }
        let fields = try node.fields(Key.self)
        self = .postgres(
            try fields.required(.postgres).text(),
            partitions: Int(clamping: try fields[.partitions]?.number(1...1024) ?? 1)
        )
    }
}

extension WatchConfiguration.Address {
    fileprivate init(_ node: YAMLNode) throws(RecordError) {
        let text = try node.text()
        guard let colon = text.lastIndex(of: ":"), colon != text.startIndex,
            let port = UInt16(text[text.index(after: colon)...])
        else { throw node.unfit(text, "a host and a port such as `127.0.0.1:9464`") }
        self.init(host: String(text[..<colon]), port: port)
    }
}
