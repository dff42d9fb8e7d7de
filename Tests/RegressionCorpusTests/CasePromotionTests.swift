import BillingModel
import DivergenceAnalysis
import DunningBrain
import MirrorLog
import ParityReport
import RegressionCorpus
import ShadowRun
import Testing

/// A divergence of a report becomes a case, or is refused with the reason.
struct CasePromotionTests {
    private let fleet: PromotedFleet

    init() throws {
        fleet = try PromotedFleet.small.get()
    }

    /// The first divergence of a class whose account is not of the legal entity `cn`.
    private func first(_ cause: DivergenceClass = .voidedInvoiceFlag) throws -> ReportDocument.Entry
    {
        let entry = try fleet.document.divergences.first {
            try $0.classes == [cause] && !fleet.isChinese($0)
        }
        return try #require(entry)
    }

    private func refusal(_ promote: () throws -> CorpusCase) throws -> String? {
        do {
            _ = try promote()
            return nil
        } catch let error as RecordError {
            return error.reason
        }
    }

    /// What stays of a divergence whatever things are called.
    private struct Kind: Hashable {
        var classes: [DivergenceClass]
        var extent: Divergence.Extent
        var facets: [String]

        init(_ classes: [DivergenceClass], _ extent: Divergence.Extent, _ facets: [FacetDifference])
        {
            self.classes = classes
            self.extent = extent
            self.facets = facets.map { facet in
                String(facet.facet.description.prefix { $0 != ":" })
            }.sorted()
        }
    }

    // MARK: - What is promoted

    @Test("every divergence of a fleet becomes a case that holds and says what the report says")
    func everyDivergence() throws {
        let entries = fleet.document.divergences
        try #require(entries.count > 50)
        for entry in entries {
            let made = try fleet.promoted(entry)
            #expect(CaseCheck(made, in: .cn).problems.isEmpty, "\(entry.id)")
            let outcome = try made.outcome(try made.settings(.init(), .standard))
            #expect(outcome.refused.isEmpty)
            let kinds = outcome.divergences.map { _, divergence in
                Kind(divergence.classes, divergence.extent, divergence.facets)
            }
            let wanted = Kind(entry.classes, entry.extent, entry.facets)
            #expect(kinds.contains(wanted), "\(entry.id)")
            for word in [entry.account.rawValue] + (entry.reproducer ?? []).map(\.rawValue) {
                #expect(!made.text.contains("\"\(word)\""), "\(entry.id)")
            }
        }
    }

    @Test("the classes of a fleet are all among those that are promoted")
    func classes() {
        let classes = Set(fleet.document.divergences.flatMap(\.classes))
        #expect(classes.count >= 11)
    }

    @Test("name, claim and ticket are those that were asked for, and the README says how it came")
    func told() throws {
        let entry = try first()
        let made = try fleet.promoted(
            entry,
            named: "void-after-mark-2",
            claim: "A void comes too late.",
            ticket: "BILLACCT-1076"
        )
        #expect(made.name == "void-after-mark-2")
        #expect(made.claim == "A void comes too late.")
        let expectation = try CaseExpectation(reading: #require(made.expectation))
        #expect(expectation.ticket == "BILLACCT-1076")
        #expect(expectation.settings == CaseSettings())
        #expect(made.policy == nil)
        let count = try #require(entry.reproducer).count
        #expect(
            made.readme.contains("Met in production, cut down to \(count) records and redacted.")
        )
        #expect(made.readme.split(separator: "\n").allSatisfy { $0.count <= 100 })
        #expect(try fleet.promoted(entry, named: "void-after-mark").claim == "Void after mark")
    }

    @Test(
        "the same divergence under the same secret gives the same bytes; under another, other names"
    )
    func deterministic() throws {
        let entry = try first(.race)
        let once = try fleet.promoted(entry)
        let again = try fleet.promoted(entry)
        #expect(once.log == again.log)
        #expect(once.expectation == again.expectation)
        let other = try fleet.promoted(entry, secret: Array("another secret of bytes".utf8))
        #expect(other.log != once.log)
    }

    @Test("amounts are multiplied where that is asked for, and the case holds")
    func amounts() throws {
        let entry = try first()
        let made = try fleet.promoted(entry, amounts: .multiplied(by: 7))
        #expect(CaseCheck(made, in: .global).holds)
        #expect(try made.log != fleet.promoted(entry).log)
    }

    @Test("settings and policy of the report are the case's")
    func settings() throws {
        var input = fleet.document.input
        let entry = try first()
        input.settle = .minutes(20)
        input.scope = .webhooks
        let request = CasePromotion.Request(
            name: "a-case",
            claim: nil,
            ticket: nil,
            secret: testSecret,
            amounts: .kept
        )
        let made = try CasePromotion(
            entry,
            input,
            fleet.cut(entry),
            request,
            into: [],
            of: .global
        ).promoted
        let expectation = try CaseExpectation(reading: #require(made.expectation))
        #expect(expectation.settings.settle == .minutes(20))
        #expect(expectation.settings.phase == .webhooks)
        input.policy = String(repeating: "0", count: 64)
        #expect(
            try refusal {
                try CasePromotion(entry, input, fleet.cut(entry), request, into: [], of: .global)
                    .promoted
            } == "the report was made under a policy that its settings don't tell in full"
        )
    }

    // MARK: - What is refused

