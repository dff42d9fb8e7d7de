import BillingModel
import DivergenceAnalysis
import DunningBrain
import MirrorLog
package import ParityReport
import ShadowRun

/// What each case of a corpus is about, and what none is.
package struct CorpusList: Sendable {
    /// The cases' subjects, by name.
    package var entries: [Entry]

    /// What one case is about, as its log and its outcome show.
    package struct Entry: Sendable {
        /// The case.
        package var name: String
        /// The ticket that it comes from.
        package var ticket: String?
        /// What came of it: classes, `match`, `open`, `incomplete`, `refused`; sorted, each once.
        package var outcomes: [String]
        /// The account types, sorted, each once.
        package var types: [String]
        /// The shapes and envelopes of its Stripe events.
        package var shapes: [String]
        /// The rules that the brain's last decisions rested on, in the order of the rules.
        package var rules: [String]
    }

    /// Looks at cases.
    ///
    /// - Throws: ``RecordError`` where an expectation or a policy can't be read.
    package init(_ cases: [CorpusCase]) throws {
        let results = inParallel(cases.sorted { $0.name < $1.name }) { subject in
            try Entry(subject)
        }
        entries = try results.map { try $0.get() }
    }

    /// The cases, a line each, however long it gets.
    package var table: TextTable {
        var table = TextTable([
            ("case", .left), ("ticket", .left), ("outcome", .left), ("types", .left),
            ("shapes", .left),
        ])
        for entry in entries { table.add([entry.name] + entry.cells) }
        return table
    }

    /// The cases within 100 columns: each with its name on a line, and beneath it the rest in
    /// columns.
    ///
    /// Names alone are as long as 60 letters, and nobody finds a case by half of its name.
    package var text: String {
        let columns = [("  ticket", 15), ("outcome", 34), ("types", 19), ("shapes", 26)]
        var text = "case\n" + Lines.inColumns(columns.map { ($0.0, $0.1) })
        for entry in entries {
            let cells = zip(["  " + entry.cells[0]] + entry.cells.dropFirst(), columns.map(\.1))
            text += entry.name + "\n" + Lines.inColumns(Array(cells))
        }
        return text
    }

    /// What no case covers yet, within 100 columns, for each dimension.
    package var gaps: String {
        let dimensions: [(name: String, known: [String], met: [String])] = [
            ("tickets", Ticket.known.map(\.id), entries.compactMap(\.ticket)),
            ("outcomes", CaseOutcome.names, entries.flatMap(\.outcomes)),
            (
                "account types", AccountType.Known.allCases.map(\.rawValue) + ["(unknown)"],
                entries.flatMap(\.types)
            ),
            ("shapes", EventShape.names, entries.flatMap(\.shapes)),
            // No episode ends in a hold: it is kept open until hold-downs are over.
            (
                "rules", Rule.allCases.filter { $0 != .hold }.map(\.rawValue),
                entries.flatMap(\.rules)
            ),
            ("shapes of tickets", Ticket.withShapes, entries.flatMap(\.ticketWithShapes)),
        ]
        var text = ""
        for (name, known, met) in dimensions {
            let missing = known.filter { !met.contains($0) }
            let covered = "\(known.count - missing.count) of \(known.count)"
            text += "\(name): \(covered) covered\n"
            guard !missing.isEmpty else { continue }
            let list = "not yet: " + missing.joined(separator: ", ")
            text += PlainText.wrapped(list, at: 100, first: "  ", indent: "  ", breaksWords: false)
                .map { $0 + "\n" }.joined()
        }
        return text
    }
}

extension CorpusList.Entry {
    /// What a case is about.
    fileprivate init(_ subject: CorpusCase) throws {
        name = subject.name
        var settings = CaseSettings()
        if let text = subject.expectation {
            do throws(RecordError) {
                let expectation = try CaseExpectation(reading: text)
                settings = expectation.settings
                ticket = expectation.ticket
            } catch {
                throw error.inside("case `\(subject.name)`: expect.json")
            }
        }
        if let flaw = subject.flaw {
            throw RecordError(flaw).inside("case `\(subject.name)`")
        }
        let outcome = try subject.outcome(try subject.settings(settings, .standard))
        outcomes = Array(Set(outcome.names)).sorted()
        let met = outcome.episodes.compactMap(\.accountType).map { type in
            if case .unknown = type { "(unknown)" } else { type.columnValue }
        }
        types = Array(Set(met)).sorted()
        shapes = try EventShape.all(in: subject.log)
        let concluded = outcome.episodes.compactMap { $0.conclusion?.rule }
        rules = Rule.allCases.filter(concluded.contains).map(\.rawValue)
    }

    /// What stands in the columns beside the name.
    fileprivate var cells: [String] {
        [
            ticket ?? "-", outcomes.joined(separator: " "), types.joined(separator: " "),
            shapes.joined(separator: " "),
        ]
    }

    /// The ticket with each shape.
    fileprivate var ticketWithShapes: [String] {
        ticket.map { ticket in shapes.map { "\(ticket)/\($0)" } } ?? []
    }
}

extension CaseOutcome {
    /// All outcomes that a case can have, in order.
    static let names =
        ["match", "open"] + EpisodeVerdict.Incompleteness.allCases.map(\.rawValue) + ["refused"]
        + DivergenceClass.allCases.filter { !$0.isBlocking && $0 != .policyChange }.map(\.rawValue)

    /// The outcomes of its episodes.
    var names: [String] {
        var names = refused.isEmpty ? [] : ["refused"]
        for episode in episodes {
            switch episode.outcome {
            case .match: names.append("match")
            case .open: names.append("open")
            case .incomplete(let why): names.append(why.rawValue)
            case .divergent(let divergence): names += divergence.classes.map(\.rawValue)
            }
        }
        return names
    }
}

/// The tickets that the brain is to settle, with the class that stands for each.
package struct Ticket: Sendable {
    /// The ticket, or the document that names the flaw.
    package var id: String

    /// The tickets, in order.
    package static let known = [
        "BILLACCT-288", "BILLACCT-756", "BILLACCT-1025", "BILLACCT-1076", "BILLSUB-229",
        "seed 000", "seed 004",
    ].map { Ticket(id: $0) }

    /// The tickets about an invoice, each with each shape that an invoice comes in.
    fileprivate static let withShapes = [
        "BILLACCT-288", "BILLACCT-756", "BILLACCT-1025", "BILLACCT-1076", "BILLSUB-229",
    ].flatMap { ticket in StripeShape.allCases.map { "\(ticket)/\($0)" } }
}
