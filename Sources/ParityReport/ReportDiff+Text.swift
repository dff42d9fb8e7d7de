import BillingModel

extension ReportDiff {
    /// The most divergences of one group that a terminal shows.
    package static let linesEachGroup = 10
    /// How wide a terminal is taken to be.
    package static let width = 100

    /// The comparison for a terminal: no line is longer than ``width``.
    package func text() -> String {
        var text = Self.wrapped(headline.replacing("**", with: ""))
        for doubt in doubts { text += Self.wrapped("beware: " + doubt.words) }
        text += "\n" + fittingGroupTable + "\n"
        let classes = classTable
        if !classes.isEmpty {
            text += classes.text
            text += "out, in: reclassified out of the class, and into it\n\n"
        }
        for group in Group.allCases where group != .unchanged { text += listed(group) }
        text += listedStanding
        text += Self.listed(changes.prefix(12).map(\.words), changes.count, "changed settings")
        text.removeLast()
        return text
    }

    /// The table of groups with as many currencies as there is room for.
    private var fittingGroupTable: String {
        let tables = [2, 1, 0].map { groupTable(mostCurrencies: $0).text }
        let fitting = tables.first { table in
            table.split(separator: "\n").allSatisfy { $0.count <= Self.width }
        }
        return fitting ?? groupTable(mostCurrencies: 0).text
    }

    private func listed(_ group: Group) -> String {
        let lines = lines(group)
        let shown = lines.prefix(Self.linesEachGroup).map { line in
            let parts = [
                PlainText.line(line.id, most: 24), PlainText.line(line.account, most: 28),
                line.outcome, line.details.prefix(8).joined(separator: ", "),
            ]
            return parts.filter { !$0.isEmpty }.joined(separator: "  ")
        }
        let isChange = group == .worse || group == .reclassified
        let name = words(group) + (isChange ? " (\(Self.legend))" : "")
        return Self.listed(shown, lines.count, name)
    }

    private var listedStanding: String {
        let lines = standingLines
        let shown = lines.prefix(Self.linesEachGroup).map { line in
            "\(PlainText.line(line.account, most: 28))  since \(line.since)  "
                + line.facets.prefix(8).joined(separator: ", ")
        }
        return Self.listed(shown, lines.count, "standing differences introduced, by account")
    }

    /// A list under its name; nothing where it is empty.
    private static func listed(_ lines: [String], _ count: Int, _ name: String) -> String {
        guard count > 0 else { return "" }
        var text = name + "\n"
        for line in lines { text += "  \(PlainText.line(line, most: width - 2))\n" }
        let rest = count - lines.count
        if rest > 0 { text += "  and \(Figures.grouped(rest)) more\n" }
        return text + "\n"
    }

    /// A sentence on as many lines as it takes.
    private static func wrapped(_ sentence: String) -> String {
        let line = PlainText.line(sentence, most: 400)
        return PlainText.wrapped(line, at: width, indent: "  ").joined(separator: "\n") + "\n"
    }
}
