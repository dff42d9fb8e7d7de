import BillingModel
package import MirrorLog
import ParityReport

private enum GateKey: String, CaseIterable {
    case bound
    case levelPerMille = "level_per_mille"
    case unexplained = "unexplained_ppm"
    case traffic = "traffic_ppm"
    case cellEpisodes = "cell_episodes"
    case unjudged = "unjudged_ppm"
    case orphaned = "orphaned_ppm"
    case rejected = "rejected_ppm"
    case fidelity = "fidelity_ppm"
    case observed, gap, freshness
    case tagDrift = "tag_drift_ppm"
    case waiverTerm = "waiver_term"
    case roles
    case signOffRoles = "sign_off_roles"
}

extension GateConfiguration {
    /// Reads `gate.yaml`: every key is optional, and an empty file is the defaults.
    ///
    /// - Parameter yaml: The file's text.
    /// - Throws: ``RecordError`` with the place of what is unknown, doubled or out of range, and
    ///   what is allowed there.
    package init(yaml: String) throws(RecordError) {
        self.init()
        guard let fields = try YAMLNode.root(yaml)?.fields(GateKey.self) else { return }
        try fields[.bound].read { node throws(RecordError) in
            let word = try node.word([BoundMethod.anytime, .exact].map(\.rawValue))
            bound = BoundMethod(rawValue: word) ?? bound
        }
        // Below one half a bound would lie on the wrong side of what was seen.
        try fields[.levelPerMille].read(into: &levelPerMille, 1...100)
        // No number of clean episodes would show a rate to be 0.
        try fields[.unexplained].read(into: &unexplained, 1...100_000)
        try fields[.traffic].read(into: &traffic, 0...10_000)
        try fields[.cellEpisodes].read(into: &cellEpisodes, 1...1_000_000)
        try fields[.unjudged].read(into: &unjudged, 0...100_000)
        try fields[.orphaned].read(into: &orphaned, 0...100_000)
        try fields[.rejected].read(into: &rejected, 0...100_000)
        try fields[.fidelity].read(into: &fidelity, 950_000...1_000_000)
        try fields[.observed].read(into: &observed, .days(1) ... .days(366))
        try fields[.gap].read(into: &gap, .seconds(1) ... .days(1))
        try fields[.freshness].read(into: &freshness, .seconds(1) ... .days(7))
        try fields[.tagDrift].read(into: &tagDrift, 0...100_000)
        try fields[.waiverTerm].read(into: &waiverTerm, .days(1) ... .days(366))
        try fields[.roles].read(into: &roles)
        try fields[.signOffRoles].read(into: &signOffRoles)
    }
}

extension YAMLNode? {
    fileprivate func read(
        _ body: (YAMLNode) throws(RecordError) -> Void
    ) throws(RecordError) {
        if let self { try body(self) }
    }

    fileprivate func read(
        into value: inout Int,
        _ range: ClosedRange<Int64>
    ) throws(RecordError) {
        if let self { value = Int(try self.number(range)) }
    }

    fileprivate func read(
        into value: inout Rate,
        _ range: ClosedRange<Int64>
    ) throws(RecordError) {
        if let self { value = Rate(partsPerMillion: Int(try self.number(range))) }
    }

    fileprivate func read(
        into value: inout TimeSpan,
        _ range: ClosedRange<TimeSpan>
    ) throws(RecordError) {
        if let self { value = try self.span(range) }
    }

    /// Reads names of roles: at least one, each once, in the order of the alphabet.
    fileprivate func read(into roles: inout [String]) throws(RecordError) {
        guard let self else { return }
        var read: [String] = []
        for node in try self.elements() {
            let role = try node.text()
            guard role.utf8.allSatisfy({ (97...122).contains($0) || $0 == 95 }) else {
                throw node.unfit(role, "a role in lower-case letters, with `_` between words")
            }
            guard !read.contains(role) else { throw node.error("is `\(role)` a second time") }
            read.append(role)
        }
        guard !read.isEmpty else { throw self.error("is empty; nobody could answer for anything") }
        roles = read.sorted(by: FirmText.precedes)
    }
}
