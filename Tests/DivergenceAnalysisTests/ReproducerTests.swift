import BillingModel
import DivergenceAnalysis
import MirrorLog
import ShadowRun
import Testing

/// What holds of the smallest reproducer of any divergence.
struct ReproducerTests {
    private static let settings = JudgeSettings()

    /// A divergence with its reproducer, as records, and all that its account has.
    private struct Found {
        var divergence: Divergence
        var reproducer: [MirrorRecord]
        var account: [MirrorRecord]
    }

    private static func found(_ records: [MirrorRecord]) throws -> [Found] {
        let coverage = LogCoverage(shownBy: records)
        var judge = AccountJudge(settings: settings, coverage: coverage)
        judge.findsReproducers = true
        let account = try #require(records.lazy.compactMap(\.account).first)
        return judge.judge(account, records).episodes.compactMap(\.divergence).map { divergence in
            Found(
                divergence: divergence,
                reproducer: divergence.reproducer.compactMap { id in records.first { $0.id == id }
                },
                account: records
            )
        }
    }

    /// Whether records, fed to an engine of their own with a closing mark, diverge in the same way.
    private static func diverge(_ records: [MirrorRecord], like old: Divergence) throws -> Bool {
        var engine = ParityEngine(settings: settings)
        for record in records { engine.feed(record) }
        engine.feed(.complete(through: .days(3000)))
        return try engine.verdicts().values.flatMap(\.episodes).compactMap(\.divergence).contains {
            $0.classes == old.classes && $0.extent == old.extent && $0.facets == old.facets
        }
    }

    @Test("a reproducer, cut out of its log, diverges in the same way", arguments: UInt64(0)..<160)
    func reproduces(seed: UInt64) throws {
        for found in try Self.found(RandomAccount(seed: seed).records) {
            #expect(!found.reproducer.isEmpty, "seed \(seed)")
            #expect(
                try Self.diverge(found.reproducer, like: found.divergence),
                "seed \(seed): \(found.divergence.story)"
            )
        }
    }

    @Test("no record of a reproducer can be left out", arguments: UInt64(0)..<160)
    func isOneMinimal(seed: UInt64) throws {
        for found in try Self.found(RandomAccount(seed: seed).records) {
            for record in found.reproducer where record.kind != .baseline {
                let rest = Self.valid(found.reproducer.filter { $0.id != record.id }, found.account)
                #expect(
                    try !Self.diverge(rest, like: found.divergence),
                    "seed \(seed): \(record.id) is not needed: \(found.divergence.story)"
                )
            }
        }
    }

    @Test("a reproducer is something that could have happened", arguments: UInt64(0)..<160)
    func isValid(seed: UInt64) throws {
        for found in try Self.found(RandomAccount(seed: seed).records) {
            let valid = Self.valid(found.reproducer, found.account)
            #expect(valid.map(\.id) == found.reproducer.map(\.id), "seed \(seed)")
            if found.account.contains(where: { $0.kind == .baseline }) {
                #expect(found.reproducer.contains { $0.kind == .baseline }, "seed \(seed)")
            }
        }
    }

    @Test("what came before the episode is kept where the divergence turns on it")
    func reachesBack() throws {
        let story = Scenario().owing("in_1")
            .marked("in_1", at: 0)
            .ran(.c, for: "marked-in_1", at: 1, .flagAsBadDebt(at: 1))
            .charge(at: .hours(3))
            .paid("in_1", at: .hours(24))
            .charge(at: .hours(48), "another charge")
        let found = try #require(try Self.found(story.records).first)
        #expect(found.divergence.classes == [.missingUnflag])
        #expect(
            found.divergence.reproducer.map(\.rawValue)
                == ["baseline-acct_1", "marked-in_1", "run-C", "paid-in_1"]
        )
    }

    @Test("Path A's rows are left out together where nothing turns on them")
    func leavesOutRecordings() throws {
        let story = Scenario().owing("in_1")
            .marked("in_1", at: 0)
            .ran(.a, for: "marked-in_1", at: 1, as: "a1", [.recordDunning(event: "marked-in_1")])
            .ran(.c, for: "marked-in_1", at: 1, .flagAsBadDebt(at: 1))
            .voided("in_1", at: 40)
            .ran(.a, for: "voided-in_1", at: 41, as: "a2", [.recordDunning(event: "voided-in_1")])
        let found = try #require(try Self.found(story.records).first)
        #expect(found.divergence.classes == [.voidedInvoiceFlag])
        #expect(found.divergence.reproducer.count == 4)
        #expect(!found.divergence.reproducer.contains { $0.rawValue.hasPrefix("a") })
    }

    // MARK: - What could have happened, said the slow way

    /// Some of an account's records without those that can't be without one that is missing.
    private static func valid(_ records: [MirrorRecord], _ account: [MirrorRecord])
        -> [MirrorRecord]
    {
        var rest = records
        while let orphan = rest.first(where: { !isPossible($0, in: rest, of: account) }) {
            rest.removeAll { $0.id == orphan.id }
        }
        return rest
    }

    private static func isPossible(
        _ record: MirrorRecord,
        in rest: [MirrorRecord],
        of account: [MirrorRecord]
    ) -> Bool {
        guard record.kind != .baseline else { return true }
        func isMissing(_ reference: String?) -> Bool {
            guard let reference else { return false }
            return account.contains { $0.isCalled(reference) }
                && !rest.contains { $0.isCalled(reference) }
        }
        switch record.body {
        case .execution(let execution):
            if isMissing(execution.trigger?.rawValue) { return false }
            let touched = execution.effects.flatMap { timed -> [InvoiceID] in
                switch timed.effect {
                case .setInvoiceMetadata(let id, _, _), .voidInvoice(let id): [id]
                case .createConsolidatedInvoice(_, let covered, _): covered
                default: []
                }
            }
            return touched.allSatisfy { id in
                let shows = account.filter { $0.shows(id) && $0.at <= record.at }
                return shows.isEmpty || rest.contains { $0.shows(id) }
            }
        case .stripe(let event): return !isMissing(event.cause?.rawValue)
        case .change(let change):
            switch change.row {
            case .dunning(let event), .stuckEvent(let event, _): return !isMissing(event)
            default: return true
            }
        case .baseline, .request, .mark: return true
        }
    }
}

extension MirrorRecord {
    fileprivate func isCalled(_ name: String) -> Bool {
        if id.rawValue == name { return true }
        if case .stripe(let event) = body { return event.id == name }
        return false
    }

    fileprivate func shows(_ invoice: InvoiceID) -> Bool {
        switch body {
        case .baseline(let state): return state.invoice(invoice) != nil
        case .stripe(let event):
            if case .invoice(let shown) = event.object { return shown.id == invoice }
            return false
        default: return false
        }
    }
}
