import BillingModel
import DivergenceAnalysis
import DunningBrain
import MirrorLog
package import ShadowRun

extension ReportDocument {
    /// Reads a divergence.
    static func readEntry(_ value: JSONValue) throws(Misreading) -> Entry {
        let object = try ReportObject(value)
        let type = try object.nullable("account_type", ReportValue.text)
        let stake = try object.read("stake") { value throws(Misreading) in
            let object = try ReportObject(value)
            return (
                amounts: try object.read("amounts", readAmounts),
                subscriptions: try object.read("subscriptions", ReportValue.count)
            )
        }
        let taken = try object.read("taken") { value throws(Misreading) in
            let object = try ReportObject(value)
            return (
                legacy: try object.list("legacy", readTaken),
                brain: try object.list("brain", readTaken)
            )
        }
        return Entry(
            id: try object.read("id", ReportValue.text),
            account: try object.read("account", ReportValue.id),
            accountType: type.map { AccountType($0) },
            opened: try object.read("opened", ReportValue.instant),
            closed: try object.read("closed", ReportValue.instant),
            trigger: try object.read("trigger", ReportValue.text),
            phase: try object.read("phase", ReportValue.phase),
            extent: try object.read("extent") { value throws(Misreading) in
                try ReportValue.word(value, "extent")
            },
            since: try object.read("since", ReportValue.instant),
            until: try object.nullable("until", ReportValue.instant),
            classes: try object.read("classes", readClasses),
            facets: try object.list("facets") { value throws(Misreading) in
                try readFacet(try ReportObject(value))
            },
            effect: try object.nullable("effect", readEffect),
            interventions: try object.list("intervention", readIntervention),
            breaches: try object.list("breaches", readBreach),
            story: try object.read("story", ReportValue.text),
            records: try object.list("records", ReportValue.id),
            reproducer: try object.optionalList("reproducer", ReportValue.id),
            legacyOnly: taken.legacy,
            brainOnly: taken.brain,
            amounts: stake.amounts,
            subscriptions: stake.subscriptions
        )
    }

    /// Classes in the order of their table: one that stood there twice would count twice, and a
    /// divergence of none in no count at all.
    private static func readClasses(_ value: JSONValue) throws(Misreading) -> [DivergenceClass] {
        let classes: [DivergenceClass] = try ReportValue.elements(value, readClass)
        guard !classes.isEmpty else { throw Misreading("it is empty") }
        guard zip(classes, classes.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw Misreading("they are not in the order of the table, each of them once")
        }
        return classes
    }

    private static func readClass(_ value: JSONValue) throws(Misreading) -> DivergenceClass {
        try ReportValue.word(value, "class")
    }

    private static func readEffect(_ value: JSONValue) throws(Misreading) -> Effectiveness {
        let text = try ReportValue.text(value)
        let known: [Effectiveness] = [.prevents, .repairs]
        guard let effect = known.first(where: { "\($0)" == text }) else {
            throw ReportValue.unknown(text, "effect of an intervention")
        }
        return effect
    }

    private static func readIntervention(
        _ value: JSONValue
    ) throws(Misreading) -> AppliedIntervention {
        let object = try ReportObject(value)
        return AppliedIntervention(
            cause: try object.read("class", readClass),
            execution: try object.nullable("execution", ReportValue.id),
            invoice: try object.nullable("invoice", ReportValue.id),
            at: try object.read("at", ReportValue.instant)
        )
    }

    private static func readBreach(_ value: JSONValue) throws(Misreading) -> Breach {
        let object = try ReportObject(value)
        let invariant = try object.read("invariant") { value throws(Misreading) in
            let number = try ReportValue.integer(value)
            guard let known = Int(exactly: number).flatMap(Invariant.init(rawValue:)) else {
                throw Misreading("\(number) is no invariant")
            }
            return known
        }
        return Breach(invariant, try object.read("detail", ReportValue.text))
    }

    private static func readAmounts(_ value: JSONValue) throws(Misreading) -> Amounts {
        let object = try ReportObject(value)
        var amounts = Amounts()
        let sums = try object.each { key, value throws(Misreading) in
            // The code as the writer spells it, so that no currency stands there twice.
            guard let currency = Currency(key), currency.code == key else {
                throw Misreading("it is the amount of no currency")
            }
            return Money(minorUnits: try ReportValue.integer(value), currency: currency)
        }
        for sum in sums { amounts.add(sum) }
        return amounts
    }
}

// MARK: - Facets

extension ReportDocument {
    /// Reads a facet with its two values, each of the kind that the facet has.
    static func readFacet(_ object: ReportObject) throws(Misreading) -> FacetDifference {
        let facet = try object.read("facet") { value throws(Misreading) in
            let name = try ReportValue.text(value)
            guard let facet = Facet(reportName: name) else {
                throw ReportValue.unknown(name, "facet")
            }
            return facet
        }
        let read = { (value: JSONValue) throws(Misreading) -> FacetValue in
            try readFacetValue(value, of: facet)
        }
        return FacetDifference(
            facet,
            legacy: try object.read("legacy", read),
            brain: try object.read("brain", read)
        )
    }

    private static func readFacetValue(
        _ value: JSONValue,
        of facet: Facet
    ) throws(Misreading) -> FacetValue {
        switch facet {
        case .badDebtFlag, .badDebtAt, .subscription, .processed:
            .bool(try ReportValue.bool(value))
        case .ban, .customerMetadata, .debtAmount:
            .text(value.isNull ? nil : try ReportValue.text(value))
        case .items:
            .list(try ReportValue.elements(value, ReportValue.text))
        case .payments:
            .count(try ReportValue.count(value))
        }
    }
}

extension Facet {
    /// Reads a facet's name as reports write it: the inverse of ``description``.
    ///
    /// It is `nil` for anything else.
    /// - Parameter name: The name.
    package init?(reportName name: String) {
        let plain: [Facet] = [.badDebtFlag, .badDebtAt, .ban, .customerMetadata, .debtAmount]
        if let facet = plain.first(where: { $0.description == name }) {
            self = facet
            return
        }
        // By scalars: a colon with a combining mark behind it is no colon to a search by characters.
        let scalars = name.unicodeScalars
        guard let colon = scalars.firstIndex(of: ":") else { return nil }
        let id = String(scalars[scalars.index(after: colon)...])
        switch String(scalars[..<colon]) {
        case "subscription": self = .subscription(SubscriptionID(id))
        case "items": self = .items(SubscriptionID(id))
        case "payments": self = .payments(InvoiceID(id))
        case "processed": self = .processed(RecordID(id))
        default: return nil
        }
    }
}
