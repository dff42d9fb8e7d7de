import DunningBrain
import MirrorLog
import RegressionCorpus
import Testing

/// Two cases tell one story where only names, times and amounts are others.
struct CaseSignatureTests {
    private func signature(_ subject: CorpusCase) throws -> CaseSignature {
        let expectation = try subject.expectation.map { try CaseExpectation(reading: $0) }
        let settings = try subject.settings(expectation?.settings ?? .init(), .standard)
        return try CaseSignature(of: subject.log, subject.outcome(settings))
    }

    /// A case with other names for all its objects, in another order than before.
    private func renamed(_ subject: CorpusCase) -> CorpusCase {
        var renamed = subject
        for (kind, end) in [
            ("in_", "q"), ("sub_", "k"), ("si_", "s"), ("cus_", "c"), ("acct_", "a"),
        ] {
            // `sub_1` becomes `sub_9k` and `sub_2` becomes `sub_8k`: what was first is last now.
            for number in 1...9 {
                renamed = renamed.replacing(
                    #""\#(kind)\#(number)""#,
                    with: #""\#(kind)\#(10 - number)\#(end)""#
                )
            }
        }
        for name in ["ex_", "evt_", "base\""] {
            renamed = renamed.replacing(#""\#(name)"#, with: #""x-\#(name)"#)
        }
        return renamed
    }

    @Test(
        "other names make no other story",
        arguments: [
            "void-43-seconds-after-mark", "three-subscriptions-stay-canceled-after-one-payment",
            "four-invoices-voided-at-once", "one-invoice-voided-the-other-paid",
            "paid-three-times", "two-drift-runs-on-top-of-each-other",
        ]
    )
    func names(name: String) throws {
        let subject = try KeptCorpus.named(name)
        let other = renamed(subject)
        #expect(other.text != subject.text)
        let (mine, theirs) = (try signature(subject), try signature(other))
        #expect(mine.lines.sorted() == theirs.lines.sorted())
        #expect(mine == theirs)
    }

    @Test("other times make no other story as long as their order is the same")
    func times() throws {
        let subject = try KeptCorpus.sound()
        let mine = try signature(subject)
        #expect(try signature(subject.replacing("2026-03-02T10", with: "2026-03-02T09")) == mine)
        // Support takes its time: 50 seconds in place of 43.
        let later = subject.replacing("10:00:43", with: "10:00:50")
        #expect(later.text != subject.text)
        #expect(try signature(later) == mine)
    }

    @Test("other amounts make no other story")
    func amounts() throws {
        let subject = try KeptCorpus.sound()
        let mine = try signature(subject)
        #expect(try signature(subject.replacing("9000", with: "123456")) == mine)
        let stated = try KeptCorpus.named("unflagged-for-ever-and-drift-flags-with-an-amount")
        let more = stated.replacing("5000", with: "7777")
        #expect(more.text != stated.text)
        #expect(try signature(more) == signature(stated))
    }

    @Test("marks, what nobody reads, and the order of lines are no part of a story")
    func marks() throws {
        let subject = try KeptCorpus.sound()
        let mine = try signature(subject)
        #expect(try signature(subject.replacing("11:00:00Z", with: "12:00:00Z")) == mine)
        #expect(try signature(subject.replacing(#""number":"F0"#, with: #""number":"F1"#)) == mine)
        var reversed = subject
        reversed.log = Array(
            subject.log.split(separator: UInt8(ascii: "\n")).reversed()
                .joined(separator: [UInt8(ascii: "\n")])
        )
        #expect(try signature(reversed) == mine)
    }

    @Test(
        "any change of what happened is another story",
        arguments: [
            ("the account's type", #""type":"pay_go","flags""#, #""type":"startup","flags""#),
            ("flagged at first", #""flags":0"#, #""flags":32768"#),
            ("banned at first", #""ban":null}"#, #""ban":"abuse"}"#),
            ("a type of event", "invoice.voided", "invoice.updated"),
            ("a status", #""status":"void""#, #""status":"paid""#),
            (
                "another invoice", #""data":{"object":{"id":"in_1""#,
                #""data":{"object":{"id":"in_2""#
            ),
            ("a path", #""path":"C""#, #""path":"B""#),
            ("an outcome", #""outcome":"completed""#, #""outcome":"stuck""#),
            ("a trigger", #""trigger":"evt_marked""#, #""trigger":"evt_voided""#),
            ("a failed effect", #""to":"bad_debt","ok":true"#, #""to":"bad_debt","ok":false"#),
            ("a bit", #""bit":15"#, #""bit":14"#),
            (
                "another effect", #""do":"set_flag","bit":15,"to":true"#,
                #""do":"set_ban","to":null"#
            ),
            ("a reason", #""reason":"bad_debt""#, #""reason":"requested""#),
            ("a key", #""set":{"bad_debt":"true"}"#, #""set":{"bad_debt_amount":"true"}"#),
            ("an order", "2026-03-02T10:00:43Z", "2026-03-02T10:00:01Z"),
            ("a currency", #""currency":"usd""#, #""currency":"eur""#),
            ("nothing owed", #""amount_remaining":9000"#, #""amount_remaining":0"#),
            ("a part paid", #""amount_paid":0"#, #""amount_paid":10"#),
        ]
    )
    func changed(what: String, old: String, new: String) throws {
        let subject = try KeptCorpus.sound()
        let other = subject.replacing(old, with: new)
        try #require(other.text != subject.text)
        #expect(try signature(other) != signature(subject))
    }

    @Test("a record more or less is another story")
    func records() throws {
        let subject = try KeptCorpus.sound()
        let mine = try signature(subject)
        let lines = subject.log.split(separator: UInt8(ascii: "\n")).map { Array($0) + [10] }
        for left in lines.indices
        where !String(decoding: lines[left], as: UTF8.self).contains("mark_") {
            var shorter = subject
            shorter.log = lines.indices.filter { $0 != left }.flatMap { lines[$0] }
            #expect(try signature(shorter) != mine, "without line \(left + 1)")
        }
        var longer = subject
        longer.log += Array(
            #"{"v":1,"id":"r","kind":"request","at":"2026-03-02T10:00:50Z","account":"acct_1","request":{"type":"drift_run","actor":"cron"}}"#
                .utf8
        )
        #expect(try signature(longer) != mine)
    }

    @Test("what a row image shows is part of a story")
    func rows() throws {
        let subject = try KeptCorpus.named("half-a-flagging-shown-by-rows-alone")
        let flipped = subject.replacing(#""flags":32768"#, with: #""flags":0"#)
        try #require(flipped.text != subject.text)
        #expect(try signature(flipped) != signature(subject))
    }

    @Test("committed cases with the same story differ in times or amounts that matter")
    func committed() throws {
        var met: [CaseSignature: [String]] = [:]
        for subject in try KeptCorpus.cases() where !subject.mustBeRefused {
            met[try signature(subject), default: []].append(subject.name)
        }
        // Such as a payment one microsecond before and after confirmation.
        #expect(met.count > 250)
    }
}
