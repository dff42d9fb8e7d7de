import BrokenBrains
import DivergenceAnalysis
import DunningBrain
import RegressionCorpus
import Testing

/// Proves that the harness finds a divergence of every class, and that it could miss it.
struct PlantedDivergenceTests {
    @Test("a divergence of every class is planted, and found", arguments: DivergenceClass.allCases)
    func classIsFound(cause: DivergenceClass) async throws {
        switch Plant(of: cause) {
        case .inCase(let name), .beyondTheTable(let name):
            let subject = try KeptCorpus.named(name)
            let found = try subject.classes()
            #expect(found == [cause])
            #expect(try subject.classes(by: CauseRow.table) == found)
        case .inTheBrain:
            let hunt = try await CanaryHunt.kept
            let found = try #require(hunt.catches.values.first { !$0.breaches.isEmpty })
            let subject = try KeptCorpus.named(found.breaches[0].name)
            #expect(try subject.classes(found.canary.brain).contains(cause))
            #expect(try !subject.classes().contains(cause))
        }
    }

    @Test("without its row in the table no class is found", arguments: Plant.causesInCases)
    func classIsMissed(cause: DivergenceClass) throws {
        let name = try #require(Plant(of: cause).caseName)
        let rest = CauseRow.table.filter { $0.cause != cause }
        #expect(rest.count < CauseRow.table.count)
        let found = try KeptCorpus.named(name).classes(by: rest)
        #expect(!found.isEmpty, "what differs still differs")
        #expect(!found.contains(cause))
    }

    @Test("without any row whatever was planted is unexplained", arguments: Plant.causesInCases)
    func nothingIsExplained(cause: DivergenceClass) throws {
        let name = try #require(Plant(of: cause).caseName)
        #expect(try KeptCorpus.named(name).classes(by: []) == [.unexplained])
    }
}
