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
                  backfill: { every: 2s, lag: 3s }
                  webhook: { listen: "127.0.0.1:8", path: /hook, secret_files: [new, old] }
                """
        )
        let stripe = try #require(configuration.stripe)
        #expect(stripe.keyFile == "key")
        #expect(!stripe.isLive)
        #expect(stripe.api == "http://127.0.0.1:1")
        #expect(stripe.every == .seconds(2))
        #expect(stripe.lag == .seconds(3))
        #expect(stripe.webhook?.listen.description == "127.0.0.1:8")
        #expect(stripe.webhook?.path == "/hook")
        #expect(stripe.webhook?.secretFiles == ["new", "old"])
        let least = try WatchConfiguration(yaml: "store: m.sqlite\nstripe: { key_file: key }")
        #expect(least.stripe?.isLive == true)
        #expect(least.stripe?.webhook == nil)
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
