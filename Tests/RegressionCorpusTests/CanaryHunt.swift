import BrokenBrains
import DunningBrain
import RegressionCorpus

/// Every broken brain tried on every case of the corpus.
struct CanaryHunt: Sendable {
    /// The cases, by name.
    let cases: [AskedCase]
    /// What became of each brain.
    let catches: Catches

    /// The hunt through the kept corpus, done once for all tests.
    static var kept: CanaryHunt { get async throws { try await hunting.value } }

    private static let hunting = Task.detached { try await CanaryHunt(KeptCorpus.cases()) }

    /// A brain with the cases that it does not get through.
    struct Catch: Sendable {
        /// The brain.
        let canary: Canary
        /// What gave it away, by the case's name.
        let traces: [Trace]

        /// The traces in which it broke the invariant that it is there to break.
        var breaches: [Trace] { traces.filter { $0.breached.contains(canary.invariant) } }
        /// The traces in which it broke none, and only what is expected came out differently.
        var changes: [Trace] { traces.filter(\.breached.isEmpty) }
    }

    /// What became of each brain, in the order of ``Canary/all``.
    struct Catches: Sendable {
        /// All of them.
        let values: [Catch]

        /// What became of a brain.
        subscript(canary: Canary) -> Catch? {
            values.first { $0.canary.defect == canary.defect }
        }

        /// How many brains a case catches.
        func count(in name: String) -> Int {
            values.count { found in found.traces.contains { $0.name == name } }
        }
    }

    /// Tries all brains on some cases.
    init(_ cases: [CorpusCase]) async throws {
        let asked = try await concurrently(cases) { try AskedCase($0) }
        self.cases = asked
        let catches = try await concurrently(Canary.all) { canary in
            Catch(canary: canary, traces: try asked.compactMap { try $0.trace(of: canary.brain) })
        }
        self.catches = Catches(values: catches)
    }
}

/// Works on each of some inputs in a task of its own, and gives the results in their order.
///
/// Tests that wait for this are suspended, and leave their threads to it.
private func concurrently<Input: Sendable, Output: Sendable>(
    _ inputs: [Input],
    _ work: @escaping @Sendable (Input) throws -> Output
) async throws -> [Output] {
    try await withThrowingTaskGroup(of: (place: Int, output: Output).self) { group in
        for (place, input) in inputs.enumerated() {
            group.addTask { (place, try work(input)) }
        }
        var results: [(place: Int, output: Output)] = []
        for try await result in group { results.append(result) }
        return results.sorted { $0.place < $1.place }.map(\.output)
    }
}
