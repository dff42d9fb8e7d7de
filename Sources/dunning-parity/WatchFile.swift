import ArgumentParser
import DunningBrain
import LiveMirror
import MirrorLog
import MirrorStore
import ParityReport
import PostgresMirror
import ShadowRun
import StripeMirror

/// The file that says what to watch.
struct WatchFile: ParsableArguments {
    @Option(help: ArgumentHelp("The configuration, in YAML.", valueName: "file"))
    var config: String

    @Flag(
        help: ArgumentHelp(
            "Go on though the database role could write what is watched.",
            discussion:
                "For a trial on a database of no worth: nothing then proves that the mirror "
                + "only reads."
        )
    )
    var acceptADatabaseRoleThatCanWrite = false

    @Flag(
        help: ArgumentHelp(
            "Go on though the Stripe key could write.",
            discussion: "The mirror sends GET alone; but nothing then proves it to Stripe."
        )
    )
    var acceptAStripeKeyThatCanWrite = false

    /// Reads it.
    func read() throws(CommandFailure) -> WatchConfiguration {
        let text = try TextFile.read(config)
        do throws(RecordError) {
            return try WatchConfiguration(yaml: text)
        } catch {
            throw CommandFailure(code: .data, message: "`\(config)`: \(error.reason)")
        }
    }

    /// What verdicts depend on, with the policy read from its file.
    func settings(_ configuration: WatchConfiguration) throws(CommandFailure) -> JudgeSettings {
        let path = configuration.policy
        return JudgeSettings(
            settle: configuration.settle,
            policy: try path.map { path throws(CommandFailure) in try PolicyFile.read(path) }
                ?? .init()
        )
    }

    /// How the database is watched; `nil` where none is.
    func database(
        _ configuration: WatchConfiguration
    ) throws(CommandFailure) -> PostgresSettings? {
        guard let database = configuration.postgres else { return nil }
        let yaml = try database.mapping.map { path throws(CommandFailure) in
            try TextFile.read(path)
        }
        do throws(RecordError) {
            var settings = PostgresSettings(
                target: database.connection,
                slot: database.slot,
                publication: database.publication,
                mapping: try Self.mapping(yaml)
            )
            settings.markMilliseconds = database.markMilliseconds
            settings.allowsWritingRole = acceptADatabaseRoleThatCanWrite
            return settings
        } catch {
            let file = database.mapping ?? "the standard mapping"
            throw CommandFailure(code: .data, message: "`\(file)`: \(error.reason)")
        }
    }

    /// How Stripe is watched, its secrets read; `nil` where it is not.
    func stripe(_ configuration: WatchConfiguration) throws(CommandFailure) -> StripeWatch? {
        guard let stripe = configuration.stripe else { return nil }
        do throws(StripeFailure) {
            var watch = StripeWatch(
                connection: CurlSettings(
                    address: try stripe.api.map { api throws(StripeFailure) in
                        try StripeAddress(api, allowsPlainLoopback: true)
                    } ?? .stripe,
                    key: StripeKey(try secret(stripe.keyFile))
                ),
                mode: stripe.isLive ? .live : .test,
                every: stripe.every,
                lag: stripe.lag,
                slice: stripe.slice,
                requestsASecond: stripe.requestsASecond,
                baselines: stripe.baselines,
                webhook: try stripe.webhook.map { webhook throws(StripeFailure) in
                    try tap(webhook)
                }
            )
            watch.acceptsWritingKey = acceptAStripeKeyThatCanWrite
            return watch
        } catch {
            throw CommandFailure(code: .data, message: "`\(config)`: stripe: \(error)")
        }
    }

    private func tap(
        _ webhook: WatchConfiguration.Webhook
    ) throws(StripeFailure) -> WebhookTap.Settings {
        var routes: [WebhookRoute] = []
        if let signed = webhook.signed { routes.append(try route(signed)) }
        if let envelopes = webhook.envelopes { routes.append(try route(envelopes)) }
        return WebhookTap.Settings(
            host: webhook.listen.host,
            port: webhook.listen.port,
            routes: routes
        )
    }

    private func route(
        _ signed: WatchConfiguration.Signed
    ) throws(StripeFailure) -> WebhookRoute {
        var secrets: [WebhookSecret] = []
        for file in signed.secretFiles {
            guard let secret = WebhookSecret(try secret(file)) else {
                throw .transport(.setUp("`\(file)` holds no signing secret, whsec_…"))
            }
            secrets.append(secret)
        }
        return WebhookRoute(
            path: signed.path,
            trust: .signature(WebhookSignature(secrets: secrets))
        )
    }

    private func route(
        _ envelopes: WatchConfiguration.Envelopes
    ) throws(StripeFailure) -> WebhookRoute {
        let file = envelopes.tokenFile
        guard let token = WebhookToken(try secret(file)) else {
            throw .transport(
                .setUp(
                    "`\(file)` holds no token of 16 bytes at least: `openssl rand -hex 32 > \(file)`"
                )
            )
        }
        return WebhookRoute(path: envelopes.path, trust: .token(token))
    }

    /// The text of a file that nobody else should read.
    private func secret(_ path: String) throws(StripeFailure) -> String {
        do throws(CommandFailure) {
            return try TextFile.read(path)
        } catch {
            throw .transport(.setUp(error.message))
        }
    }

    /// Refuses a key that could write.
    func refuseDanger(_ stripe: StripeWatch) throws(CommandFailure) {
        let grave = stripe.keyCheck.findings.filter(\.isRefusal)
        guard !grave.isEmpty else { return }
        let list = grave.map { "  \($0)" }.joined(separator: "\n")
        throw CommandFailure(
            code: .refused,
            message: "the Stripe key must not be used:\n\(list)\nNothing was started."
        )
    }

    private static func mapping(_ yaml: String?) throws(RecordError) -> RowMapping {
        guard let yaml else { return try .standard() }
        return try RowMapping(yaml: yaml)
    }

    /// Refuses a database that could be written to.
    ///
    /// One that can't be reached is not refused: it is tried again while the mirror runs, and looked at
    /// before anything is read.
    func refuseDanger(_ settings: PostgresSettings) throws(CommandFailure) {
        let grave = Doctor.examine(settings).filter { $0.severity == .wrong && $0.isDanger }
        guard !grave.isEmpty else { return }
        let list = grave.map { "  \($0.words)" }.joined(separator: "\n")
        let sql = RoleSQL.text(
            role: "dunning_mirror",
            publication: settings.publication,
            mapping: settings.mapping
        )
        throw CommandFailure(
            code: .refused,
            message: "the database role could write what is watched:\n\(list)\n"
                + "Nothing was started. The SQL for a role that can only read:\n\n\(sql)"
        )
    }

    /// Opens the store.
    func store(
        _ configuration: WatchConfiguration
    ) throws(CommandFailure) -> any MirrorStore {
        do throws(CaptureError) {
            switch configuration.store {
            case .file(let path): return try SQLiteStore(path: path)
            case .postgres(let target, _): return try PostgresStore(target: target)
            }
        } catch {
            throw CommandFailure(code: .inputOutput, message: "`\(config)`: \(error)")
        }
    }
}
