package import BillingModel
import DivergenceAnalysis
import MirrorStore

/// Metrics in Prometheus' text format, version 0.0.4.
///
/// Source of the format: "Exposition formats", Prometheus documentation. Its escapes for label values
/// are three: the backslash, the quotation mark and the line feed.
package struct MetricsText: Sendable {
    private var lines: [String] = []

    /// The metrics of a mirror.
    ///
    /// - Parameters:
    ///   - facts: What it knows of itself.
    ///   - now: The time.
    package init(_ facts: WatchStatus.Facts, at now: Instant) {
        family("records_total", "counter", "Records kept since the start, by source and kind.") {
            facts.records.sorted { ($0.source, $0.kind) < ($1.source, $1.kind) }.map {
                Sample([("source", $0.source), ("kind", $0.kind)], $0.count)
            }
        }
        family("redelivered_total", "counter", "Records that the store had already, by source.") {
            facts.sources.map { Sample([("source", $0.source)], $0.redelivered) }
        }
        family("rejected_total", "counter", "What could not be read, by source.") {
            facts.sources.map { Sample([("source", $0.source)], $0.rejected) }
        }
        family("source_lag_seconds", "gauge", "Since the source's latest event happened.") {
            facts.latest.sorted { $0.source < $1.source }.map {
                Sample([("source", $0.source)], now.since($0.at))
            }
        }
        family("horizon_lag_seconds", "gauge", "Since the time up to which all is delivered.") {
            facts.horizon.map { [Sample([], now.since($0))] } ?? []
        }
        family("judged_age_seconds", "gauge", "Since verdicts were last up to date.") {
            facts.judgedAt.map { [Sample([], now.since($0))] } ?? []
        }
        family("unsettled_accounts", "gauge", "Accounts with an episode that is still open.") {
            [Sample([], facts.unsettled)]
        }
        family("settled_episodes", "gauge", "Episodes that have settled.") {
            [Sample([], facts.tally.settled)]
        }
        family("divergent_episodes", "gauge", "Settled episodes that diverge.") {
            [Sample([], facts.tally.divergent)]
        }
        family("divergences", "gauge", "Divergences by class; one may be of several.") {
            facts.tally.byClass.map { Sample([("class", $0.cause.rawValue)], $0.episodes) }
        }
        family("unmapped_records", "gauge", "Stripe records that no account was found for.") {
            [Sample([], facts.unmapped)]
        }
        family("unattributed_total", "counter", "What no path was named for, since the start.") {
            [Sample([], facts.unattributed)]
        }
        family("slot_bytes", "gauge", "What the database holds back for the mirror's slot.") {
            facts.slotBytes.map { [Sample([], $0)] } ?? []
        }
        histogram(
            "verdict_delay_seconds",
            "From an episode's settling until its verdict was committed.",
            facts.delays
        )
        family("troubles", "gauge", "Parts that are in trouble, 1 each.") {
            facts.troubles.sorted { $0.part < $1.part }.map { Sample([("part", $0.part)], 1) }
        }
    }

    /// The text, UTF-8.
    package var text: String { lines.map { $0 + "\n" }.joined() }

    private struct Sample {
        let labels: [(name: String, value: String)]
        let value: String

        init(_ labels: [(String, String)], _ value: some BinaryInteger) {
            self.labels = labels.map { (name: $0.0, value: $0.1) }
            self.value = "\(value)"
        }

        init(_ labels: [(String, String)], _ span: TimeSpan) {
            self.labels = labels.map { (name: $0.0, value: $0.1) }
            value = MetricsText.seconds(span)
        }
    }

    /// A length of time in seconds, without a number that is not whole.
    private static func seconds(_ span: TimeSpan) -> String {
        let (seconds, rest) = span.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let sign = span.microseconds < 0 ? "-" : ""
        let digits = String(rest.magnitude)
        let padded = String(repeating: "0", count: 6 - digits.count) + digits
        return "\(sign)\(seconds.magnitude).\(padded)"
    }

    private mutating func histogram(_ name: String, _ help: String, _ delays: WatchStatus.Delays) {
        let name = "dunning_parity_\(name)"
        lines.append("# HELP \(name) \(help)")
        lines.append("# TYPE \(name) histogram")
        var sum = 0
        for (bound, count) in zip(WatchStatus.Delays.bounds, delays.counts) {
            sum += count
            let seconds = Self.seconds(TimeSpan(microseconds: bound * 1000))
            lines.append("\(name)_bucket{le=\"\(seconds)\"} \(sum)")
        }
        let all = delays.counts.reduce(0, +)
        lines.append("\(name)_bucket{le=\"+Inf\"} \(all)")
        lines.append("\(name)_sum \(Self.seconds(delays.sum))")
        lines.append("\(name)_count \(all)")
    }

    private mutating func family(
        _ name: String,
        _ type: String,
        _ help: String,
        _ samples: () -> [Sample]
    ) {
        let samples = samples()
        guard !samples.isEmpty else { return }
        lines.append("# HELP dunning_parity_\(name) \(help)")
        lines.append("# TYPE dunning_parity_\(name) \(type)")
        for sample in samples {
            let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
            let list = labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}"
            lines.append("dunning_parity_\(name)\(list) \(sample.value)")
        }
    }

    private static func escaped(_ value: String) -> String {
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": escaped += #"\\"#
            case "\"": escaped += #"\""#
            case "\n": escaped += #"\n"#
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
