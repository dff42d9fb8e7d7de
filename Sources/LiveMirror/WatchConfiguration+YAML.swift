import BillingModel
package import MirrorLog
import ParityReport
import StripeMirror

extension WatchConfiguration {
    private enum Key: String, CaseIterable {
        case store, judging, reports, status, postgres, stripe, follow
    }
    private enum JudgingKey: String, CaseIterable { case settle, policy }
    private enum ReportsKey: String, CaseIterable { case folder, every }
    private enum DatabaseKey: String, CaseIterable {
        case connection, slot, publication, mapping
        case markMilliseconds = "mark_milliseconds"
    }
    private enum StripeKey: String, CaseIterable {
        case keyFile = "key_file"
        case requestsASecond = "requests_a_second"
        case mode, api, backfill, baselines, webhook
    }
    private enum BackfillKey: String, CaseIterable { case every, lag, slice }
    private enum WebhookKey: String, CaseIterable {
        case listen, path
        case secretFiles = "secret_files"
        case envelopes
    }
    private enum EnvelopesKey: String, CaseIterable {
        case path
        case tokenFile = "token_file"
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
                mapping: try database[.mapping]?.text(),
                markMilliseconds: Int(
                    clamping: try database[.markMilliseconds]?.number(100...600_000) ?? 1000
                )
            )
        }
        stripe = try fields[.stripe].map { node throws(RecordError) in try Self.stripe(node) }
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
        guard isShared || postgres != nil || stripe != nil || !follow.isEmpty else {
            throw root.error(
                "names no source: give `postgres` a database, `stripe` a key, or `follow` a log"
            )
        }
    }
}

extension WatchConfiguration {
    private static func stripe(_ node: YAMLNode) throws(RecordError) -> Stripe {
        let fields = try node.fields(StripeKey.self)
        let backfill = try fields[.backfill]?.fields(BackfillKey.self)
        let spans = TimeSpan.seconds(1)...TimeSpan.days(1)
        return Stripe(
            keyFile: try fields.required(.keyFile).text(),
            isLive: try fields[.mode]?.word(["live", "test"]) != "test",
            api: try fields[.api]?.text(),
            every: try backfill?[.every]?.span(spans) ?? .seconds(15),
            lag: try backfill?[.lag]?.span(spans) ?? .minutes(2),
            slice: try backfill?[.slice]?.span(.minutes(1)...(.days(30))) ?? .minutes(60),
            requestsASecond: Int(
                clamping: try fields[.requestsASecond]?.number(1...100) ?? 20
            ),
            baselines: try baselines(fields[.baselines]),
            webhook: try fields[.webhook].map { node throws(RecordError) in try webhook(node) }
        )
    }

    private static func baselines(
        _ node: YAMLNode?
    ) throws(RecordError) -> StripeWatch.Baselines {
        let word = try node?.word(StripeWatch.Baselines.allCases.map(\.rawValue))
        return word.flatMap { StripeWatch.Baselines(rawValue: $0) } ?? .lists
    }

    private static func webhook(_ node: YAMLNode) throws(RecordError) -> Webhook {
        let fields = try node.fields(WebhookKey.self)
        let webhook = Webhook(
            listen: try Address(fields.required(.listen)),
            signed: try signed(fields[.path], fields[.secretFiles]),
            envelopes: try fields[.envelopes].map { node throws(RecordError) in
                try envelopes(node)
            }
        )
        guard webhook.signed != nil || webhook.envelopes != nil else {
            throw node.error(
                "believes nobody: give `secret_files` for what Stripe signs, or `envelopes` with a "
                    + "`token_file` for what EventBridge or Event Grid passes on"
            )
        }
        guard webhook.signed?.path != webhook.envelopes?.path else {
            throw node.error("takes envelopes at the path of what Stripe signs; give them another")
        }
        return webhook
    }

    private static func signed(
        _ path: YAMLNode?,
        _ secrets: YAMLNode?
    ) throws(RecordError) -> Signed? {
        guard let secrets else {
            guard let path else { return nil }
            throw path.error("has no `secret_files` beside it: nothing could be believed there")
        }
        var files: [String] = []
        for element in try secrets.elements() { files.append(try element.text()) }
        guard !files.isEmpty else { throw secrets.error("names no file of a signing secret") }
        return Signed(path: try path?.slashed() ?? "/stripe", secretFiles: files)
    }

    private static func envelopes(_ node: YAMLNode) throws(RecordError) -> Envelopes {
        let fields = try node.fields(EnvelopesKey.self)
        return Envelopes(
            path: try fields[.path]?.slashed() ?? "/envelopes",
            tokenFile: try fields.required(.tokenFile).text()
        )
    }
}

extension YAMLNode {
    /// The path of an address, with its slash.
    fileprivate func slashed() throws(RecordError) -> String {
        let path = try text()
        guard path.hasPrefix("/"), path.count > 1, path != WebhookTap.healthPath else {
            throw unfit(path, "a path such as `/stripe`, and not the one of the tap's health")
        }
        return path
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
            let port = UInt16(text[text.index(after: colon)...]), isIPv4(text[..<colon])
        else { throw node.unfit(text, "an IPv4 address and a port such as `127.0.0.1:9464`") }
        self.init(host: String(text[..<colon]), port: port)
    }
}

/// Whether a text is four numbers with points between them, which is what can be listened on.
private func isIPv4(_ text: Substring) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4
        && parts.allSatisfy { part in
            part.utf8.allSatisfy { (48...57).contains($0) } && UInt8(part) != nil
        }
}
