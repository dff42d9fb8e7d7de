import StripeMirror
import Testing

struct StripeKeyTests {
    private static let tail = "51AbCdEfGh0123456789"

    @Test(
        "a key is told by its prefix",
        arguments: [
            ("rk_live_\(tail)", StripeKey.Kind.restricted(.live)),
            ("rk_test_\(tail)", .restricted(.test)), ("sk_live_\(tail)", .secret(.live)),
            ("sk_test_\(tail)", .secret(.test)), ("pk_live_\(tail)", .publishable),
            ("whsec_\(tail)", .webhookSecret), ("", .empty), (" \n", .empty),
            ("rk_live_", .unknown),
            ("rk_live_short", .unknown), ("rk_live_\(tail)\r\nX-Evil: 1", .unknown),
            ("rk_live_ \(tail)", .unknown), ("RK_LIVE_\(tail)", .unknown),
            ("ek_live_\(tail)", .unknown),
            ("  rk_live_\(tail)\n", .restricted(.live)),
        ]
    )
    func kinds(text: String, kind: StripeKey.Kind) {
        #expect(StripeKey(text).kind == kind)
        #expect(text.count < 12 || !"\(StripeKey(text))".contains(Self.tail))
    }

    @Test(
        "a mirror starts with a restricted key of its mode, and with no other",
        arguments: [
            ("rk_live_", true, true), ("rk_test_", false, false), ("sk_live_", false, true),
            ("sk_test_", false, false), ("pk_live_", false, false), ("whsec_", false, false),
            ("xx_live_", false, false),
        ]
    )
    func check(prefix: String, isAccepted: Bool, isAcceptedInDanger: Bool) {
        let key = StripeKey(prefix + Self.tail)
        #expect(StripeKeyCheck(key, mode: .live).isAccepted == isAccepted)
        let danger = StripeKeyCheck(key, mode: .live, acceptsWriting: true)
        #expect(danger.isAccepted == isAcceptedInDanger)
        #expect(!danger.findings.isEmpty)
        #expect(danger.findings.allSatisfy { !$0.description.contains(Self.tail) })
    }

    @Test("of a restricted key it is said that only the Dashboard shows what it may do")
    func dashboard() {
        let check = StripeKeyCheck(StripeKey("rk_live_" + Self.tail), mode: .live)
        #expect(check.findings.map(\.what).contains { $0.contains("only the Dashboard") })
    }

    @Test(
        "an address is one of TLS, but for this machine where that is allowed",
        arguments: [
            ("https://api.stripe.com", false, true), ("https://host:8443", false, true),
            ("http://127.0.0.1:80", true, true), ("http://localhost:80", true, true),
            ("http://[::1]:80", true, true), ("http://127.0.0.1:80", false, false),
            ("http://127.0.0.1.evil.com", true, false), ("http://localhost.evil.com", true, false),
            ("http://api.stripe.com", true, false), ("ftp://127.0.0.1", true, false),
            ("https://user:pass@host", false, false), ("https://host/path", false, false),
            ("https://host?query", false, false), ("https://", false, false), ("", false, false),
            ("https://ho st", false, false), ("file:///etc/passwd", true, false),
        ]
    )
    func address(text: String, allowsPlain: Bool, isGood: Bool) {
        let address = try? StripeAddress(text, allowsPlainLoopback: allowsPlain)
        #expect((address != nil) == isGood)
    }
}
