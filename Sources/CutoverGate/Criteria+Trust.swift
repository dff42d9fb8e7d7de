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
        if !corpus.catchesIdleBrain, corpus.cases > 0 { verdict = .noGo }
        let held = corpus.cases - corpus.failing.count
        return Criterion(
            .corpus,
            verdict,
            value: "\(Figures.grouped(held)) of \(Figures.grouped(corpus.cases)) cases hold"
                + (corpus.catchesIdleBrain ? "" : ", and a brain that does nothing passes"),
            limit: "all cases hold, and a broken brain does not",
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

    /// Rules by segment need every type known and told the same everywhere.
    func segments() -> Criterion {
        guard phase >= .segments else {
            return Criterion(.segments, .go, value: "not asked", limit: "from phase 3 on")
        }
        let ppm = Self.ppm(observation.tagDrift, of: observation.accounts)
        let hasUnknown = !observation.unknownTypes.isEmpty
        let isBad = hasUnknown || ppm > configuration.tagDrift.partsPerMillion
        return Criterion(
            .segments,
            isBad ? .noGo : observation.accounts > 0 ? .go : .insufficient,
            value: "\(observation.unknownTypes.count) unknown types, "
                + "\(Figures.grouped(observation.tagDrift)) tags drifted",
            limit: "0, \(configuration.tagDrift)",
            evidence: observation.unknownTypes,
            next: isBad
                ? "find out what these types are, and sync the tags"
                : "the reports hold no account",
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