    @Test("a second promotion of the same is refused as the same story, whatever it is called")
    func twice() throws {
        for cause in [DivergenceClass.voidedInvoiceFlag, .race, .missingUnflag, .stuckEvent] {
            let entry = try first(cause)
            let made = try fleet.promoted(entry, named: "the-first")
            let reason = try refusal {
                try fleet.promoted(
                    entry,
                    named: "the-second",
                    claim: "Another claim.",
                    secret: Array("another secret of bytes".utf8),
                    amounts: .multiplied(by: 3),
                    into: [made]
                )
            }
            #expect(reason?.hasPrefix("the case `the-first` tells the same story") == true)
        }
    }

    @Test("what happened to two customers alike is one case")
    func alike() throws {
        var corpus: [CorpusCase] = []
        var refused = 0
        let alike = fleet.document.divergences.filter { $0.classes == [.missingUnflag] }
        for (number, entry) in alike.enumerated() where refused < 2 {
            do {
                corpus.append(try fleet.promoted(entry, named: "case-\(number)", into: corpus))
            } catch let error as RecordError {
                #expect(error.reason.contains("tells the same story"))
                refused += 1
            }
        }
        #expect(refused == 2)
        #expect(corpus.count > 2)
        #expect(CorpusCheck(corpus, in: .cn).holds)
    }

    @Test(
        "a bad name is refused before anything else",
        arguments: [
            "", "Void", "void after", "void_after", "-void", "void-", "void--after", "../void",
            "void/after", "void.", "vöid", "fail-void", "void\n", "void\u{0}",
        ]
    )
    func badName(name: String) throws {
        #expect(throws: RecordError.self) { try fleet.promoted(try first(), named: name) }
    }

    @Test("a name that is taken is refused")
    func takenName() throws {
        let made = try fleet.promoted(try first(), named: "taken")
        let reason = try refusal {
            try fleet.promoted(try first(.race), named: "taken", into: [made])
        }
        #expect(reason == "there is a case `taken` already")
    }

    @Test("an account of the legal entity cn is refused by a global corpus and taken by its own")
    func region() throws {
        let entries = try fleet.document.divergences.filter { try fleet.isChinese($0) }
        try #require(!entries.isEmpty)
        for entry in entries {
            let reason = try refusal { try fleet.promoted(entry, of: .global) }
            #expect(reason == CorpusRegion.global.refusal(of: .cn))
            #expect(CaseCheck(try fleet.promoted(entry, of: .cn), in: .cn).holds)
        }
    }

    @Test("an account is of cn where any of its records says so, in the reproducer or not")
    func regionElsewhere() throws {
        let entry = try first()
        let cut = try fleet.cut(entry) { line in
            let row =
                #"{"v":1,"id":"elsewhere","kind":"change","at":"2026-05-30T00:00:00Z","account":"\#(entry.account)","change":{"table":"subs_customer","op":"update","row":{"legal_entity":"cn"}}}"#
            return line.contains(#""kind":"baseline""#) ? line + row + "\n" : line
        }
        let reason = try refusal { try fleet.promoted(entry, cut: cut, of: .global) }
        #expect(reason == CorpusRegion.global.refusal(of: .cn))
    }

    @Test("a record that was delivered several times is in the case once")
    func redelivered() throws {
        let entry = try first(.stuckEvent)
        let again = try fleet.cut(entry) { line in
            line + line.replacing("\"seen\":\"2026-", with: "\"seen\":\"2027-")
        }
        #expect(try fleet.promoted(entry, cut: again).log == fleet.promoted(entry).log)
        let lines = try again.lines
        #expect(lines.count == entry.reproducer?.count)
    }

    @Test("another customer's event of the same id is no part of the case")
    func sameID() throws {
        let entry = try first()
        let event = try #require(entry.reproducer?.last { $0.rawValue.hasPrefix("evt_") })
        let cut = try fleet.cut(entry) { line in
            guard line.contains("\"id\":\"\(event)\"") else { return line }
            let stray = line.replacing("\"account\":\"\(entry.account)\",", with: "")
            return line + stray.replacing(#""customer":"cus_"#, with: #""customer":"cus_other_"#)
        }
        #expect(try cut.lines == fleet.cut(entry).lines)
    }

    @Test("a record that is missing from the log is named")
    func missingRecord() throws {
        let entry = try first()
        let lost = try #require(entry.reproducer?.last)
        let cut = try fleet.cut(entry) { line in line.contains("\"\(lost)\"") ? nil : line }
        let reason = try refusal { try fleet.promoted(entry, cut: cut) }
        #expect(reason == "record `\(lost)` of account `\(entry.account)` is not in the log")
    }

    @Test("a report entry that says something else than its records is refused")
    func otherEntry() throws {
        let sound = try first()
        var classes = sound
        classes.classes = [.race]
        var extent = sound
        extent.extent = sound.extent == .lasting ? .transient : .lasting
        var facets = sound
        facets.facets.removeLast()
        for entry in [classes, extent, facets] {
            let reason = try refusal { try fleet.promoted(entry) }
            #expect(
                reason
                    == "the records by themselves don't diverge as the report says, but as "
                    + "voided_invoice_flag"
            )
        }
        var fewer = sound
        fewer.reproducer = sound.reproducer?.filter { !$0.rawValue.hasPrefix("ex") }
        let shown = try refusal { try fleet.promoted(fewer) }
        #expect(shown?.hasPrefix("the records by themselves don't diverge as the report") == true)
    }

    @Test("a secret that is too short is refused")
    func shortSecret() throws {
        let reason = try refusal { try fleet.promoted(try first(), secret: [1, 2, 3]) }
        #expect(reason == "the secret has 3 bytes; it needs 16 or more")
    }
}
