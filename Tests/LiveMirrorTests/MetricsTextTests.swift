import BillingModel
import LiveMirror
import MirrorStore
import Testing

@Suite("metrics")
struct MetricsTextTests {
    private let now = Instant(microseconds: 1_772_366_400_000_000)

    @Test("count records by source and kind, whatever a source is called")
    func records() {
        let status = WatchStatus()
        status.count("b", "stripe", at: now.advanced(by: TimeSpan(microseconds: -1_500_000)))
        status.count("b", "stripe", at: now.advanced(by: .seconds(-9)))
        status.count("a\"\\\n", "change", at: now)
        let text = MetricsText(status.facts, at: now).text
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.contains(#"dunning_parity_records_total{source="b",kind="stripe"} 2"#))
        #expect(lines.contains(#"dunning_parity_records_total{source="a\"\\\n",kind="change"} 1"#))
        #expect(lines.contains(#"dunning_parity_source_lag_seconds{source="b"} 1.500000"#))
        #expect(text.hasSuffix("\n"))
    }

    @Test("count delays by bounds that include those below")
    func delays() {
        let status = WatchStatus()
        status.update { facts in
            for milliseconds: Int64 in [-5, 100, 101, 999, 1000, 90_000] {
                facts.delays.note(TimeSpan(microseconds: milliseconds * 1000))
            }
        }
        let lines = MetricsText(status.facts, at: now).text.split(separator: "\n").map(String.init)
        let name = "dunning_parity_verdict_delay_seconds"
        #expect(lines.contains(#"\#(name)_bucket{le="0.100000"} 2"#))
        #expect(lines.contains(#"\#(name)_bucket{le="0.250000"} 3"#))
        #expect(lines.contains(#"\#(name)_bucket{le="1.000000"} 5"#))
        #expect(lines.contains(#"\#(name)_bucket{le="60.000000"} 5"#))
        #expect(lines.contains(#"\#(name)_bucket{le="+Inf"} 6"#))
        #expect(lines.contains("\(name)_count 6"))
        #expect(lines.contains("\(name)_sum 92.200000"))
    }

    @Test("have a type and a help for each family, before its samples")
    func families() {
        let status = WatchStatus()
        status.count("stripe", "stripe", at: now)
        status.update { facts in
            facts.horizon = now
            facts.slotBytes = 7
            facts.judgedAt = now
        }
        status.note("down", of: "store")
        var known: Set<Substring> = []
        for line in MetricsText(status.facts, at: now).text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.starts(with: ["#", "TYPE"]) {
                #expect(known.insert(words[2]).inserted, "each family once")
            } else if !words.starts(with: ["#", "HELP"]) {
                let name = words[0].prefix { $0 != "{" }
                let parts = ["_bucket", "_sum", "_count"].filter { name.hasSuffix($0) }
                let family = name.dropLast(parts.first?.count ?? 0)
                #expect(known.contains(name) || known.contains(family), "\(line)")
                #expect(words.count == 2)
            }
        }
        #expect(known.contains("dunning_parity_slot_bytes"))
        #expect(known.contains("dunning_parity_troubles"))
        status.note(nil, of: "store")
        #expect(status.facts.troubles.isEmpty)
    }
}
