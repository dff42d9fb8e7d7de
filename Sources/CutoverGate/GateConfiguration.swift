package import BillingModel
import ParityReport

/// What the gate asks for, as numbers: the limits of its criteria.
///
/// The defaults are those that the project's issue states. Rates are whole parts per million, so
/// that nothing depends on floating point.
package struct GateConfiguration: Hashable, Sendable {
    /// How a rate is bounded: for looking daily, or once.
    package var bound: BoundMethod = .anytime
    /// The accepted chance of a wrong GO, in thousandths.
    package var levelPerMille = 50
    /// The most episodes with unexplained divergences.
    package var unexplained = Rate(partsPerMillion: 1000)
    /// The share of traffic from which on a cell counts by itself.
    package var traffic = Rate(partsPerMillion: 1000)
    /// How many judged episodes such a cell needs.
    package var cellEpisodes = 30
    /// The most episodes that were not judged: open ones, of which a log in mid-traffic always ends
    /// with some, and incomplete ones.
    package var unjudged = Rate(partsPerMillion: 10_000)
    /// The most orphaned records.
    package var orphaned = Rate(partsPerMillion: 100)
    /// The most rejected records.
    package var rejected = Rate(partsPerMillion: 100)
    /// The least executions that a path's model must give exactly.
    package var fidelity = Rate(partsPerMillion: 990_000)
    /// How long the log must have been observed.
    package var observed: TimeSpan = .days(14)
    /// The longest time without any record.
    package var gap: TimeSpan = .minutes(60)
    /// How old a source's watermark may be.
    package var freshness: TimeSpan = .minutes(60)
    /// The most accounts whose tag differs from their type.
    package var tagDrift = Rate(partsPerMillion: 1000)
    /// The longest time that a waiver may still have to run.
    package var waiverTerm: TimeSpan = .days(180)
    /// The roles that may own a waiver, in the order of the alphabet.
    package var roles = ["engineering", "finance", "product", "support"]
    /// The roles that must sign each type's policy off, in the order of the alphabet.
    package var signOffRoles = ["finance", "product"]

    /// The defaults.
    package init() {}

    /// The accepted chance of a wrong GO; the standard one where the number makes no sense.
    package var level: RiskLevel { RiskLevel(perMille: levelPerMille) ?? .standard }

    /// All settings as a file that reads back as this value, in a fixed order: what ``digest`` is
    /// over, and what a record keeps.
    package var canonicalText: String {
        """
        bound: \(bound.rawValue)
        level_per_mille: \(levelPerMille)
        unexplained_ppm: \(unexplained.partsPerMillion)
        traffic_ppm: \(traffic.partsPerMillion)
        cell_episodes: \(cellEpisodes)
        unjudged_ppm: \(unjudged.partsPerMillion)
        orphaned_ppm: \(orphaned.partsPerMillion)
        rejected_ppm: \(rejected.partsPerMillion)
        fidelity_ppm: \(fidelity.partsPerMillion)
        observed: \(observed)
        gap: \(gap)
        freshness: \(freshness)
        tag_drift_ppm: \(tagDrift.partsPerMillion)
        waiver_term: \(waiverTerm)
        roles: [\(Self.list(roles))]
        sign_off_roles: [\(Self.list(signOffRoles))]

        """
    }

    /// SHA-256 of ``canonicalText``, in hexadecimal: equal for equal meaning.
    package var digest: String { Digest.sha256(Array(canonicalText.utf8)) }

    private static func list(_ words: [String]) -> String {
        Set(words).sorted(by: FirmText.precedes).joined(separator: ", ")
    }
}
