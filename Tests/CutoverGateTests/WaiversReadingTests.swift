import BillingModel
import CutoverGate
import DivergenceAnalysis
import MirrorLog
import ShadowRun
import Testing

/// Files of waivers.
enum WaiverFile {
    /// One waiver and one sign-off, each key on a line of its own.
    static let example = """
        waivers:
          - id: race-phase-1
            class: race
            phase: 1
            ticket: BILLACCT-756
            owner: billing-oncall
            role: engineering
            reason: >
              Two legacy paths ran at once;
              the brain decides one at a time.
            expires: 2026-03-31
            cap:
              count: 40
              money: {usd: 12300, eur: 0}
        sign_offs:
          - account_type: pay_go
            role: product
            by: product-lead
            policy: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
            at: 2026-03-01T09:00:00Z
        """

    /// A waiver's text on a line.
    static func waiver(_ id: String, _ cause: String, phase: Int) -> String {
        "  - {id: \(id), class: \(cause), phase: \(phase), ticket: T-1, owner: billing-oncall, "
            + "role: support, reason: known, expires: 2026-03-31, cap: {count: 1, money: {}}}\n"
    }
}

@Suite("a file of waivers")
struct WaiversReadingTests {
    @Test("a waiver and a sign-off are read in full")
    func example() throws {
        let file = try Waivers(yaml: WaiverFile.example)
        let waiver = try #require(file.waivers.first)
        #expect(file.waivers.count == 1)
        #expect(waiver.id == "race-phase-1")
        #expect(waiver.cause == .race)
        #expect(waiver.phase == .webhooks)
        #expect(waiver.ticket == "BILLACCT-756")
        #expect(waiver.owner == "billing-oncall")
        #expect(waiver.role == "engineering")
        #expect(
            waiver.reason == "Two legacy paths ran at once; the brain decides one at a time."
        )
        #expect(waiver.expires.description == "2026-04-01T00:00:00Z")
        #expect(waiver.cap.count == 40)
        #expect(waiver.cap.money.metadataText == "eur:0,usd:12300")
        let signOff = try #require(file.signOffs.first)
        #expect(file.signOffs.count == 1)
        #expect(signOff.type == .payGo)
        #expect(signOff.role == "product")
        #expect(signOff.by == "product-lead")
        #expect(signOff.policy.hasPrefix("0123456789abcdef0123"))
        #expect(signOff.at.description == "2026-03-01T09:00:00Z")
    }

    @Test("an empty file waives nothing", arguments: ["", "waivers: []", "{sign_offs: []}"])
    func empty(_ yaml: String) throws { #expect(try Waivers(yaml: yaml) == Waivers()) }

    @Test(
        "what is wrong is said with its place and with what is allowed",
        arguments: [
            ("class: race", "class: brain_defect", "line 3: `waivers[0].class` is refused: "),
            ("class: race", "class: brain_defect", "the brain itself is wrong"),
            ("class: race", "class: unexplained", "nobody can answer for what nobody understands"),
            ("class: race", "class: races", "`races`, not a class that can be waived: `voided"),
            ("class: race", "class: Brain_Defect", "not a class that can be waived"),
            ("    phase: 1\n", "", "line 2: `waivers[0]` lacks `phase`"),
            (
                "    reason: >\n", "    why: >\n",
                "`waivers[0].why` is no key here; the keys are `id`"
            ),
            (
                "phase: 1", "phase: 5",
                "line 4: `waivers[0].phase` is `5`, not a whole number from 1"
            ),
            ("phase: 1", "phase: one", "`one`, not a whole number from 1 to 4"),
            ("id: race-phase-1", "id: ''", "`waivers[0].id` is empty"),
            ("id: race-phase-1", "id: \"a\\e[2J\"", "`waivers[0].id` has characters that can't"),
            ("ticket: BILLACCT-756", "ticket:", "`waivers[0].ticket` is empty"),
            ("ticket: BILLACCT-756", "ticket: ~", "`waivers[0].ticket` is empty"),
            ("owner: billing-oncall", "owner: [a]", "`waivers[0].owner` is not a text"),
            (
                "role: engineering", "role: intern",
                "`intern`, not `engineering` or `finance` or `product` or `support`"
            ),
            ("expires: 2026-03-31", "expires: 2026-02-29", "`2026-02-29`, not a date such as"),
            ("expires: 2026-03-31", "expires: never", "`never`, not a date such as"),
            ("expires: 2026-03-31", "expires: 2026-03-31T12:00:00", "not a date such as"),
            ("    expires: 2026-03-31\n", "", "`waivers[0]` lacks `expires`"),
            ("count: 40", "count: 0", "`waivers[0].cap.count` is `0`, not a whole number from 1"),
            ("count: 40", "counts: 40", "`waivers[0].cap.counts` is no key here"),
            ("money: {usd: 12300, eur: 0}", "money: 5", "`waivers[0].cap.money` is not a mapping"),
            ("      money: {usd: 12300, eur: 0}\n", "", "`waivers[0].cap` lacks `money`"),
            ("usd: 12300", "usd: 123.00", "`waivers[0].cap.money.usd` is `123.00`, not a whole"),
            ("usd: 12300", "usd: -1", "`-1`, not a whole number from 0"),
            ("usd: 12300", "USD: 12300", "`waivers[0].cap.money.USD` is no currency"),
            ("usd: 12300", "dollars: 12300", "`waivers[0].cap.money.dollars` is no currency"),
            ("usd: 12300", "eur: 1", "`eur` stands twice"),
            ("waivers:\n", "waiver:\n", "line 2: `waiver` is no key here"),
            ("sign_offs:\n", "waivers:\n", "`waivers` stands twice"),
            ("account_type: pay_go", "account_type: pay_gone", "not an account type of the lists"),
            ("role: product", "role: support", "`sign_offs[0].role` is `support`, not `finance`"),
            ("policy: 0123", "policy: 012", "`sign_offs[0].policy` is `012456789"),
            ("at: 2026-03-01T09:00:00Z", "at: 2026-03-01", "not an RFC 3339 time"),
            ("    by: product-lead\n", "", "`sign_offs[0]` lacks `by`"),
        ]
    )
    func wrong(_ old: String, _ new: String, _ message: String) throws {
        #expect(WaiverFile.example.contains(old))
        let yaml = WaiverFile.example.replacing(old, with: new, maxReplacements: 1)
        let error = #expect(throws: RecordError.self) { try Waivers(yaml: yaml) }
        let reason = try #require(error).reason
        #expect(reason.contains(message), "\(reason)")
        #expect(reason.hasPrefix("line "))
    }

    @Test("one id, or one class in one phase, is waived once")
    func doubles() throws {
        let head = "waivers:\n" + WaiverFile.waiver("a", "race", phase: 1)
        let both = try Waivers(
            yaml: head + WaiverFile.waiver("b", "race", phase: 2)
                + WaiverFile.waiver("c", "timing", phase: 1)
        )
        #expect(both.waivers.map(\.id) == ["a", "b", "c"])
        for (second, message) in [
            (WaiverFile.waiver("a", "timing", phase: 2), "`a` is the id of another waiver as well"),
            (WaiverFile.waiver("b", "race", phase: 1), "`a` waives `race` in phase 1 as well"),
        ] {
            let error = #expect(throws: RecordError.self) { try Waivers(yaml: head + second) }
            #expect(error?.reason == "line 3: `waivers[1]` is refused: " + message)
        }
    }

    @Test("the order of the file makes no difference")
    func order() throws {
        let lines = [("c", "timing", 1), ("a", "race", 2), ("b", "race", 1)].map {
            WaiverFile.waiver($0.0, $0.1, phase: $0.2)
        }
        let file = try Waivers(yaml: "waivers:\n" + lines.joined())
        #expect(try Waivers(yaml: "waivers:\n" + lines.reversed().joined()) == file)
        #expect(file.waivers.map(\.id) == ["b", "a", "c"])
    }

    @Test("who may own a waiver, and who signs, is the configuration's to say")
    func roles() throws {
        let configuration = try GateConfiguration(
            yaml: "{roles: [engineering], sign_off_roles: [product]}"
        )
        #expect(throws: Never.self) {
            try Waivers(yaml: WaiverFile.example, configuration: configuration)
        }
        let yaml = "waivers:\n" + WaiverFile.waiver("a", "race", phase: 1)
        let error = #expect(throws: RecordError.self) {
            try Waivers(yaml: yaml, configuration: configuration)
        }
        #expect(error?.reason.hasSuffix("is `support`, not `engineering`") == true)
    }

    @Test(
        "no waiver of a brain defect or of the unexplained can be made, not even in code",
        arguments: DivergenceClass.allCases
    )
    func classes(_ cause: DivergenceClass) {
        let waiver = try? Waiver(
            id: "w",
            cause: cause,
            phase: .webhooks,
            ticket: "T-1",
            owner: "billing-oncall",
            role: "support",
            reason: "known",
            expires: Instant(microseconds: 0),
            cap: Waiver.Cap(count: 1, money: Amounts())
        )
        #expect((waiver == nil) == (cause == .brainDefect || cause == .unexplained))
    }
}
