import BillingModel
import LiveMirror
import MirrorLog
import Testing

@Suite("a configuration of the live mirror")
struct WatchConfigurationTests {
    private let least = "store: m.sqlite\nfollow: [{ name: requests, file: r.ndjson }]\n"

    @Test("needs a store and a source, and has its habits for the rest")
    func defaults() throws {
        let configuration = try WatchConfiguration(yaml: least)
        #expect(configuration.store == .file("m.sqlite"))
        #expect(configuration.follow.map(\.name) == ["requests"])
        #expect(configuration.settle == .minutes(15))
        #expect(configuration.reports == "reports")
        #expect(configuration.every == .minutes(60))
        #expect(configuration.status == nil)
        #expect(configuration.policy == nil)
        #expect(configuration.postgres == nil)
    }

    @Test("says all that can be said")
    func all() throws {
        let configuration = try WatchConfiguration(
            yaml: least + """
                judging: { settle: 30m, policy: p.yaml }
                reports: { folder: out, every: 5m }
                status: 127.0.0.1:9464
                postgres: { connection: "host=db", slot: s, publication: p, mapping: m.yaml, mark_milliseconds: 200 }
                """
        )
        #expect(configuration.settle == .minutes(30))
        #expect(configuration.policy == "p.yaml")
        #expect(configuration.reports == "out")
        #expect(configuration.every == .minutes(5))
        #expect(configuration.postgres?.connection == "host=db")
        #expect(configuration.postgres?.slot == "s")
        #expect(configuration.postgres?.publication == "p")
        #expect(configuration.postgres?.mapping == "m.yaml")
        #expect(configuration.postgres?.markMilliseconds == 200)
        #expect(configuration.status?.description == "127.0.0.1:9464")
    }

    @Test("names Stripe's key and where it sends events")
    func stripe() throws {
        let configuration = try WatchConfiguration(
            yaml: """
                store: m.sqlite
                stripe:
                  key_file: key
                  mode: test
                  api: http://127.0.0.1:1
                  requests_a_second: 50
                  backfill: { every: 2s, lag: 3s, slice: 1d }
                  baselines: each
                  webhook:
                    listen: 127.0.0.1:8
                    path: /hook
                    secret_files: [new, old]
                    envelopes: { path: /bridge, token_file: token }
                """
        )
        let stripe = try #require(configuration.stripe)
        #expect(stripe.keyFile == "key")
        #expect(!stripe.isLive)
        #expect(stripe.api == "http://127.0.0.1:1")
        #expect(stripe.every == .seconds(2))
        #expect(stripe.lag == .seconds(3))
        #expect(stripe.slice == .days(1))
        #expect(stripe.requestsASecond == 50)
        #expect(stripe.baselines == .each)
        #expect(stripe.webhook?.listen.description == "127.0.0.1:8")
        #expect(stripe.webhook?.signed?.path == "/hook")
        #expect(stripe.webhook?.signed?.secretFiles == ["new", "old"])
        #expect(stripe.webhook?.envelopes?.path == "/bridge")
        #expect(stripe.webhook?.envelopes?.tokenFile == "token")
        let least = try WatchConfiguration(yaml: "store: m.sqlite\nstripe: { key_file: key }")
        #expect(least.stripe?.isLive == true)
        #expect(least.stripe?.slice == .minutes(60))
        #expect(least.stripe?.requestsASecond == 20)
        #expect(least.stripe?.webhook == nil)
        #expect(least.stripe?.baselines == .lists)
    }

    @Test("takes envelopes alone, and each path has its habit")
    func envelopes() throws {
        func webhook(_ fields: String) throws -> WatchConfiguration.Webhook? {
            try WatchConfiguration(
                yaml: """
                    store: m.sqlite
                    stripe: { key_file: k, webhook: { listen: "127.0.0.1:8", \(fields) } }
                    """
            ).stripe?.webhook
        }
        let bridge = try webhook("envelopes: { token_file: t }")
        #expect(bridge?.signed == nil)
        #expect(bridge?.envelopes?.path == "/envelopes")
        #expect(try webhook("secret_files: [s]")?.signed?.path == "/stripe")
        for (fields, words) in [
            ("path: /x, envelopes: { token_file: t }", "has no `secret_files`"),
            ("secret_files: []", "names no file"),
            ("envelopes: { path: /stripe, token_file: t }, secret_files: [s]", "give them another"),
            ("envelopes: { path: bridge, token_file: t }", "a path such as `/stripe`"),
            ("envelopes: { path: /healthz, token_file: t }", "a path such as `/stripe`"),
            ("envelopes: {}", "lacks `token_file`"),
        ] {
            let error = #expect(throws: RecordError.self) { try webhook(fields) }
            #expect(error?.reason.contains(words) == true, "\(error?.reason ?? "-")")
        }
        let nobody = "store: a\nstripe: { key_file: k, webhook: { listen: 127.0.0.1:8 } }"
        let error = #expect(throws: RecordError.self) { try WatchConfiguration(yaml: nobody) }
        #expect(error?.reason.contains("believes nobody") == true)
    }

    @Test("may share a store in PostgreSQL, and then needs no source of its own")
    func shared() throws {
        let configuration = try WatchConfiguration(
            yaml: #"store: { postgres: "host=db", partitions: 4 }"#
        )
        #expect(configuration.store == .postgres("host=db", partitions: 4))
    }

    @Test(
        "is refused with line, key and what would be right",
        arguments: [
            ("", "needs at least `store`"),
            ("store: a", "names no source"),
            ("follow: []", "lacks `store`"),
            ("store: a\nfolow: []", "line 2: `folow` is no key here; the keys are"),
            ("store: a\nstatus: 9464\nfollow: []", "`127.0.0.1:9464`"),
            ("store: a\nstatus: localhost:9464\nfollow: []", "`127.0.0.1:9464`"),
            ("store: a\nstatus: 127.0.0.256:1\nfollow: []", "`127.0.0.1:9464`"),
            ("store: a\nstatus: a:99999\nfollow: []", "`127.0.0.1:9464`"),
            ("store: a\njudging: { settle: never }", "a time such as 1h"),
            (
                "store: a\nfollow: [{name: x, file: a}, {name: x, file: b}]",
                "has the name `x` of another"
            ),
        ]
    )
    func refusals(_ yaml: String, _ words: String) {
        let error = #expect(throws: RecordError.self) { try WatchConfiguration(yaml: yaml) }
        #expect(error?.reason.contains(words) == true, "\(error?.reason ?? "-")")
    }
}
