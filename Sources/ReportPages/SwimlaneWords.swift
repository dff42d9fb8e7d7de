import BillingModel
import DivergenceAnalysis
import DunningBrain
import ParityReport
import ShadowRun

/// The words of a picture: short, on one line, without anything that a page or a terminal would
/// obey.
enum SwimlaneWords {
    /// The most characters of a name, and of a label.
    static let most = (name: 12, label: 46, record: 60)

    /// A name in which both ends can be told: `in_q7O…pSpG`.
    static func name(_ name: String) -> String {
        let plain = PlainText.line(name, most: most.record)
        let scalars = plain.unicodeScalars
        guard scalars.count > most.name else { return plain }
        return String(scalars.prefix(6)) + "…" + String(scalars.suffix(most.name - 7))
    }

    /// A phrase with its name made short.
    static func phrase(_ phrase: Swimlane.Phrase) -> String {
        let parts = [phrase.before, phrase.name.map { name($0) } ?? "", phrase.after]
        return PlainText.line(parts.filter { !$0.isEmpty }.joined(separator: " "), most: most.label)
    }

    /// A record's name in full, or as much of it as anybody would read.
    static func record(_ id: RecordID) -> String {
        PlainText.line(id.rawValue, most: most.record)
    }

    /// What was done, as one label: several things of a kind are counted.
    static func deeds(_ phrases: [Swimlane.Phrase]) -> String {
        var parts: [(phrase: Swimlane.Phrase, count: Int)] = []
        for phrase in phrases {
            if let place = parts.firstIndex(where: { $0.phrase.before == phrase.before }) {
                parts[place].count += 1
            } else {
                parts.append((phrase, 1))
            }
        }
        let words = parts.map { $0.count == 1 ? self.phrase($0.phrase) : counted($0) }
        return fitted(words)
    }

    private static func counted(_ part: (phrase: Swimlane.Phrase, count: Int)) -> String {
        let before = PlainText.line(part.phrase.before, most: 20)
        return part.phrase.name == nil ? "\(before) \(part.count)×" : "\(before) \(part.count)"
    }

    /// As many of some words as a label has room for.
    private static func fitted(_ words: [String]) -> String {
        var text = ""
        for (place, word) in words.enumerated() {
            let next = text.isEmpty ? word : text + ", " + word
            if next.unicodeScalars.count > most.label - 4 && !text.isEmpty {
                return text + " +\(words.count - place)"
            }
            text = next
        }
        return PlainText.line(text, most: most.label)
    }

    /// What a run did, or would have done.
    static func run(_ run: Swimlane.Run) -> String {
        let done = deeds(run.deeds.filter(\.isDone).map(\.says))
        if run.isWhatIf { return done.isEmpty ? "would do nothing" : "would: " + done }
        let failed = run.deeds.count { !$0.isDone }
        let without = deeds(run.deeds.filter(\.isLeftOut).map(\.says))
        let parts = [
            done, failed > 0 ? "\(failed) failed" : "",
            run.isBroken && failed == 0 ? "broke off" : "",
            without.isEmpty ? "" : "without: " + without,
        ].filter { !$0.isEmpty }
        return parts.isEmpty ? "does nothing" : parts.joined(separator: "; ")
    }

    /// What the brain decided.
    static func decision(_ decision: Swimlane.Decision) -> String {
        let plan = deeds(decision.plan)
        let words = plan.isEmpty ? Self.rule(decision.rule) : plan
        return (decision.isWhatIf ? "would: " : decision.isStanding ? "first: " : "") + words
    }

    /// A rule of the brain that changes nothing, in a word or two.
    static func rule(_ rule: Rule) -> String {
        switch rule {
        case .restricted: "hands off"
        case .incomplete: "facts are missing"
        case .override: "override stands"
        case .inDebt: "in debt: as it is"
        case .hold: "waits"
        case .clear: "nothing owed"
        }
    }

    /// What a facet is called beside its tracks.
    static func facet(_ facet: Facet) -> String {
        switch facet {
        case .badDebtFlag: "flag"
        case .badDebtAt: "bad debt date"
        case .ban: "ban"
        case .subscription(let id): name(id.rawValue)
        case .items(let id): "items " + name(id.rawValue)
        case .customerMetadata: "customer tag"
        case .debtAmount: "debt amount"
        case .payments(let id): "paid " + name(id.rawValue)
        case .processed(let id): "ran " + name(id.rawValue)
        }
    }

    /// What stands in a track where a facet has a value; `nil` where it has none to speak of.
    static func value(_ value: FacetValue, of facet: Facet) -> String? {
        switch (value, facet) {
        case (.bool(false), .subscription): "over"
        case (.bool(false), _), (.text(nil), _), (.list([]), _), (.count(0), _): nil
        case (.bool(true), .badDebtFlag), (.bool(true), .badDebtAt): nil
        case (.text("true"?), .customerMetadata): nil
        case (.bool(true), .subscription): "live"
        case (.bool(true), _): "yes"
        case (.text(let text?), _): PlainText.line(text, most: 24)
        case (.list(let items), _): items.count == 1 ? "1 item" : "\(items.count) items"
        case (.count(let count), _): count == 1 ? "once" : "\(count) times"
        }
    }

    /// Whether a value is drawn as a bar, not as a line.
    static func isOn(_ value: FacetValue) -> Bool {
        switch value {
        case .bool(let value): value
        case .text(let text): text != nil
        case .list(let items): !items.isEmpty
        case .count(let count): count > 0
        }
    }

    /// The time of day of an instant, to the second.
    static func clock(_ instant: Instant) -> String {
        String(instant.description.dropFirst(11).prefix(8))
    }

    /// The day of an instant.
    static func day(_ instant: Instant) -> String { String(instant.description.prefix(10)) }
}
