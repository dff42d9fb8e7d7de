import BillingModel
import Yams

/// A value in a plan with its place, read strictly: what is not asked for is an error.
struct PlanNode {
    private let node: Node
    private let place: String

    /// The root of a YAML text.
    init(yaml: String) throws(FleetPlanError) {
        do {
            guard let root = try Yams.compose(yaml: yaml) else {
                throw FleetPlanError("the plan is empty")
            }
            node = root
        } catch let error as FleetPlanError {
            throw error
        } catch {
            throw FleetPlanError("not YAML: \(error)")
        }
        place = ""
    }

    private init(_ node: Node, place: String) {
        self.node = node
        self.place = place
    }

    /// The values of a mapping that has no other keys than these.
    func fields<Key: RawRepresentable & CaseIterable & Hashable>(
        _ keys: Key.Type
    ) throws(FleetPlanError) -> [Key: PlanNode] where Key.RawValue == String {
        var fields: [Key: PlanNode] = [:]
        for (name, value) in try entries() {
            guard let key = Key(rawValue: name) else {
                let known = Key.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
                throw value.error("is no key here; the keys are \(known)")
            }
            fields[key] = value
        }
        return fields
    }

    /// The entries of a mapping, in order, each key once.
    func entries() throws(FleetPlanError) -> [(name: String, value: PlanNode)] {
        guard let mapping = node.mapping else { throw error("is not a mapping") }
        var entries: [(name: String, value: PlanNode)] = []
        for (key, value) in mapping {
            guard let name = key.string else { throw error("has a key that is no text") }
            let child = PlanNode(value, place: place.isEmpty ? name : "\(place).\(name)")
            guard !entries.contains(where: { $0.name == name }) else {
                throw child.error("stands twice")
            }
            entries.append((name, child))
        }
        return entries
    }

    /// A mapping from names to counts or weights.
    func weights<Value>(
        _ what: String,
        _ read: (String) -> Value?
    ) throws(FleetPlanError) -> [Weighted<Value>] {
        var weights: [Weighted<Value>] = []
        for (name, value) in try entries() {
            guard let known = read(name) else { throw value.error("is no \(what)") }
            weights.append(Weighted(known, try value.count()))
        }
        return weights
    }

    /// A list of names.
    func list<Value>(_ what: String, _ read: (String) -> Value?) throws(FleetPlanError) -> [Value] {
        guard let sequence = node.sequence else { throw error("is not a list") }
        var values: [Value] = []
        for element in sequence {
            guard let text = element.string, let value = read(text) else {
                throw error("has an element that is no \(what)")
            }
            values.append(value)
        }
        return values
    }

    /// A whole number of 0 or more.
    func count() throws(FleetPlanError) -> Int {
        guard let value = node.int, value >= 0 else {
            throw error("is not a whole number of 0 or more")
        }
        return value
    }

    /// A share in thousandths.
    func share() throws(FleetPlanError) -> Int {
        let value = try count()
        guard value <= 1000 else { throw error("is above 1000 thousandths") }
        return value
    }

    /// A time span such as `6h`, above 0.
    func span() throws(FleetPlanError) -> TimeSpan {
        guard let text = node.string, let span = TimeSpan(text), span > .zero else {
            throw error("is no time span such as `30s`, `6h` or `60d`")
        }
        return span
    }

    /// A list of the least and the most milliseconds.
    func milliseconds() throws(FleetPlanError) -> Milliseconds {
        let ends = try list("whole number") { Int($0) }
        guard ends.count == 2, ends[0] >= 0, ends[0] <= ends[1] else {
            throw error("is not `[least, most]` in milliseconds")
        }
        return Milliseconds(least: ends[0], most: ends[1])
    }

    /// An RFC 3339 time.
    func instant() throws(FleetPlanError) -> Instant {
        guard let text = node.string, let instant = Instant(rfc3339: text) else {
            throw error("is no RFC 3339 time")
        }
        return instant
    }

    /// What is wrong with this value, and where it stands.
    func error(_ problem: String) -> FleetPlanError {
        let line = node.mark.map { "line \($0.line): " } ?? ""
        return FleetPlanError(line + (place.isEmpty ? "the plan" : "`\(place)`") + " " + problem)
    }
}
