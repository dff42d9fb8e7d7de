import BillingModel
import StripeMirror
import Testing

struct WebhookSignatureTests {
    private static let second: Int64 = 1_772_323_200
    private static let now = Instant(microseconds: second * 1_000_000)
    private static let body = MadeUpEvent.pretty("evt_1", created: second).bytes

    private func secret(_ text: String) throws -> WebhookSecret {
        try #require(WebhookSecret(text))
    }

    private func check(_ secrets: String...) throws -> WebhookSignature {
        WebhookSignature(secrets: try secrets.map { try secret($0) })
    }

    private static func header(
        _ key: String,
        at second: Int64 = second,
        _ body: [UInt8] = body
    ) -> String {
        "t=\(second),v1=" + SlowHMAC.hexadecimal("\(second).".bytes + body, key: key.bytes)
    }

    @Test("the slow way is right: RFC 4231's second case")
    func oracle() {
        let digest = SlowHMAC.hexadecimal("what do ya want for nothing?".bytes, key: "Jefe".bytes)
        #expect(digest == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test("a body is believed with the signature that the slow way gives it", arguments: 0..<40)
    func random(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let body = (0..<random.below(300)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let key =
            "whsec_" + (0..<(8 + random.below(90))).map { _ in "k\(random.below(10))" }.joined()
        let header = Self.header(key, body)
        #expect(try check(key).check(header, body, at: Self.now) == Self.now)
        let secret = try secret(key)
        #expect(secret.header(for: body, at: Self.now) == "Stripe-Signature: \(header)")
        for place in body.indices where random.below(20) == 0 {
            var other = body
            other[place] ^= 1 << UInt8(random.below(8))
            #expect(throws: WebhookSignature.Problem.mismatch) {
                try check(key).check(header, other, at: Self.now)
            }
        }
    }

    @Test("the signature that Stripe's own Python client gives a body is believed")
    func official() throws {
        let body = "{\n  \"id\": \"evt_1\",\n  \"object\": \"event\",\n  \"created\": 1772323200\n}"
        let header =
            "t=1772323200,v1=08a9a5f4d11de13aed17fbe53f8f93011aea7d20518a1eaa6eb2ef7ef14d6a47"
        let check = try check("whsec_0123456789abcdef")
        #expect(try check.check(header, body.bytes, at: Self.now) == Self.now)
    }

    @Test("any v1 under any secret will do, so that a secret can be rolled")
    func rotation() throws {
        let (old, new) = ("whsec_old_secret", "whsec_new_secret")
        let zeros = String(repeating: "0", count: 64)
        let good = Self.header(new).split(separator: "=").last ?? ""
        let both = "t=\(Self.second),v1=\(zeros),v0=junk,v1=\(good)"
        #expect(throws: Never.self) { try check(old, new).check(both, Self.body, at: Self.now) }
        #expect(throws: Never.self) {
            try check(new, old).check(Self.header(old), Self.body, at: Self.now)
        }
        #expect(throws: WebhookSignature.Problem.mismatch) {
            try check(old).check(both, Self.body, at: Self.now)
        }
        #expect(throws: WebhookSignature.Problem.mismatch) {
            try WebhookSignature(secrets: []).check(both, Self.body, at: Self.now)
        }
    }

    @Test("v0 is passed over, whatever it is")
    func otherSchemes() throws {
        let header = Self.header("whsec_some_secret").replacing("v1=", with: "v0=")
        #expect(throws: WebhookSignature.Problem.malformed("no `v1` is a SHA-256")) {
            try check("whsec_some_secret").check(header, Self.body, at: Self.now)
        }
    }

    @Test(
        "a time stamp may be off by the tolerance, and not by more, on either side",
        arguments: [(-301, false), (-300, true), (0, true), (300, true), (301, false)]
    )
    func tolerance(offset: Int64, isBelieved: Bool) throws {
        let header = Self.header("whsec_some_secret", at: Self.second + offset)
        let check = try check("whsec_some_secret")
        do {
            try check.check(header, Self.body, at: Self.now)
            #expect(isBelieved)
        } catch {
            #expect(!isBelieved)
            let expected: WebhookSignature.Problem =
                offset < 0 ? .tooOld(.seconds(-offset)) : .inFuture(.seconds(offset))
            #expect(error == expected)
        }
    }

    @Test(
        "of a time stamp that Stripe did not write nothing is said but that the signature is wrong"
    )
    func forgedTime() throws {
        let header = Self.header("whsec_other_secret", at: 0)
        #expect(throws: WebhookSignature.Problem.mismatch) {
            try check("whsec_some_secret").check(header, Self.body, at: Self.now)
        }
    }

    @Test(
        "a head that is none is refused, whatever it holds",
        arguments: [
            "", "t=", "t=1", "v1=\(String(repeating: "0", count: 64))", "t=1,v1=", "t=1,v1=00",
            "t=x,v1=\(String(repeating: "0", count: 64))",
            "t=-1,v1=\(String(repeating: "0", count: 64))",
            "t=1,t=2,v1=\(String(repeating: "0", count: 64))",
            "t=99999999999999999999,v1=\(String(repeating: "0", count: 64))",
            "t=1,v1=\(String(repeating: "g", count: 64))", ",,,===", "t=1;v1=0",
            "t=1" + String(repeating: ",v1=" + String(repeating: "0", count: 64), count: 17),
        ]
    )
    func malformed(header: String) throws {
        let check = try check("whsec_some_secret")
        #expect(throws: WebhookSignature.Problem.self) {
            try check.check(header, Self.body, at: Self.now)
        }
        #expect(throws: WebhookSignature.Problem.noHeader) {
            try check.check(nil, Self.body, at: Self.now)
        }
    }

    @Test("the words say what is wrong and hold neither secret nor body")
    func words() {
        let problems: [(WebhookSignature.Problem, [UInt8], String)] = [
            (.noHeader, Self.body, "no Stripe-Signature"), (.mismatch, Self.body, "secret"),
            (.mismatch, [], "empty"), (.mismatch, [0x1F, 0x8B, 1], "compressed"),
            (.mismatch, #"{"id":"evt_1"}"#.bytes, "proxy"), (.tooOld(.seconds(999)), [], "16 min"),
            (.inFuture(.seconds(999)), [], "NTP"),
        ]
        for (problem, body, part) in problems {
            let words = problem.words(for: body)
            #expect(words.contains(part), "\(words)")
            #expect(!words.contains("evt_1") && !words.contains("whsec_"))
        }
    }

    @Test("a secret is one by its form, and can't be printed")
    func secret() throws {
        #expect(WebhookSecret(" whsec_abcdefgh12\n") != nil)
        for text in ["", "whsec_", "whsec_short", "sk_live_abcdefghijk", "whsec_with space in it"] {
            #expect(WebhookSecret(text) == nil)
        }
        #expect("\(try secret("whsec_abcdefgh12"))" == "whsec_…")
        #expect("\(try #require(WebhookToken("0123456789abcdef")))" == "a token")
        #expect(WebhookToken("short") == nil)
    }
}
