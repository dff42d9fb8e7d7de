import Dispatch
import Synchronization

/// Works on some inputs, several at a time, and hands on what came of each in the inputs' order.
///
/// Inputs are taken in rounds of a few for each thread, so that no more results than those of two
/// rounds are held at once. Within a round every thread takes the next input as soon as it has done
/// with one, and one of them first hands on the results of the round before: neither does a thread
/// wait for another that has more to do, nor all of them for what is done one after the other.
///
/// - Parameters:
///   - inputs: What to work on.
///   - jobs: How many threads may work at once, at least 1.
///   - work: The work on one input.
///   - visit: Called with each result, by one thread at a time.
/// - Throws: What the work on the first input that fails throws; the results before it were visited.
package func inOrder<Input: Sendable, Output: Sendable, Failure: Error>(
    _ inputs: [Input],
    jobs: Int,
    _ work: @Sendable (Input) throws(Failure) -> Output,
    _ visit: (Output) -> Void
) throws(Failure) {
    let roundSize = max(1, jobs) * inputsAJob
    var finished: [Result<Output, Failure>] = []
    var start = 0
    while start < inputs.count || !finished.isEmpty {
        let round = min(start, inputs.count)..<min(start + roundSize, inputs.count)
        finished = try withoutActuallyEscaping(visit) { visit throws(Failure) in
            // Proof that this is safe: of a round only the thread of number 0 calls it, the round
            // returns when all its threads have, and the next one begins after that. So no two
            // threads are ever in it at once, and each sees what the one before it did.
            nonisolated(unsafe) let visit = visit
            return try worked(on: round, of: inputs, jobs: jobs, work) { [finished] in
                handOn(finished, visit)
            }
        }
        start += roundSize
    }
}

/// The results of a round, while whose work the first thread does something else before.
private func worked<Input: Sendable, Output: Sendable, Failure: Error>(
    on round: Range<Int>,
    of inputs: [Input],
    jobs: Int,
    _ work: @Sendable (Input) throws(Failure) -> Output,
    first: @Sendable () -> Failure?
) throws(Failure) -> [Result<Output, Failure>] {
    let results = Mutex([Result<Output, Failure>?](repeating: nil, count: round.count))
    let failure = Mutex<Failure?>(nil)
    let next = Atomic(round.lowerBound)
    DispatchQueue.concurrentPerform(iterations: max(1, jobs)) { thread in
        if thread == 0 {
            let error = first()
            failure.withLock { $0 = error }
        }
        while true {
            let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard place < round.upperBound else { return }
            let result = Result { () throws(Failure) in try work(inputs[place]) }
            results.withLock { $0[place - round.lowerBound] = result }
        }
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
    return results.withLock { $0.compactMap { $0 } }
}

/// How many inputs there are for each thread in a round: enough that no thread is long without any.
private let inputsAJob = 8

private func handOn<Output, Failure: Error>(
    _ results: [Result<Output, Failure>],
    _ visit: (Output) -> Void
) -> Failure? {
    for result in results {
        switch result {
        case .success(let output): visit(output)
        case .failure(let failure): return failure
        }
    }
    return nil
}
