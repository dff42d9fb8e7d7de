import BillingModel
import CutoverGate
import DivergenceAnalysis
import MirrorLog
import ParityReport
import ShadowRun

/// A piece of evidence that is taken away.
enum Removal: CaseIterable {
    case cleanEpisodes, cell, allCells, day, allDays, watermark, allSources
    case ledgerRow, wholeLedger, matched, records, corpus, corpusCases, corpusClasses
    case chain, waivers, fidelity, allFidelity, situations, accounts, from, orphanNames

    /// Those without which nothing passes.
    static let whole: [Removal] = [
        .allCells, .allDays, .watermark, .allSources, .ledgerRow, .wholeLedger, .records, .corpus,
        .corpusCases, .corpusClasses, .allFidelity, .situations, .from,
    ]

    /// Takes some of it away.
    func apply(to question: inout GateQuestion, _ random: inout SeededRandom) {
        func place(_ count: Int) -> Int? {
            count == 0 ? nil : random.number(0...(count - 1))
        }
        switch self {
        case .cleanEpisodes:
            guard let place = place(question.observation.cells.count) else { return }
            let clean = question.observation.cells[place].tally.match
            question.observation.cells[place].tally.match -= random.number(0...clean)
        case .cell:
            guard let place = place(question.observation.cells.count) else { return }
            question.observation.cells.remove(at: place)
        case .allCells: question.observation.cells = []
        case .day:
            guard let place = place(question.observation.days.count) else { return }
            question.observation.days.remove(at: place)
        case .allDays: question.observation.days = []
        case .watermark:
            guard let place = place(question.observation.sources.count) else { return }
            question.observation.sources[place].activity.through = nil
        case .allSources: question.observation.sources = []
        case .ledgerRow:
            let rows = question.observation.ledger.indices.filter {
                question.observation.ledger[$0].received > 0
            }
            guard let place = place(rows.count) else { return }
            question.observation.ledger.remove(at: rows[place])
        case .wholeLedger: question.observation.ledger = []
        case .matched:
            guard let place = place(question.observation.ledger.count) else { return }
            let matched = question.observation.ledger[place].matched
            question.observation.ledger[place].matched -= random.number(0...matched)
        case .records: question.observation.records = 0
        case .corpus: question.corpus = nil
        case .corpusCases: question.corpus?.cases = 0
        case .corpusClasses: question.corpus?.classes = []
        case .chain: question.hasStandingGo = nil
        case .waivers: question.excuses = Excuses()
        case .fidelity:
            guard let place = place(question.observation.fidelity.count) else { return }
            question.observation.fidelity.remove(at: place)
        case .allFidelity: question.observation.fidelity = []
        case .situations: question.observation.situations = []
        case .accounts: question.observation.accounts = 0
        case .from: question.observation.from = nil
        case .orphanNames:
            guard let place = place(question.observation.orphans.count) else { return }
            question.observation.orphans.remove(at: place)
        }
    }
}

/// Something that is wrong and was not before.
enum Harm: CaseIterable {
    case unexplained, brainDefect, knownDefect, waivedDefect, flaggedByBrain, orphan, reject
    case gap, silence, uncovered, unfaithful, failingCase, deafAlarm, later, unbalanced

    /// Does it once.
    ///
    /// - Parameters:
    ///   - question: The question.
    ///   - template: A divergence to be like.
    ///   - number: A number that no other harm has.
    ///   - random: Where it happens.
    func apply(
        to question: inout GateQuestion,
        _ template: ReportDocument.Entry,
        _ number: Int,
        _ random: inout SeededRandom
    ) {
        let horizon = question.observation.horizon
        switch self {
        case .unexplained: question.diverge(template, number, [.unexplained], &random)
        case .brainDefect: question.diverge(template, number, [.brainDefect], &random)
        case .knownDefect: question.diverge(template, number, [.missingUnflag], &random)
        case .waivedDefect: question.diverge(template, number, [.race], &random)
        case .flaggedByBrain:
            question.diverge(template, number, [.unexplained], &random, brainOnly: [.flag])
        case .orphan:
            let place = random.pick(
                question.observation.ledger.indices.filter {
                    question.observation.ledger[$0].kind != .mark
                }
            )
            let kind = question.observation.ledger[place].kind
            question.observation.ledger[place].orphaned += 1
            question.observation.ledger[place].received += 1
            question.observation.records += 1
            question.observation.orphans.append(
                .init(
                    record: RecordID("lost-\(number)"),
                    kind: kind,
                    account: nil,
                    why: .unmapped,
                    opened: nil
                )
            )
        case .reject: question.observation.rejected += 1
        case .gap:
            let place = random.pick(Array(question.observation.sources.indices))
            let from = horizon.advanced(by: .days(-2))
            question.observation.sources[place].activity.gaps.append(
                Gap(from: from, to: from.advanced(by: .minutes(61)))
            )
        case .silence:
            let from = horizon.advanced(by: .days(-20))
            question.observation.silences = [Gap(from: from, to: from.advanced(by: .days(18)))]
        case .uncovered:
            let from = horizon.advanced(by: .days(-2))
            question.observation.uncovered.append(
                Gap(from: from, to: from.advanced(by: .minutes(61)))
            )
        case .unfaithful:
            let places = question.observation.fidelity.indices.filter {
                question.observation.fidelity[$0].exact > 0
            }
            guard !places.isEmpty else { return }
            question.observation.fidelity[random.pick(places)].exact -= 1
        case .failingCase: question.corpus?.failing.append("case-\(number)")
        case .deafAlarm: question.corpus?.silentAlarms = ["a brain that does nothing"]
        case .later: question.at = question.at.advanced(by: .minutes(61))
        case .unbalanced:
            let place = random.pick(Array(question.observation.ledger.indices))
            question.observation.ledger[place].matched += 1
        }
    }
}

extension GateQuestion {
    /// One episode that was counted as a match diverges.
    fileprivate mutating func diverge(
        _ template: ReportDocument.Entry,
        _ number: Int,
        _ classes: [DivergenceClass],
        _ random: inout SeededRandom,
        brainOnly: [Consequence] = []
    ) {
        let places = observation.cells.indices.filter {
            observation.cells[$0].tally.match > 0 && observation.cells[$0].cell.phase == .webhooks
        }
        let days = observation.days.indices.filter {
            observation.days[$0].tally.match > 0 && observation.days[$0].day.phase == .webhooks
        }
        guard !places.isEmpty, !days.isEmpty else { return }
        observation.cells[random.pick(places)].tally.diverge(classes)
        observation.days[random.pick(days)].tally.diverge(classes)
        var entry = template
        entry.id = "dv_made_up_\(number)"
        entry.account = AccountID("acct_made_up_\(number)")
        entry.classes = classes
        entry.facets = []
        entry.legacyOnly = []
        entry.brainOnly = brainOnly
        entry.phase = .webhooks
        observation.divergences.append(entry)
    }
}

extension EpisodeTally {
    fileprivate mutating func diverge(_ classes: [DivergenceClass]) {
        match -= 1
        divergent += 1
        if classes.contains(.unexplained) { unexplained += 1 }
        if classes.contains(.brainDefect) { brainDefect += 1 }
    }
}
