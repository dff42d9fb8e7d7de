import MirrorLog
import ParityReport
import RegressionCorpus
import Testing

/// What each case is about, and what none is.
struct CorpusListTests {
    @Test("an entry tells ticket, outcome, types, shapes and rules of its case")
    func entry() throws {
        let list = try CorpusList([KeptCorpus.refused(), KeptCorpus.sound()])
        #expect(list.entries.map(\.name) == ["fail-path-f", "void-43-seconds-after-mark"])
        let entry = try #require(list.entries.last)
        #expect(entry.ticket == "BILLACCT-1076")
        #expect(entry.outcomes == ["voided_invoice_flag"])
        #expect(entry.types == ["pay_go"])
        #expect(entry.shapes == ["y2019"])
        #expect(entry.rules == ["clear"])
        let refused = try #require(list.entries.first)
        #expect(refused.ticket == nil)
        #expect(refused.outcomes == ["refused"])
        #expect(refused.rules.isEmpty)
    }

    @Test("a type that is on no list is listed as unknown")
    func unknownType() throws {
        let subject = try KeptCorpus.sound().replacing("pay_go", with: "reseller_beta")
        #expect(try CorpusList([subject]).entries.map(\.types) == [["(unknown)"]])
    }

    @Test("what no case covers is named, dimension by dimension")
    func gaps() throws {
        let none = try CorpusList([]).gaps
        #expect(none.contains("tickets: 0 of 7 covered\n"))
        #expect(none.contains("account types: 0 of 17 covered\n"))
        #expect(none.contains("shapes of tickets: 0 of 15 covered\n"))
        let one = try CorpusList([KeptCorpus.sound()]).gaps
        #expect(one.contains("tickets: 1 of 7 covered\n  not yet: BILLACCT-288, BILLACCT-756, "))
        #expect(one.contains("account types: 1 of 17 covered\n"))
        #expect(one.contains("shapes: 1 of 5 covered\n  not yet: y2016, basil, event_bridge, "))
        #expect(one.contains("shapes of tickets: 1 of 15 covered\n"))
        #expect(!one.contains("BILLACCT-1076/y2019"))
        #expect(one.contains("BILLACCT-1076/basil"))
    }

    @Test("the committed cases cover all tickets, outcomes, account types, shapes and rules")
    func covered() throws {
        let gaps = try CorpusList(try KeptCorpus.cases()).gaps
        for dimension in ["tickets", "outcomes", "account types", "shapes", "rules"] {
            let line = try #require(
                gaps.split(separator: "\n").first { $0.hasPrefix(dimension + ": ") }
            )
            let words = line.split(separator: " ")
            let counts = words.compactMap { Int($0) }
            #expect(counts.count == 2 && counts.first == counts.last, "\(line)")
        }
    }

    @Test("all of it fits 100 columns, and no word of it is lost")
    func width() throws {
        let list = try CorpusList(try KeptCorpus.cases())
        for line in (list.text + list.gaps).split(separator: "\n") {
            #expect(line.count <= 100, "\(line)")
        }
        let words = { (text: String) in
            text.split(whereSeparator: { " \n".contains($0) }).sorted()
        }
        #expect(words(list.text) == words(list.table.text))
    }

    @Test("a case keeps its columns even where a word is longer than one")
    func longWords() throws {
        var subject = try KeptCorpus.sound()
        let ticket = "A-TICKET-THAT-IS-LONGER-THAN-ITS-COLUMN"
        subject.expectation = try CaseAcceptance(subject, in: .global, ticket: ticket).text
        let text = try CorpusList([subject]).text
        #expect(text.contains("\n  \(ticket)  voided_invoice_flag"))
    }

    @Test("an expectation that can't be read is named with its case")
    func unreadable() throws {
        var subject = try KeptCorpus.sound()
        subject.expectation = Array("{}".utf8)
        let reason = "case `\(subject.name)`: expect.json: `schema` is missing"
        #expect(throws: RecordError(reason)) { try CorpusList([subject]) }
    }
}
