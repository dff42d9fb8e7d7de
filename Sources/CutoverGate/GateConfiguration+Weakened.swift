import BillingModel

extension GateConfiguration {
    /// The settings by which this asks for less than the defaults do, each with both values; whoever
    /// signs a GO should see them.
    package var weakened: [String] {
        let standard = GateConfiguration()
        let mine = canonicalText.split(separator: "\n")
        let theirs = standard.canonicalText.split(separator: "\n")
        let isWeaker = [
            bound == .exact && standard.bound == .anytime,
            levelPerMille > standard.levelPerMille,
            unexplained > standard.unexplained,
            traffic > standard.traffic,
            cellEpisodes < standard.cellEpisodes,
            unjudged > standard.unjudged,
            orphaned > standard.orphaned,
            rejected > standard.rejected,
            fidelity < standard.fidelity,
            observed < standard.observed,
            gap > standard.gap,
            freshness > standard.freshness,
            tagDrift > standard.tagDrift,
            waiverTerm > standard.waiverTerm,
            !Set(roles).isSubset(of: standard.roles),
            !Set(signOffRoles).isSuperset(of: standard.signOffRoles),
        ]
        return zip(isWeaker, zip(mine, theirs)).compactMap { isWeaker, lines in
            isWeaker ? "\(lines.0) (the default is \(Self.value(lines.1)))" : nil
        }
    }

    private static func value(_ line: some StringProtocol) -> String {
        String(line[(line.firstIndex(of: " ") ?? line.startIndex)...].dropFirst())
    }
}
