import ParityReport
import ShadowRun

/// A facet and its two values, in words.
struct FacetWords {
    /// The facet, legacy's value, the brain's value.
    let cells: [String]

    init(_ difference: FacetDifference) {
        cells = [
            PlainText.line(Self.name(of: difference.facet), most: PageEntry.mostOfName),
            Self.value(difference.legacy, of: difference.facet),
            Self.value(difference.brain, of: difference.facet),
        ]
    }

    private static func name(of facet: Facet) -> String {
        switch facet {
        case .badDebtFlag: "flagged for bad debt"
        case .badDebtAt: "time of the bad debt"
        case .ban: "ban"
        case .subscription(let id): "subscription \(id)"
        case .items(let id): "items of \(id)"
        case .customerMetadata: "Stripe metadata bad_debt"
        case .debtAmount: "Stripe metadata bad_debt_amount"
        case .payments(let id): "payments of invoice \(id)"
        case .processed(let id): "event \(id)"
        }
    }

    private static func value(_ value: FacetValue, of facet: Facet) -> String {
        let text: String
        switch (value, facet) {
        case (.bool(let isLive), .subscription): text = isLive ? "live" : "canceled"
        case (.bool(let isDone), .processed): text = isDone ? "handled" : "not handled"
        case (.bool(let isSet), .badDebtAt): text = isSet ? "set" : "not set"
        case (.bool(let holds), _): text = holds ? "yes" : "no"
        case (.text(let text?), _): return PlainText.line(text, most: PageEntry.mostOfName)
        case (.text(nil), _): text = "none"
        case (.list(let values), _):
            let shown = values.prefix(12).joined(separator: ", ")
            text = values.isEmpty ? "none" : values.count > 12 ? shown + ", …" : shown
        case (.count(let count), _): text = Figures.grouped(count)
        }
        return PlainText.line(text, most: 4 * PageEntry.mostOfName)
    }
}
