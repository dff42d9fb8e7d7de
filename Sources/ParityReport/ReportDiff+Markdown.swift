import BillingModel

extension ReportDiff {
    /// How much the lists may fill, in bytes of UTF-8.
    ///
    /// GitHub takes 65,536 characters; the tables behind the lists need some thousands.
    private static let room = 56_000
    /// The most divergences of one group that are listed.
    private static let items = 25

    /// The comparison for a pull request: the outcome in its first lines, and short enough for a
    /// comment whatever the reports hold.
    package func markdown() -> String {
        var text = "# What this change does\n\n\(headline)\n\n"
        for doubt in doubts { text += "**Beware**: \(Markdown.plain(doubt.words))\n\n" }
        text += groupTable(mostCurrencies: 3).markdown + "\n"
        if !changes.isEmpty {
            let shown = changes.prefix(12).map { Markdown.code($0.words, most: 120) }
            let rest = changes.count > 12 ? ", and \(changes.count - 12) more" : ""
            text += "Changed: \(shown.joined(separator: ", "))\(rest)\n\n"
        }
        let classes = classTable
        if !classes.isEmpty {
            text += "## By class\n\n" + classes.markdown
            text += "\n*Out* and *in*: reclassified out of the class, and into it.\n\n"
        }
        for group in Group.allCases where group != .unchanged { add(group, to: &text) }
        addStanding(to: &text)
        text += "## What was judged\n\n" + judgedTable.markdown + "\n"
        text += "Log `\(old.input.log.prefix(12))`"
        if old.input.log != new.input.log { text += " and `\(new.input.log.prefix(12))`" }
        text += ", policy `\(old.input.policy.prefix(12))`"
        if old.input.policy != new.input.policy { text += " and `\(new.input.policy.prefix(12))`" }
        return text + ".\n"
    }

    private func add(_ group: Group, to text: inout String) {
        let isBad = group == .introduced || group == .worse
        let lines = lines(group)
        let items = lines.prefix(Self.items).map { line in
            let facets = line.details.prefix(6).map { Markdown.code($0, most: 60) }
            let rest = line.details.count > 6 ? ", …" : ""
            var item =
                "\(Markdown.code(line.id, most: 40)) \(Markdown.code(line.account, most: 60)): "
            item += line.outcome.replacing("->", with: "→")
            if !facets.isEmpty { item += "; \(facets.joined(separator: ", "))\(rest)" }
            // What is wrong now is told in full; of the rest the ids are enough.
            if isBad { item += "<br>\(Markdown.code(line.story, most: 300))" }
            return item
        }
        let isChange = group == .worse || group == .reclassified
        let name = words(group) + (isChange ? " (\(Self.legend))" : "")
        Self.add(items, of: lines.count, name, to: &text)
    }

    private func addStanding(to text: inout String) {
        let lines = standingLines
        let items = lines.prefix(Self.items).map { line in
            let facets = line.facets.prefix(6).map { Markdown.code($0, most: 60) }
            let rest = line.facets.count > 6 ? ", …" : ""
            return "\(Markdown.code(line.account, most: 60)): since \(line.since); "
                + facets.joined(separator: ", ") + rest
        }
        Self.add(
            items,
            of: lines.count,
            "standing differences introduced, by account",
            to: &text
        )
    }

    /// Adds as much of a list as there is room for.
    private static func add(
        _ items: [String],
        of count: Int,
        _ name: String,
        to text: inout String
    ) {
        guard count > 0 else { return }
        text += "## \(name.prefix(1).uppercased())\(name.dropFirst())\n\n"
        var shown = 0
        for item in items {
            guard text.utf8.count + item.utf8.count < room else { break }
            text += "- \(item)\n"
            shown += 1
        }
        let rest = count - shown
        if rest > 0 { text += "- and \(Figures.grouped(rest)) more\n" }
        text += "\n"
    }
}
