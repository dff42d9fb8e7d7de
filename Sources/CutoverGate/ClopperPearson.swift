/// The exact bounds of a rate for one look, planned before the first episode.
///
/// Clopper and Pearson, The Use of Confidence or Fiducial Limits Illustrated in the Case of the
/// Binomial, Biometrika 26 (1934): a rate is refuted where so few events (or so many) would happen
/// with at most the level's chance. Each bound is one-sided at the level; both together make the
/// two-sided interval of twice the level that tables give.
///
/// - Warning: For one look. Who looks after every episode and stops at the first pass sees a wrong
///   one many times as often as the level says; `Bounds` has the figures.
package struct ClopperPearson: RateBound {
    package let level: RiskLevel

    package init(level: RiskLevel) {
        self.level = level
    }

    package func refutes(atLeast probability: Probability, by tally: Tally) -> Bool {
        guard tally.episodes > 0 else { return false }
        let chance = BinomialTail.logChance(ofAtMost: tally, at: probability)
        guard let chance else { return false }
        return chance + 1e-9 <= -PortableMath.log(level.reciprocal)
    }

    // Many events are few clean episodes, so one tail serves both sides.
    package func refutes(atMost probability: Probability, by tally: Tally) -> Bool {
        refutes(atLeast: probability.mirrored, by: tally.mirrored)
    }
}
