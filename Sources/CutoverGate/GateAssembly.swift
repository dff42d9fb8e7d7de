package import BillingModel
import Crypto
import DivergenceAnalysis
import DunningBrain
package import MirrorLog
import ParityReport
package import RegressionCorpus
package import ShadowRun

/// A file that a decision is made from.
package struct GateFile: Sendable {
    /// What messages and records call it.
    package var name: String
    /// Its bytes.
    package var bytes: [UInt8]

    /// A file.
    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    /// SHA-256 of its bytes, in hexadecimal.
    package var digest: String { SHA256.hash(data: bytes).hexadecimal }

    /// The bytes as text.
    ///
    /// - Throws: ``RecordError`` where they are no UTF-8.
    fileprivate var text: String {
        get throws(RecordError) {
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw RecordError("`\(name)` is no UTF-8 text")
            }
            return text
        }
    }
}

/// Everything that a decision is made from, as files: the same files give the same decision.
package struct GateAssembly: Sendable {
    /// The phase that is to cut over.
    package var phase: Phase
    /// As of when; `nil` for the end of what was observed.
    package var at: Instant?
    /// The reports, each with its listing of episodes where that is at hand.
    package var reports: [(report: GateFile, episodes: GateFile?)]
    /// `gate.yaml`.
    package var configuration: GateFile?
    /// `waivers.yaml`.
    package var waivers: GateFile?
    /// The regression corpus, with the name of its folder.
    package var corpus: (name: String, cases: [CorpusCase], region: CorpusRegion)?
    /// The recorded verdicts; `nil` where nobody looked.
    package var chain: Chain?

    /// An assembly of reports.
    package init(
        phase: Phase,
        at: Instant?,
        reports: [(report: GateFile, episodes: GateFile?)]
    ) {
        self.phase = phase
        self.at = at
        self.reports = reports
    }

    /// Reads everything and decides.
    ///
    /// - Returns: The decision, and what it was made from.
    /// - Throws: ``RecordError`` where a file can't be read or the reports don't belong together.
    package func decide() throws -> (decision: GateDecision, inputs: [GateInput]) {
        var inputs: [GateInput] = []
        var configuration = GateConfiguration()
        if let file = self.configuration {
            configuration = try Self.inside(file) { () throws(RecordError) in
                try GateConfiguration(yaml: file.text)
            }
            inputs.append(.init(role: "configuration", name: file.name, digest: file.digest))
        }
        let read = try read(&inputs)
        let observation = try Observation(read)
        guard observation.scope >= phase else {
            throw RecordError(
                "a report holds only the scope of phase \(observation.scope.rawValue); replay without "
                    + "--phase"
            )
        }
        let at = at ?? observation.end
        guard at.since(observation.end) <= .days(366) else {
            throw RecordError("`at` is \(at), more than a year after the end of what was observed")
        }
        var waivers: Waivers?
        if let file = self.waivers {
            waivers = try Self.inside(file) { () throws(RecordError) in
                try Waivers(yaml: file.text, configuration: configuration)
            }
            inputs.append(.init(role: "waivers", name: file.name, digest: file.digest))
        }
        var evidence: CorpusEvidence?
        if let corpus {
            let checked = CorpusEvidence(corpus.cases, corpus.region)
            inputs.append(.init(role: "corpus", name: corpus.name, digest: checked.digest))
            evidence = checked
        }
        let uses =
            waivers?.weigh(
                totals(observation),
                phase: phase,
                at: at,
                term: configuration.waiverTerm
            ) ?? []
        var question = GateQuestion(
            phase: phase,
            at: at,
            configuration: configuration,
            observation: observation,
            corpus: evidence,
            hasStandingGo: hasStandingGo(observation, configuration),
            earlier: nil,
            excuses: Excuses(classes: Set(uses.excused), lines: uses.map(\.description)),
            missingSignOffs: waivers.map { missing($0, observation, configuration, at) }
        )
        if let chain {
            let look = EarlierEvidence.Look(
                phase: phase,
                since: since(observation, at, configuration),
                days: question.judgedByDay,
                corpus: evidence,
                episodes: read.flatMap { $0.episodes ?? [] }
            )
            question.earlier = try EarlierEvidence(chain.records, missingFrom: look)
        }
        // A file that was given twice was read once.
        return (GateDecision(question), Set(inputs).sorted())
    }

    /// Reads the reports as one observation.
    ///
    /// - Throws: ``RecordError`` where one can't be read, or they don't belong together.
    package func observation() throws(RecordError) -> Observation {
        var inputs: [GateInput] = []
        return try Observation(read(&inputs))
    }

    private func read(_ inputs: inout [GateInput]) throws(RecordError) -> [GateReport] {
        var read: [GateReport] = []
        for (report, listing) in reports {
            let document = try Self.inside(report) { () throws(RecordError) in
                try ReportDocument(json: report.bytes)
            }
            inputs.append(.init(role: "report", name: report.name, digest: report.digest))
            inputs.append(.init(role: "log", name: report.name, digest: document.input.log))
            var episodes: [ListedEpisode]?
            if let listing {
                inputs.append(.init(role: "episodes", name: listing.name, digest: listing.digest))
                episodes = try Self.inside(listing) { () throws(RecordError) in
                    try ListedEpisode.all(in: listing.bytes)
                }
            }
            read.append(GateReport(name: report.name, document: document, episodes: episodes))
        }
        return read
    }

    /// How much there is of each class in scope.
    private func totals(_ observation: Observation) -> [ClassTotal] {
        DivergenceClass.allCases.map { cause in
            let entries = observation.divergences.filter {
                $0.phase <= phase && $0.classes.contains(cause)
            }
            var money = Amounts()
            for sum in entries.flatMap(\.amounts.sums) {
                // By its size: what one is owed does not make up for what another owes.
                let size = Int64(clamping: sum.minorUnits.magnitude)
                money.add(Money(minorUnits: size, currency: sum.currency))
            }
            return ClassTotal(cause, count: entries.count, money: money)
        }
    }

    /// Since when nothing may be left out that an earlier verdict had judged: all the time that is
    /// looked at, and all that must be.
    private func since(
        _ observation: Observation,
        _ at: Instant,
        _ configuration: GateConfiguration
    ) -> Instant {
        let least = max(configuration.observed, GateConfiguration().observed)
        return min(at.advanced(by: least.times(-1)), observation.from ?? at)
    }

    private func hasStandingGo(
        _ observation: Observation,
        _ configuration: GateConfiguration
    ) -> Bool? {
        guard let before = Phase(rawValue: phase.rawValue - 1), let chain else { return nil }
        return chain.standing(before, on: ChainGrounds(observation, configuration)) != nil
    }

    private func missing(
        _ waivers: Waivers,
        _ observation: Observation,
        _ configuration: GateConfiguration,
        _ at: Instant
    ) -> [String] {
        let types = observation.types.map { ($0, AccountType.Known(rawValue: $0)) }
        let missing = waivers.missingSignOffs(
            of: observation.policy,
            for: types.compactMap(\.1),
            by: configuration.signOffRoles,
            at: at
        )
        return missing.map(\.description)
            + types.filter { $0.1 == nil }.map { "nobody can sign the policy off for `\($0.0)`" }
    }

    private static func inside<Result>(
        _ file: GateFile,
        _ body: () throws(RecordError) -> Result
    ) throws(RecordError) -> Result {
        do throws(RecordError) { return try body() } catch { throw error.inside("`\(file.name)`") }
    }
}
