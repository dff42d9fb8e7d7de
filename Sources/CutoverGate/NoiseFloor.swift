import DivergenceAnalysis
package import ParityReport

/// Legacy held against itself: how often the same situation ended in different ways.
///
/// A situation is the account's type, what opened the episode, where the customer stood and what the
/// facts told. Of each facet the rarer end counts as dissent. What legacy does not agree with itself
/// on, no comparison with it can settle.
package struct NoiseFloor: Sendable {
    /// How many episodes were held against their like.
    package let episodes: Int
    /// For each facet, how many of them ended otherwise than most of their like.
    package let facets: [(facet: String, dissenting: Int)]
    /// The situations with any dissent, those with most first.
    package let situations: [SituationTally]

    /// The noise in an observation.
    package init(_ observation: Observation) {
        let all = observation.situations
        episodes = all.reduce(0) { $0 + $1.episodes }
        facets = Situation.facets.enumerated().map { place, facet in
            (facet, all.reduce(0) { $0 + $1.dissent(at: place) })
        }
        situations = all.filter { $0.most > 0 }.sorted { lhs, rhs in
            (rhs.most, lhs.situation) < (lhs.most, rhs.situation)
        }
    }

    /// The noise as tables of a terminal: by facet, then the situations with most of it.
    package var text: String {
        var table = TextTable([("facet", .left), ("dissenting", .right), ("share", .right)])
        for (facet, count) in facets {
            table.add([
                facet, Figures.grouped(count), Figures.percentage(count, of: episodes),
            ])
        }
        var worst = TextTable([
            ("situation", .left), ("episodes", .right), ("most dissent", .right), ("facet", .left),
        ])
        for tally in situations.prefix(Self.mostSituations) {
            let place = tally.dissenting.firstIndex(of: tally.most) ?? 0
            worst.add([
                PlainText.line(tally.situation, most: 56), Figures.grouped(tally.episodes),
                Figures.grouped(tally.most), Situation.facets[place],
            ])
        }
        return "\(Figures.grouped(episodes)) judged episodes held against their like\n\n"
            + table.text + (worst.isEmpty ? "" : "\n" + worst.text)
    }

    private static let mostSituations = 12
}

extension SituationTally {
    /// How many episodes dissent on the facet at a place.
    func dissent(at place: Int) -> Int {
        dissenting.indices.contains(place) ? dissenting[place] : 0
    }

    /// How many dissent on the facet with most dissent.
    fileprivate var most: Int { dissenting.max() ?? 0 }
}
