import BrokenBrains
import DivergenceAnalysis
import DunningBrain
import ParityReport

/// The tables of `Canaries.md`, as the tests find them.
enum CanaryTables {
    /// How many cases are named in a cell: those that catch the fewest other brains, since they say
    /// most about this one.
    private static let mostNamed = 3

    /// The brains by invariant, with the cases that caught them.
    static func brains(_ hunt: CanaryHunt) -> String {
        var table = TextTable([
            ("The brain", .left), ("breaks", .left), ("caught by", .right),
            ("as that", .right), ("as another", .right), ("as a change", .right),
            ("the first of them", .left),
        ])
        for invariant in Invariant.allCases {
            let name = "\(invariant.rawValue) `\(invariant)`"
            if let reason = invariant.vacuousBecause {
                table.add(["none", name, "-", "-", "-", "-", reason])
            }
            for found in hunt.catches.values where found.canary.invariant == invariant {
                let others = found.traces.count - found.breaches.count - found.changes.count
                table.add([
                    found.canary.defect, name, "\(found.traces.count)",
                    "\(found.breaches.count)", "\(others)", "\(found.changes.count)",
                    named(found, hunt),
                ])
            }
        }
        return table.markdown
    }

    /// The cases that are named for a brain; where it broke its invariant, of those.
    private static func named(_ found: CanaryHunt.Catch, _ hunt: CanaryHunt) -> String {
        let telling = found.breaches.isEmpty ? found.traces : found.breaches
        let ranked = telling.map { (hunt.catches.count(in: $0.name), $0.name) }.sorted { $0 < $1 }
        return ranked.prefix(mostNamed).map { "`\($0.1)`" }.joined(separator: ", ")
    }

    /// The classes, with where each is planted and what is found without its row.
    static func classes() throws -> String {
        var table = TextTable([
            ("Class", .left), ("planted in", .left), ("without its row", .left),
        ])
        for cause in DivergenceClass.allCases {
            let plant = Plant(of: cause)
            var missed = "-"
            if case .inCase(let name) = plant {
                let rest = CauseRow.table.filter { $0.cause != cause }
                missed = try KeptCorpus.named(name).classes(by: rest)
                    .map { "`\($0.rawValue)`" }.joined(separator: ", ")
            }
            let place = plant.caseName.map { "`\($0)`" } ?? "each of the brains above"
            table.add(["`\(cause.rawValue)`", place, missed])
        }
        return table.markdown
    }
}
