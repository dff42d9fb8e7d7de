import BillingModel
package import CutoverGate
import ParityReport
import ShadowRun

/// `gate.html`: one file that needs nothing else, in light and dark.
package struct GatePage {
    private let decision: GateDecision

    /// The page of a decision.
    package init(_ decision: GateDecision) {
        self.decision = decision
    }

    /// The page's text.
    package var html: String {
        let phase = decision.question.phase.rawValue
        let rows = decision.criteria.map(row).joined()
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(decision.verdict.rawValue) for phase \(phase)</title>
            <style>\(Self.style)</style></head><body>
            <header><h1 class="\(Self.mark(decision.verdict))">\(decision.verdict.rawValue)
            for phase \(phase)</h1>
            <p>\(Self.escaped(decision.headline)), as of \(decision.question.at).</p></header>
            <main><section><h2>Criteria</h2><table>
            <thead><tr><th scope="col">criterion</th><th scope="col">verdict</th>
            <th scope="col">found</th><th scope="col">asked for</th><th scope="col">measure</th>
            </tr></thead><tbody>
            \(rows)</tbody></table></section>
            <section><h2>Clean episodes</h2>\(burnUp)</section>
            <section><h2>What it did to customers</h2>
            \(list(decision.harm.lines))</section>
            <section><h2>What to do</h2>
            \(toDo)</section></main></body></html>

            """
    }

    private func row(_ criterion: Criterion) -> String {
        """
        <tr><th scope="row">\(Self.escaped(criterion.name.words))</th>\
        <td class="\(Self.mark(criterion.verdict))">\(criterion.verdict.rawValue)</td>\
        <td>\(Self.escaped(criterion.value))</td><td>\(Self.escaped(criterion.limit))</td>\
        <td>\(bar(criterion))</td></tr>

        """
    }

    /// A criterion's measure as a bar whose limit is at two thirds of its width.
    private func bar(_ criterion: Criterion) -> String {
        guard let meter = criterion.meter else { return "" }
        let whole = max(1, meter.limit)
        let (scaled, overflow) = meter.value.multipliedReportingOverflow(by: 100)
        let width = overflow ? 150 : min(150, max(0, scaled / whole))
        let label = "\(meter.value) of \(meter.limit)"
        return """
            <svg viewBox="0 0 150 12" width="150" height="12" role="img" aria-label="\(label)">\
            <rect class="track" width="150" height="12"/>\
            <rect class="\(Self.mark(criterion.verdict))" width="\(width)" height="12"/>\
            <line class="limit" x1="100" x2="100" y1="0" y2="12"/></svg>
            """
    }

    /// The clean episodes of each day, added up, against how many are needed.
    private var burnUp: String {
        let points = decision.burnUp
        guard let last = points.last else { return "<p>No episode was judged.</p>" }
        let needed = decision.cleanNeeded ?? 0
        let top = max(last.clean, needed, 1)
        let columns = max(1, points.count - 1)
        let line = points.enumerated().map { place, point in
            let x = 600 * place / columns
            let (height, overflow) = point.clean.multipliedReportingOverflow(by: 180)
            return "\(x),\(190 - (overflow ? 180 : height / top))"
        }.joined(separator: " ")
        let (height, overflow) = needed.multipliedReportingOverflow(by: 180)
        let limit = 190 - (overflow ? 180 : height / top)
        let caption =
            "\(Figures.grouped(last.clean)) clean episodes by \(Self.escaped(last.day)); "
            + "\(Figures.grouped(needed)) needed overall"
        return """
            <figure><svg viewBox="0 0 600 200" role="img" aria-label="\(caption)">
            <line class="limit" x1="0" x2="600" y1="\(limit)" y2="\(limit)"/>
            <polyline class="clean" points="\(line)"/></svg>
            <figcaption>\(caption)</figcaption></figure>
            """
    }

    private var toDo: String {
        let open = decision.criteria.filter { $0.verdict != .go }
        guard !open.isEmpty else { return "<p>Nothing.</p>" }
        return open.map { criterion in
            "<h3>\(Self.escaped(criterion.name.words))</h3><p>\(Self.escaped(criterion.next))</p>"
                + list(Array(criterion.details.prefix(40)))
        }.joined(separator: "\n")
    }

    private func list(_ lines: [String]) -> String {
        guard !lines.isEmpty else { return "" }
        return "<ul>" + lines.map { "<li>\(Self.escaped($0))</li>" }.joined() + "</ul>"
    }

    private static func mark(_ verdict: GateVerdict) -> String {
        switch verdict {
        case .go: "go"
        case .insufficient: "insufficient"
        case .noGo: "no-go"
        }
    }

    /// Text as HTML shows it: marks escaped, characters that would change the text around dropped.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&", "<", ">", "\"": result += Markup.reference(to: scalar) ?? ""
            case "'": result += "&#39;"
            default:
                let category = scalar.properties.generalCategory
                if category != .control, category != .format {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result
    }

    private static let style = """
        :root{color-scheme:light dark;--go:#1a7f37;--wait:#9a6700;--no:#b42318;--line:#8b949e}
        @media (prefers-color-scheme:dark){:root{--go:#3fb950;--wait:#d29922;--no:#ff7b72}}
        body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
        table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .6rem;
        border-bottom:1px solid var(--line);vertical-align:top}
        .go{color:var(--go);fill:var(--go)}.insufficient{color:var(--wait);fill:var(--wait)}
        .no-go{color:var(--no);fill:var(--no);font-weight:600}
        .track{fill:var(--line);opacity:.25}.limit{stroke:currentColor;stroke-dasharray:4 3}
        .clean{fill:none;stroke:var(--go);stroke-width:2}figure{margin:0}
        figure svg{width:100%;height:auto}@media (max-width:40rem){table{font-size:.85rem}}
        @media print{body{max-width:none}}
        """
}
