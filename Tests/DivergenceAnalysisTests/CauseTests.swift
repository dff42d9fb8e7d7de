import BillingModel
import DivergenceAnalysis
import Testing

/// The table of causes, each row on its own.
struct CauseTests {
    @Test("each class is told by its smallest story", arguments: SmallestStory.all)
    func isFound(story: SmallestStory) throws {
        let divergence = try story.sick.divergence(story.settings)
        #expect(divergence.classes == [story.cause])
        #expect(divergence.extent == story.extent)
        let explanation = try #require(divergence.explanation)
        #expect(explanation.interventions.map(\.cause) == [story.cause])
        #expect(divergence.breaches == [])
    }

    @Test("the same story without the defect matches", arguments: SmallestStory.all)
    func healthyMatches(story: SmallestStory) throws {
        let episodes = try story.healthy.judged(story.healthySettings).episodes
        #expect(!episodes.isEmpty)
        #expect(episodes.map(\.gist) == episodes.map { _ in "match" })
    }

    @Test("every class of the table has a smallest story")
    func allClassesAreTold() {
        let told = Set(SmallestStory.all.map(\.cause))
        #expect(Set(CauseRow.table.map(\.cause)) == told)
        let causes = Set(DivergenceClass.allCases.filter { !$0.isBlocking })
        #expect(causes == told)
    }
}
