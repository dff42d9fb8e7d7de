import Dispatch
import Synchronization

/// Works on each of some inputs, each on a thread of its own, and gives the results in their order.
///
/// - Parameters:
///   - inputs: What to work on.
///   - work: The work on one input.
/// - Returns: A result for each input, in the order of the inputs.
package func inParallel<Input: Sendable, Output: Sendable, Failure: Error>(
    _ inputs: [Input],
    _ work: @Sendable (Input) throws(Failure) -> Output
) -> [Result<Output, Failure>] {
    guard inputs.count > 1 else {
        return inputs.map { input in Result { () throws(Failure) in try work(input) } }
    }
    let results = Mutex([Result<Output, Failure>?](repeating: nil, count: inputs.count))
    DispatchQueue.concurrentPerform(iterations: inputs.count) { place in
        let result = Result { () throws(Failure) in try work(inputs[place]) }
        results.withLock { $0[place] = result }
    }
    return results.withLock { $0.compactMap { $0 } }
}
