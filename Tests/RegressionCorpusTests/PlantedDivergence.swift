import DivergenceAnalysis
import DunningBrain
import MirrorLog
import ParityReport
import RegressionCorpus
import ShadowRun

/// Where a divergence of a class is planted.
enum Plant: Equatable {
    /// In the log of a case of the corpus; the class's row of the table finds it.
    case inCase(String)
    /// In the log of a case for which the table has no row.
    case beyondTheTable(String)
    /// In the brain: no log can hold it, since the right brain breaks no invariant on any.
    case inTheBrain

    /// The plant of a class.
    ///
    /// Without a default: a class that is added is planted too, or this does not compile.
    init(of cause: DivergenceClass) {
        switch cause {
        case .voidedInvoiceFlag: self = .inCase("void-43-seconds-after-mark")
        case .paidThenFlagged: self = .inCase("paid-before-path-c-acted")
        case .race: self = .inCase("drift-clears-while-path-c-flags")
        case .missingUnflag: self = .inCase("paid-through-path-d-and-nobody-unflagged")
        case .duplicatePayment: self = .inCase("pay-bad-debt-clicked-twice")
        case .stuckEvent: self = .inCase("mark-that-nobody-handled")
        case .partialFailure: self = .inCase("path-c-fails-after-the-flag")
        case .inflatedDebt: self = .inCase("replaced-and-forgiven-in-the-shape-of-2016")
        case .driftLag: self = .inCase("type-turned-supported-waits-for-the-next-drift-run")
        case .uncoordinatedCancel: self = .inCase("last-attempt-failed-and-path-c-cancels")
        case .adminOverride: self = .inCase("drift-flags-again-what-an-admin-unflagged")
        // Judged in phase 4 under a policy with a threshold: a log alone can't plant it.
        case .policyChange: self = .inCase("debt-at-the-threshold-is-let-pass")
        case .timing: self = .inCase("new-subscription-canceled-just-after-the-close")
        case .unexplained: self = .beyondTheTable("msp-flagged-by-hand-has-no-known-cause")
        case .brainDefect: self = .inTheBrain
        }
    }

    /// The classes that a row of the table finds in a case.
    static let causesInCases = DivergenceClass.allCases.filter { cause in
        if case .inCase = Plant(of: cause) { true } else { false }
    }

    /// The case, where there is one.
    var caseName: String? {
        switch self {
        case .inCase(let name), .beyondTheTable(let name): name
        case .inTheBrain: nil
        }
    }
}

extension CorpusCase {
    /// The case's expectation.
    func accepted() throws -> CaseExpectation { try CaseExpectation(reading: expectation ?? []) }

    /// The classes that the harness finds in the log, as it is, with a brain.
    func classes(_ brain: Brain = .standard) throws -> [DivergenceClass] {
        let outcome = try outcome(settings(accepted().settings, brain))
        return outcome.divergences.flatMap(\.divergence.classes)
    }

    /// The classes that are found with other rows than the table's.
    func classes(by rows: [CauseRow]) throws -> [DivergenceClass] {
        let settings = try settings(accepted().settings, .standard)
        var replay = Replay(settings: settings, program: "")
        try replay.read(whole: log) { _ in }
        let judge = AccountJudge(settings: settings, coverage: replay.coverage, rows: rows)
        let records = try records()
        let accounts = Set(records.compactMap(\.account)).sorted()
        return accounts.flatMap { account in
            judge.judge(account, records.filter { $0.account == account }).divergences
                .flatMap(\.classes)
        }
    }

    private func records() throws -> [MirrorRecord] {
        var records: [MirrorRecord] = []
        var reader = try LogReader()
        reader.read(whole: log) { outcome in
            if case .record(let record, _) = outcome { records.append(record) }
        }
        return records
    }
}

extension AccountVerdicts {
    /// The divergences of its episodes.
    fileprivate var divergences: [Divergence] {
        episodes.compactMap { episode in
            if case .divergent(let divergence) = episode.outcome { divergence } else { nil }
        }
    }
}
