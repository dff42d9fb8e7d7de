import DunningBrain
import MirrorLog
import RegressionCorpus
import Testing

/// The same id is the same pseudonym, in the order of the ids, and tells nothing of it.
struct RedactionPseudonymTests {
    /// A record that names ids, as the items of a subscription.
    private func record(_ ids: [String]) -> [UInt8] {
        var json = JSONText()
        json.object { json in
            json.member("v", 1)
            json.member("id", "row_1")
            json.member("kind", "change")
            json.member("at", "2026-03-01T00:00:00Z")
            json.member("account", "acct_1")
            json.object("change") { json in
                json.member("table", "subs_subscription")
                json.member("op", "update")
                json.object("row") { json in
                    json.member("id", "sub_1")
                    json.member("items", ids)
                }
            }
        }
        return json.bytes
    }

    private func redact(_ ids: [String], _ secret: [UInt8] = testSecret) throws -> RedactedCase {
        try Redaction(secret: secret, policy: Policy()).redact([record(ids)])
    }

    @Test("the order of ids is kept, whatever they look like", arguments: 0..<200)
    func order(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let ids = (0..<random.number(1...80)).map { _ in Self.id(&random) }
        let result = try redact(ids)
        let sorted = Set(ids).sorted()
        let names = sorted.compactMap { result.pseudonyms[$0] }
        #expect(names.count == sorted.count, "seed \(seed)")
        #expect(names == names.sorted(), "seed \(seed)")
        #expect(Set(names.filter { !$0.isEmpty }).count == sorted.count { !$0.isEmpty })
        let items = try result.tree().at("change.row.items")?.elements?.compactMap(\.string)
        #expect(items == ids.compactMap { result.pseudonyms[$0] }, "seed \(seed)")
        for id in sorted where id.utf8.count > 5 {
            #expect(!result.text.contains(id), "seed \(seed): \(id)")
        }
    }

    /// An id with or without a beginning that means something.
    private static func id(_ random: inout SeededRandom) -> String {
        let beginnings = ["in_", "in", "sub_", "evt_", "", "zz-", "IN_", "_", "0", "é", "猫_", "😀"]
        let letters = Array("abzABZ019_-.,:é猫😀 \"\\")
        let length = random.number(0...12)
        let tail = (0..<length).compactMap { _ in random.pick(letters) }
        return (random.pick(beginnings) ?? "") + String(tail)
    }

    @Test("a pseudonym tells the id's kind and rank, and the rest depends on the secret")
    func form() throws {
        let result = try redact(["in_b", "in_a", "ada"])
        let name = try #require(result.pseudonyms["in_a"])
        #expect(name.wholeMatch(of: /2_in_[bcdfghjklmnpqrst]{12}/) != nil)
        #expect(result.pseudonyms["ada"]?.hasPrefix("1_id_") == true)
        let other = try redact(["in_b", "in_a", "ada"], Array("another secret, as long".utf8))
        for id in ["in_a", "in_b", "ada", "acct_1", "sub_1", "row_1"] {
            #expect(result.pseudonyms[id] != other.pseudonyms[id])
        }
    }

    @Test("one secret gives an id the same digest in every case")
    func stability() throws {
        let one = try redact(["in_a"]).pseudonyms["in_a"]
        let other = try redact(["in_a", "a", "b", "c"]).pseudonyms["in_a"]
        #expect(one != other)
        #expect(one?.suffix(12) == other?.suffix(12))
    }

    @Test("an id is the same wherever it stands, a text of several ids included")
    func everywhere() throws {
        let event =
            #"{"id":"evt_1","type":"invoice.paid","created":1772323200,"data":{"object":{"id":"in_2","object":"invoice","customer":"cus_1","status":"paid","currency":"usd","amount_due":5,"metadata":{"covers":" in_1 ,in_3","replaces":""}}}}"#
        let lines = [
            #"{"v":1,"id":"evt_1","kind":"stripe","at":"2026-03-01T00:00:00Z","cause":"ex_1","event":\#(event)}"#,
            #"{"v":1,"id":"ex_1","kind":"execution","at":"2026-03-01T00:00:01Z","account":"acct_1","execution":{"path":"D","trigger":"evt_1","outcome":"completed","effects":[{"do":"create_consolidated_invoice","ok":true,"invoice":"in_ex_1_usd","covers":["in_1","in_3"],"amount":5,"currency":"usd"},{"do":"pay_invoice","ok":true,"invoice":"in_ex_1_usd","payment":"pay_ex_1_usd"},{"do":"set_invoice_metadata","ok":true,"invoice":"in_1","set":{"covers":"in_3"}}]}}"#,
        ]
        let result = try redacted(lines)
        let (stripe, execution) = (try result.tree(0), try result.tree(1))
        let name = { (id: String) in result.pseudonyms[id] ?? "none" }
        #expect(stripe["id"]?.string == name("evt_1"))
        #expect(stripe.at("event.id")?.string == name("evt_1"))
        #expect(stripe["cause"] == execution["id"])
        #expect(execution.at("execution.trigger") == stripe["id"])
        let metadata = stripe.at("event.data.object.metadata")
        #expect(metadata?["covers"]?.string == "\(name("in_1")),\(name("in_3"))")
        #expect(metadata?["replaces"]?.string == "")
        let effects = execution.at("execution.effects")
        #expect(effects?.at("0.invoice")?.string == name("in_ex_1_usd"))
        #expect(effects?.at("1.payment")?.string == name("pay_ex_1_usd"))
        #expect(effects?.at("2.set.covers")?.string == name("in_3"))
        #expect(!result.text.contains("_usd"))
    }

    @Test("two ids that look the same and are not the same bytes are refused")
    func lookalikes() throws {
        #expect(throws: RecordError.self) { try redact(["in_é", "in_e\u{301}"]) }
        _ = try redact(["in_é", "in_é"])
    }

    @Test("metadata that an effect writes stays as many entries as it was")
    func entries() throws {
        let line =
            #"{"v":1,"id":"ex_1","kind":"execution","at":"2026-03-01T00:00:01Z","account":"a","execution":{"path":"D","outcome":"completed","effects":[{"do":"set_invoice_metadata","ok":true,"invoice":"in_1","set":{"bad_debt_paid":"true","bad_debt":"","note":"Ada","gone":null},"unset":["note","bad_debt"]}]}}"#
        let result = try redacted([line])
        let effect = try #require(result.tree().at("execution.effects.0"))
        let note = try #require(result.pseudonyms["note"])
        #expect(effect.at("set.bad_debt_paid")?.string == "true")
        #expect(effect.at("set.bad_debt")?.string == "")
        #expect(effect["set"]?[note]?.string == result.pseudonyms["Ada"])
        #expect(effect["set"]?[try #require(result.pseudonyms["gone"])] == .null)
        #expect(effect["unset"]?.elements?.compactMap(\.string) == [note, "bad_debt"])
    }
}

/// Random numbers that a seed determines: George Marsaglia's 64-bit xorshift of 2003, multiplied.
private struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = (seed &+ 1) &* 0x9e37_79b9_7f4a_7c15 | 1
        for _ in 0..<4 { _ = next() }
    }

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_f491_4f6c_dd1d
    }

    /// A number of a range.
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// One of some values; `nil` of none.
    mutating func pick<Values: Collection>(_ values: Values) -> Values.Element? {
        values.randomElement(using: &self)
    }
}
