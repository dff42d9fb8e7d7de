import BillingModel
import DivergenceAnalysis
import ParityReport
import ShadowRun

extension GateQuestion {
    /// How often legacy itself ended the same situation in different ways.
    ///
    /// It is stated, not judged: it is the measure that every other rate is read by.
    func noise() -> Criterion {
        let floor = NoiseFloor(observation)
        let episodes = floor.episodes
        let most = floor.facets.map(\.dissenting).max() ?? 0
        return Criterion(
            .noise,
            episodes > 0 ? .go : .insufficient,
            value: "up to \(Figures.percentage(most, of: episodes)) of episodes",
            limit: "stated",
            details: floor.facets.map { facet, count in
                "\(facet): \(Figures.percentage(count, of: episodes)) ended otherwise than most of "
                    + "their like"
            },
            next: "nothing was judged: give reports that judge something"
        )
    }

    /// The regression corpus must hold, and its alarm must work.
    func corpusHolds() -> Criterion {
        guard let corpus else {
            return Criterion(
                .corpus,
                .insufficient,
                value: "not checked",
                limit: "all cases hold",
                next: "give the corpus with --corpus"
            )
        }
        let holds = corpus.failing.isEmpty && corpus.cases > 0
        var verdict: GateVerdict = holds ? .go : corpus.cases == 0 ? .insufficient : .noGo
        if !corpus.silentAlarms.isEmpty, corpus.cases > 0 { verdict = .noGo }
        let held = corpus.cases - corpus.failing.count
        return Criterion(
            .corpus,
            verdict,
            value: "\(Figures.grouped(held)) of \(Figures.grouped(corpus.cases)) cases hold"
                + (corpus.silentAlarms.isEmpty
                    ? "" : ", \(Figures.grouped(corpus.silentAlarms.count)) planted defects pass"),
            limit: "all cases hold, every planted defect is caught",
            details: corpus.silentAlarms.map { "passes all cases: \($0)" },
            evidence: corpus.failing,
            next: corpus.cases == 0
                ? "the corpus holds no case"
                : "see `corpus check`: mend the brain, or accept what is right now",
            meter: .init(value: held, limit: corpus.cases, mustReach: true)
        )
    }

    /// The phase before must have cut over, on the same brain and policy.
    func dependency() -> Criterion {
        guard phase > .webhooks else {
            return Criterion(.dependency, .go, value: "none", limit: "none")
        }
        let before = phase.rawValue - 1
        let verdict: GateVerdict = hasStandingGo == true ? .go : .insufficient
        return Criterion(
            .dependency,
            verdict,
            value: hasStandingGo == true ? "stands" : "none that stands",
            limit: "a GO of phase \(before)",
            next: hasStandingGo == nil
                ? "give the folder of recorded verdicts with --record"
                : "record a GO of phase \(before) on this brain and policy first"
        )
    }

    /// What spoke against a phase must be judged again, and what a corpus held must be held still.
    func earlierEvidence() -> Criterion {
        guard let earlier else {
            return Criterion(.earlierEvidence, .go, value: "not recorded", limit: "all seen again")
        }
        let forgotten = earlier.forgotten.map { episode in
            "\(episode.divergence) of record \(episode.record): \(episode.key.account), "
                + "\(episode.key.opened), is not judged now"
        }
        let lost = earlier.lostCases.map { "the corpus does not hold the case \($0) any more" }
        let counts = [
            (forgotten.count, "episodes"), (earlier.thinner.count, "days"), (lost.count, "cases"),
        ].filter { $0.0 > 0 }.map { "\(Figures.grouped($0.0)) \($0.1)" }
        return Criterion(
            .earlierEvidence,
            earlier.isWhole ? .go : .insufficient,
            value: earlier.isWhole
                ? "all seen again" : "left out: " + counts.joined(separator: ", "),
            limit: "all seen again",
            details: lost + forgotten + earlier.thinner,
            evidence: earlier.forgotten.map(\.divergence),
            next: "give the reports and the corpus that earlier verdicts rest on too, judged anew"
        )
    }

    /// Rules by segment need every type known and told the same everywhere.
    func segments() -> Criterion {
        guard phase >= .segments else {
            return Criterion(.segments, .go, value: "not asked", limit: "from phase 3 on")
        }
        let ppm = Self.ppm(observation.tagDrift, of: observation.accounts)
        let hasUnknown = !observation.unknownTypes.isEmpty
        let isBad = hasUnknown || ppm > configuration.tagDrift.partsPerMillion
        let isGraduated = observation.brain.hasPrefix("graduated")
        return Criterion(
            .segments,
            isBad ? .noGo : isGraduated && observation.accounts > 0 ? .go : .insufficient,
            value: "\(observation.unknownTypes.count) unknown types, "
                + "\(Figures.grouped(observation.tagDrift)) tags drifted",
            limit: "0, \(configuration.tagDrift)",
            details: isGraduated
                ? [] : ["\(observation.brain) decided, and no brain of the graduated policy"],
            evidence: observation.unknownTypes,
            next: isBad
                ? "find out what these types are, and sync the tags"
                : isGraduated
                    ? "the reports hold no account"
                    : "replay under the graduated policy, which this phase cuts over to",
            meter: .init(
                value: ppm,
                limit: configuration.tagDrift.partsPerMillion,
                mustReach: false
            )
        )
    }

    /// Product and finance must have signed the policy, as it is, for each type.
    func signOffs() -> Criterion {
        guard phase >= .segments else {
            return Criterion(.signOffs, .go, value: "not asked", limit: "from phase 3 on")
        }
        guard let missingSignOffs else {
            return Criterion(
                .signOffs,
                .insufficient,
                value: "not looked at",
                limit: "each type, each role",
                next: "give the sign-offs with --waivers"
            )
        }
        return Criterion(
            .signOffs,
            missingSignOffs.isEmpty ? .go : .insufficient,
            value: "\(Figures.grouped(missingSignOffs.count)) missing",
            limit: "each type, each role",
            details: missingSignOffs,
            next: "have them sign the policy's present digest, \(observation.policy.prefix(12))"
        )
    }
}
