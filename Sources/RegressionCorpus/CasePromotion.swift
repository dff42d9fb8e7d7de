import BillingModel
import DivergenceAnalysis
import DunningBrain
import MirrorLog
package import ParityReport
import ShadowRun

/// A divergence of a report made into a case: its reproducer redacted, judged, and told.
///
/// Refused is whatever would make a case that does not say what the report said: records that by
/// themselves diverge otherwise, a redaction that changes the verdict, data of another region, and a
/// story that the corpus tells already.
package struct CasePromotion: Sendable {
    /// The case.
    package let promoted: CorpusCase

    /// What whoever promotes a divergence decides.
    package struct Request: Sendable {
        /// The case's name: what it proves, in small letters and digits with dashes between.
        package var name: String
        /// What it proves, as a sentence; made of the name where it is `nil`.
        package var claim: String?
        /// The ticket that it comes from.
        package var ticket: String?
        /// The key of the pseudonyms.
        package var secret: [UInt8]
        /// What becomes of amounts.
        package var amounts: AmountTreatment

        /// What somebody decided.
        package init(
            name: String,
            claim: String?,
            ticket: String?,
            secret: [UInt8],
            amounts: AmountTreatment
        ) {
            self.name = name
            self.claim = claim
            self.ticket = ticket
            self.secret = secret
            self.amounts = amounts
        }
    }

    /// Promotes a divergence.
    ///
    /// - Parameters:
    ///   - entry: The divergence, as a report has it.
    ///   - input: What went into the report: its settings are the case's.
    ///   - cut: The logs, read, with the records of the divergence's reproducer asked for.
    ///   - request: What whoever promotes it decides.
    ///   - corpus: The cases that there are.
    ///   - region: Whose data the corpus may hold.
    /// - Throws: ``RecordError`` that says why it is refused.
    package init(
        _ entry: ReportDocument.Entry,
        _ input: ReportDocument.Input,
        _ cut: LogCut,
        _ request: Request,
        into corpus: [CorpusCase],
        of region: CorpusRegion
    ) throws {
        try Self.check(request.name, among: corpus)
        for other in CorpusRegion.allCases where cut.regions.contains(other) {
            guard region.admits(other) else { throw RecordError(region.refusal(of: other)) }
        }
        let lines = try cut.lines
        let yaml = try input.policyYAML
        let policy = try Policy(yaml: yaml ?? "")
        var settings = CaseSettings()
        if input.settle != JudgeSettings().settle { settings.settle = input.settle }
        settings.phase = input.scope

        let redaction = try Redaction(
            secret: request.secret,
            amounts: request.amounts,
            policy: policy
        )
        let redacted = try redaction.redact(lines)
        guard region.admits(redacted.region) else {
            throw RecordError(region.refusal(of: redacted.region))
        }
        let judging = settings.judging(policy, .standard)
        try Self.check(lines, redacted, entry, judging)

        let end = entry.closed.advanced(by: judging.longerSettle)
        let closing = MirrorRecord.closing(end).map { RecordWriter().line($0) }
        var made = CorpusCase(
            name: request.name,
            log: (redacted.lines + closing).flatMap { $0 },
            expectation: nil,
            readme: "# \(request.claim ?? Self.sentence(request.name))\n",
            policy: yaml
        )
        let outcome = try made.outcome(judging)
        try Self.check(made, outcome, isNewTo: corpus)
        made.readme += Self.story(outcome, redacted.lines.count)
        made.expectation =
            CaseExpectation(
                ticket: request.ticket,
                settings: settings,
                outcome: try outcome.tree
            ).text
        let problems = CaseCheck(made, in: region).problems
        if let problem = problems.first { throw RecordError(problem) }
        promoted = made
    }

    // MARK: - What is refused

    private static func check(_ name: String, among corpus: [CorpusCase]) throws(RecordError) {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        let isPlain = parts.allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { (0x61...0x7A) ~= $0 || (0x30...0x39) ~= $0 }
        }
        guard isPlain else {
            throw RecordError(
                "`\(name)` is no name of a case: small letters and digits, with single dashes between"
            )
        }
        guard !name.hasPrefix(CorpusCase.refusedPrefix) else {
            throw RecordError("`\(name)` would be a case whose log must be refused")
        }
        guard !corpus.contains(where: { $0.name == name }) else {
            throw RecordError("there is a case `\(name)` already")
        }
    }

    /// The records by themselves must diverge as the report says, and so must they redacted.
    private static func check(
        _ lines: [[UInt8]],
        _ redacted: RedactedCase,
        _ entry: ReportDocument.Entry,
        _ settings: JudgeSettings
    ) throws(RecordError) {
        let before = try verdicts(on: lines, settings)
        let wanted = Divergence.Signature(
            classes: entry.classes,
            extent: entry.extent,
            facets: entry.facets
        )
        let found = before.episodes.compactMap { episode -> Divergence.Signature? in
            guard case .divergent(let divergence) = episode.outcome else { return nil }
            return divergence.signature
        }
        guard found.contains(wanted) else {
            let classes = found.flatMap(\.classes).map(\.rawValue).joined(separator: ", ")
            throw RecordError(
                "the records by themselves don't diverge as the report says, but "
                    + (found.isEmpty ? "not at all" : "as \(classes)")
            )
        }
        let after = try verdicts(on: redacted.lines, settings)
        if let difference = redacted.difference(from: before, to: after) {
            throw RecordError(
                "redacted, the records give another verdict: `\(difference.found)` in place of "
                    + "`\(difference.expected)`"
            )
        }
    }

    private static func verdicts(
        on lines: [[UInt8]],
        _ settings: JudgeSettings
    ) throws(RecordError) -> AccountVerdicts {
        let reader = try RecordReader()
        var records: [MirrorRecord] = []
        for line in lines { records.append(try reader.read(copying: line)) }
        guard let account = records.lazy.compactMap(\.account).first else {
            throw RecordError("none of the records names an account")
        }
        let judge = AccountJudge(settings: settings, coverage: LogCoverage(shownBy: records))
        return judge.judge(account, records)
    }

    private static func check(
        _ made: CorpusCase,
        _ outcome: CaseOutcome,
        isNewTo corpus: [CorpusCase]
    ) throws {
        let signature = try CaseSignature(of: made.log, outcome)
        for other in corpus where !other.mustBeRefused && other.flaw == nil {
            // One that can't be read is `corpus check`'s to tell of.
            guard let theirs = try? Self.signature(of: other) else { continue }
            guard theirs != signature else {
                throw RecordError(
                    "the case `\(other.name)` tells the same story: but for names, times and amounts "
                        + "it has the same records and the same divergence"
                )
            }
        }
    }

    private static func signature(of subject: CorpusCase) throws -> CaseSignature {
        let expected = try subject.expectation.map { try CaseExpectation(reading: $0) }
        let settings = try subject.settings(expected?.settings ?? .init(), .standard)
        return try CaseSignature(of: subject.log, subject.outcome(settings))
    }

    // MARK: - What is told

    /// A name as a sentence: `void-after-mark` is "Void after mark".
    private static func sentence(_ name: String) -> String {
        let words = name.split(separator: "-").joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    private static func story(_ outcome: CaseOutcome, _ records: Int) -> String {
        var text = ""
        for (_, divergence) in outcome.divergences {
            let lines = PlainText.wrapped(divergence.story + ".", at: 100, breaksWords: false)
            text += "\n" + lines.joined(separator: "\n") + "\n"
        }
        return text + "\nMet in production, cut down to \(records) records and redacted.\n"
    }
}

extension ReportDocument.Input {
    /// The policy that the report was made under, as `policy.yaml`; `nil` for the default one.
    ///
    /// - Throws: ``RecordError`` where it can't be told from the report's settings.
    fileprivate var policyYAML: String? {
        get throws(RecordError) {
            let keys = ["confirmation", "threshold", "reactivation", "override"]
            var yaml = ""
            for member in settings where keys.contains(member.key) {
                let value = member.value.string ?? member.value.integer.map { "\($0)" } ?? ""
                yaml += "\(member.key): \(value)\n"
            }
            let told = try Policy(yaml: yaml)
            guard told.digest == policy else {
                throw RecordError(
                    "the report was made under a policy that its settings don't tell in full"
                )
            }
            return told == Policy() ? nil : yaml
        }
    }
}
