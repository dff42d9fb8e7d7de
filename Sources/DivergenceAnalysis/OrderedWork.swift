import Dispatch
import Synchronization

/// Works on some inputs, several at a time, and hands on what came of each in the inputs' order.
///
/// Inputs are taken in rounds of a few for each thread, so that no more inputs and results than
/// those of two rounds are held at once. Within a round every thread takes the next input as soon
/// as it has done with one, and one of them first hands on the results of the round before and
/// fetches the inputs of the one after: neither does a thread wait for another that has more to do,
/// nor all of them for what is done one after the other.
///
/// - Parameters:
///   - next: Gives the next input, and `nil` at the end; called by one thread at a time.
///   - jobs: How many threads may work at once, at least 1.
///   - work: The work on one input.
///   - visit: Called with each result, by one thread at a time.
/// - Throws: What the work on the first input that fails throws, after the results before it were
///   visited; and what `next` throws.
package func inOrder<Input: Sendable, Output: Sendable, Failure: Error>(
    _ next: () throws(Failure) -> Input?,
    jobs: Int,
    _ work: @Sendable (Input) throws(Failure) -> Output,
    _ visit: (Output) -> Void
) throws(Failure) {
    let size = max(1, jobs) * inputsAJob
    var inputs = try taken(size, next)
    var finished: [Result<Output, Failure>] = []
    while !inputs.isEmpty || !finished.isEmpty {
        let between = { (results: [Result<Output, Failure>]) throws(Failure) -> [Input] in
            for result in results { visit(try result.get()) }
            return try taken(size, next)
        }
        (finished, inputs) = try withoutActuallyEscaping(between) { between throws(Failure) in
            // Proof that this is safe: of a round only the thread of number 0 calls it, the round
            // returns when all its threads have, and the next one begins after that. So no two
            // threads are ever in it at once, and each sees what the one before it did.
            nonisolated(unsafe) let between = between
            return try worked(on: inputs, jobs: jobs, work) { [finished] () throws(Failure) in
                try between(finished)
            }
        }
    }
}

/// Works on some inputs that are all there, several at a time, and hands on what came of each.
///
/// - Parameters:
///   - inputs: What to work on.
///   - jobs: How many threads may work at once, at least 1.
///   - work: The work on one input.
///   - visit: Called with each result, in the inputs' order, by one thread at a time.
/// - Throws: What the work on the first input that fails throws; the results before it were visited.
package func inOrder<Input: Sendable, Output: Sendable, Failure: Error>(
    _ inputs: [Input],
    jobs: Int,
    _ work: @Sendable (Input) throws(Failure) -> Output,
    _ visit: (Output) -> Void
) throws(Failure) {
    var rest = inputs[...]
    try inOrder({ () throws(Failure) in rest.popFirst() }, jobs: jobs, work, visit)
}

/// Up to so many inputs.
private func taken<Input, Failure: Error>(
    _ count: Int,
    _ next: () throws(Failure) -> Input?
) throws(Failure) -> [Input] {
    var inputs: [Input] = []
    while inputs.count < count, let input = try next() { inputs.append(input) }
    return inputs
}

/// The results of a round, while whose work the first thread does something else before.
private func worked<Input: Sendable, Output: Sendable, Other: Sendable, Failure: Error>(
    on inputs: [Input],
    jobs: Int,
    _ work: @Sendable (Input) throws(Failure) -> Output,
    first: @Sendable () throws(Failure) -> Other
) throws(Failure) -> (results: [Result<Output, Failure>], first: Other) {
    let results = Mutex([Result<Output, Failure>?](repeating: nil, count: inputs.count))
    let other = Mutex<Result<Other, Failure>?>(nil)
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: max(1, jobs)) { thread in
        if thread == 0 {
            let result = Result { () throws(Failure) in try first() }
            other.withLock { $0 = result }
        }
        while true {
            let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard place < inputs.count else { return }
            let result = Result { () throws(Failure) in try work(inputs[place]) }
            results.withLock { $0[place] = result }
        }
    }
    // There is one iteration at least, number 0 among them, and `concurrentPerform` returns when all of
    // them have: so number 0 has left its result there, and were it not so, it would be made here.
    let done = other.withLock { $0 } ?? Result { () throws(Failure) in try first() }
    return (results.withLock { $0.compactMap { $0 } }, try done.get())
}

/// How many inputs there are for each thread in a round: enough that no thread is long without any.
private let inputsAJob = 8
