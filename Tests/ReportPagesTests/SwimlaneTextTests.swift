import BillingModel
import DivergenceAnalysis
import ReportPages
import Testing

/// A swimlane as text, for a terminal.
struct SwimlaneTextTests {
    @Test("a void 43 s after a mark is drawn as it was looked at")
    func golden() throws {
        let swimlane = try #require(try Fleet.corpus("void-43-seconds-after-mark").first)
        let lines = SwimlaneText(swimlane, width: 100).lines
        try expectSnapshot(lines.map { $0.text + "\n" }.joined(), named: "void-43-seconds.txt")
    }

    @Test("no line has more columns than asked for", arguments: [60, 80, 100])
    func width(width: Int) throws {
        for swimlane in try Fleet.seeds.get().flatMap(\.swimlanes) {
            for line in SwimlaneText(swimlane, width: width).lines {
                #expect(line.text.count <= width, "\(swimlane.id): \(line.text)")
            }
        }
    }

    @Test("every letter of the lanes is told below, in order of time")
    func letters() throws {
        for swimlane in try Fleet.seeds.get().flatMap(\.swimlanes) {
            let lines = SwimlaneText(swimlane, width: 100).lines.map(\.text)
            let things = swimlane.events.count + swimlane.runs.count + swimlane.decisions.count
            let told = lines.drop { !$0.isEmpty }.dropFirst().prefix { !$0.isEmpty }
            #expect(told.count { !$0.hasPrefix("and ") } == things)
            let firsts = told.prefix(26).compactMap(\.first)
            #expect(firsts == firsts.sorted())
        }
    }

    @Test("the records of the smallest reproducer have a star")
    func stars() throws {
        let swimlane = try #require(try Fleet.corpus("void-43-seconds-after-mark").first)
        let starred = SwimlaneText(swimlane, width: 100).lines.filter(\.isKey).map(\.text)
        #expect(starred.count == 3)
        #expect(starred.allSatisfy { $0.dropFirst().hasPrefix("*") })
        #expect(starred.contains { $0.hasSuffix("in_1 voided  [evt_voided]") })
    }

    @Test("a stale read is told with the time at which it went out of date")
    func stale() throws {
        let swimlane = try #require(try Fleet.corpus("drift-clears-while-path-c-flags").first)
        let lines = SwimlaneText(swimlane, width: 100).lines.map(\.text)
        #expect(
            lines.contains { $0.contains("Path B") && $0.contains("stale since 10:00:31; unflags") }
        )
        #expect(lines.contains { $0.hasPrefix("Path B") && $0.contains(">") })
    }
}
