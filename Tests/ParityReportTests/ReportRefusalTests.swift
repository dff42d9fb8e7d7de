import BillingModel
import DivergenceAnalysis
import MirrorLog
import ParityReport
import Testing

/// A `report.json` that can't be relied on is refused, and the refusal says where it is wrong.
struct ReportRefusalTests {
    /// A report with something of everything.
    private static let report: MadeUpReport = {
        var report = MadeUpReport()
        var second = MadeUpReport.Episode()
        second.account = "acct_2"
        second.classes = [.missingUnflag, .brainDefect]
        second.facets.append(MadeUpReport.Episode.ban)
        second.breaches = [3]
        let first = MadeUpReport.Episode()
        report.episodes = [first, second]
        report.standing = [.init(minute: 60, origin: first.id)]
        return report
    }()

    private func refusal(of tree: JSONTree) -> String? {
        do throws(RecordError) {
            _ = try ReportDocument(json: tree.bytes)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test("the report that these tests break is sound")
    func sound() {
        #expect(refusal(of: Self.report.tree) == nil)
    }

    @Test(
        "a report that is wrong in one place is refused with the place",
        arguments: [
            ("schema", .integer(2), "`schema` is 2, and this program reads 1"),
            ("schema", .string("1"), "schema: it is a string, not a whole number"),
            ("schema", nil, "`schema` is missing"),
            ("input.log", .string("d7"), "input.log: `d7` is no digest of 64 hexadecimal digits"),
            (
                "input.settings.settle", .string("soon"),
                "input.settings.settle: `soon` is no length of time"
            ),
            ("input.settings.phase", .integer(5), "input.settings.phase: 5 is no phase"),
            ("divergences", .null, "divergences: it is null, not an array"),
            ("divergences.1", .string("x"), "divergences[1]: it is a string, not an object"),
            ("divergences.1.facets.0.legacy", nil, "divergences[1].facets[0]: `legacy` is missing"),
            (
                "divergences.1.facets.1.brain", .bool(false),
                "divergences[1].facets[1].brain: it is a boolean, not a string"
            ),
            (
                "divergences.1.facets.0.facet", .string("mood"),
                "divergences[1].facets[0].facet: `mood` is no facet"
            ),
            (
                "divergences.0.classes.0", .string("bad\nluck`"),
                "divergences[0].classes[0]: `badluck`` is no class"
            ),
            ("divergences.0.classes", .array([]), "divergences[0].classes: it is empty"),
            (
                "divergences.0.classes", .array([.string("race"), .string("race")]),
                "divergences[0].classes: they are not in the order of the table, each of them once"
            ),
            ("divergences.0.opened", .string("noon"), "divergences[0].opened: `noon` is no time"),
            ("divergences.0.extent", .string("long"), "divergences[0].extent: `long` is no extent"),
            (
                "divergences.0.stake.amounts", .object([JSONTree.Member("USD", .integer(1))]),
                "divergences[0].stake.amounts.USD: it is the amount of no currency"
            ),
            (
                "divergences.0.stake.subscriptions", .integer(-1),
                "divergences[0].stake.subscriptions: -1 is no count"
            ),
            (
                "divergences.1.breaches.0.invariant", .integer(99),
                "divergences[1].breaches[0].invariant: 99 is no invariant"
            ),
            (
                "divergences.1.account", .string("acct_1"),
                "divergences[1]: the same account and opening as divergences[0]"
            ),
            (
                "divergences.0.id", .string("other"),
                "standing[0]: its `origin` is no divergence of this report"
            ),
            ("divergences.1", nil, "summary: `episodes.divergent` is 2, but there is 1 listed"),
            (
                "summary.divergences.race", .integer(0),
                "summary: `divergences.race` is 0, but there is 1 listed"
            ),
            (
                "summary.episodes.match", .integer(99),
                "summary: `episodes.judged` is 100, but there are 101 that match or diverge"
            ),
            (
                "summary.accounts", .integer(7),
                "summary: `accounts` is 7, but there are 50 of some type"
            ),
            ("standing.0", nil, "summary: `standing` is 1, but there are 0 listed"),
            (
                "summary.fidelity.C.exact", .integer(1),
                "summary.fidelity.C: more are `exact` than there are `executions`"
            ),
        ] as [(String, JSONTree?, String)]
    )
    func places(path: String, value: JSONTree?, expected: String) {
        let steps = path.split(separator: ".").map(String.init)
        #expect(refusal(of: Self.report.tree.replacing(steps, with: value)) == expected)
    }

    @Test("a member that stands there twice is refused")
    func twice() {
        guard case .object(let members) = Self.report.tree else { return }
        #expect(refusal(of: .object(members + members)) == "`schema` stands there twice")
    }

    @Test("whatever a report is cut to is refused")
    func cut() {
        let whole = Self.report.tree.bytes
        for length in 0..<whole.count {
            #expect(throws: RecordError.self, "\(length) bytes") {
                try ReportDocument(json: Array(whole[..<length]))
            }
        }
    }

    /// What a report may do without: what older ones have not, and what is there on request.
    private static func isDispensable(_ path: [String]) -> Bool {
        if path.last == "reproducer" || path.first == "settled" { return true }
        // A class without divergences may be one that the report's program did not know.
        if path.count == 3, path.starts(with: ["summary", "divergences"]) { return true }
        // Elements of lists that nothing counts, and sums of money.
        return path.contains { ["records", "reproducer", "paths", "amounts"].contains($0) }
    }

    @Test("a report that lacks any member is refused")
    func missingMember() {
        let tree = Self.report.tree
        var tried = 0
        for path in tree.paths where Int(path.last ?? "") == nil && !Self.isDispensable(path) {
            let reason = refusal(of: tree.replacing(path, with: nil))
            // A type is missed by the number of its accounts.
            let name = path.contains("types") ? "type" : path.last ?? "-"
            #expect(reason?.contains(name) == true, "\(path): \(reason ?? "read")")
            tried += 1
        }
        #expect(tried > 100)
    }

    @Test("a report of which any value is of another kind is refused")
    func otherKind() {
        let tree = Self.report.tree
        let others: [JSONTree] = [
            .null, .bool(true), .integer(-7), .string("\u{1B}[2J"), .array([.null]),
            .object([JSONTree.Member("x", .null)]),
        ]
        for path in tree.paths {
            guard let value = tree.value(at: path), let last = path.last else { continue }
            for other in others where other.kindInWords != value.kindInWords {
                let isNullable =
                    ["account_type", "until", "effect", "execution", "invoice", "origin", "phase"]
                    .contains(last)
                let isText = [value, other].allSatisfy { $0 == .null || $0.string != nil }
                guard !(isNullable && (other == .null || isText)) else { continue }
                // A ban is a text or none.
                guard !(["legacy", "brain"].contains(last) && isText) else { continue }
                let reason = refusal(of: tree.replacing(path, with: other))
                #expect(reason != nil, "\(path): \(other.kindInWords)")
                #expect(reason?.contains("\u{1B}") != true, "\(path)")
            }
        }
    }

    @Test("no damage to the bytes makes it crash, and what is read is whole", arguments: 0..<8)
    func damage(seed: UInt64) {
        var numbers = SeededNumbers(seed: seed)
        let whole = Self.report.tree.bytes
        for _ in 0..<500 {
            var bytes = whole
            for _ in 0...numbers.below(4) {
                let place = numbers.below(bytes.count)
                switch numbers.below(3) {
                case 0: bytes[place] = UInt8(numbers.below(256))
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8(numbers.below(256)), at: place)
                }
            }
            guard let document = try? ReportDocument(json: bytes) else { continue }
            #expect(document.divergences.count == document.summary.episodes.divergent)
        }
    }

    @Test("depth without end is refused", arguments: ["[", "{\"a\":"])
    func depth(opening: String) {
        let bytes = Array(String(repeating: opening, count: 200_000).utf8)
        #expect(throws: RecordError.self) { try ReportDocument(json: bytes) }
    }
}
