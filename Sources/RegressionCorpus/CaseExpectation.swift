import BillingModel
package import MirrorLog
import ShadowRun

/// `expect.json`: what must come of a case's log.
package struct CaseExpectation: Sendable {
    /// The version of the file's form.
    package static let schema: Int64 = 1

    /// The ticket that the case comes from; `nil` where there is none.
    package var ticket: String?
    /// How the case is judged.
    package var settings = CaseSettings()
    /// What must come of it, as ``CaseOutcome/tree`` tells it.
    package var outcome: JSONTree

    /// An expectation of an outcome.
    package init(ticket: String?, settings: CaseSettings, outcome: JSONTree) {
        self.ticket = ticket
        self.settings = settings
        self.outcome = outcome
    }

    /// Reads the file.
    ///
    /// Members that are not known are refused here; those of the outcome show as differences, since
    /// it is compared member by member. A member that stands there twice is refused everywhere: of
    /// two only one would be compared.
    ///
    /// - Parameter text: UTF-8.
    /// - Throws: ``RecordError`` that says what is wrong and where.
    package init(reading text: [UInt8]) throws(RecordError) {
        let file = try StrictObject(
            JSONTree(text),
            known: ["schema", "ticket", "settings", "outcome"]
        )
        let schema = try file.integer("schema")
        guard schema == Self.schema else {
            throw file.error("`schema` is \(schema); this reads \(Self.schema)")
        }
        ticket = try file.optionalString("ticket")
        if let settings = file["settings"] {
            self.settings = try CaseSettings(settings, at: file.placeOf("settings"))
        }
        outcome = try file.required("outcome")
        try Self.refuseSecondMembers(outcome, at: file.placeOf("outcome"))
    }

    private static func refuseSecondMembers(
        _ tree: JSONTree,
        at place: String
    ) throws(RecordError) {
        switch tree {
        case .object(let members):
            // Its own members are all known to it, so that only one that stands there twice is wrong.
            let object = try StrictObject(tree, at: place, known: members.map(\.key))
            for member in members {
                try refuseSecondMembers(member.value, at: object.placeOf(member.key))
            }
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                try refuseSecondMembers(element, at: "\(place)[\(index)]")
            }
        case .null, .bool, .integer, .number, .string: return
        }
    }

    /// The file's text, laid out for people to review.
    package var text: [UInt8] {
        var text = JSONText(brokenLevels: 5)
        text.object { text in
            text.member("schema", Self.schema)
            text.member("ticket", ticket)
            if settings != CaseSettings() {
                text.object("settings") { text in
                    if let settle = settings.settle { text.member("settle", settle.description) }
                    if let phase = settings.phase { text.member("phase", Int64(phase.rawValue)) }
                }
            }
            text.key("outcome")
            text.value(outcome)
        }
        text.endLine()
        return text.bytes
    }
}

extension CaseSettings {
    fileprivate init(_ tree: JSONTree, at place: String) throws(RecordError) {
        let object = try StrictObject(tree, at: place, known: ["settle", "phase"])
        if let text = try object.optionalString("settle") {
            guard let span = TimeSpan(text) else {
                throw object.error("`settle` is `\(text)`, not a time such as 15m")
            }
            settle = span
        }
        if object["phase"] != nil {
            let number = try object.integer("phase")
            guard let phase = Int(exactly: number).flatMap(Phase.init(rawValue:)) else {
                throw object.error("`phase` is \(number), not 1, 2, 3 or 4")
            }
            self.phase = phase
        }
    }
}
