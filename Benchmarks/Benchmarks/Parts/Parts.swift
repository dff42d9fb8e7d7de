import Benchmark
import BillingModel
import DivergenceAnalysis
import DunningBrain
import MirrorLog
import ParityReport
import ShadowRun

/// The parts of a replay, each by itself, on the small fleet's log.
///
/// A part is measured over other inputs in each iteration, in turn, so that its percentiles are those
/// of the inputs: the median of "classifying" is that of the fleet's diverging accounts.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .throughput],
        maxDuration: .seconds(3),
        maxIterations: 20_000
    )
    let fleet: Fleet
    do {
        fleet = try Fleet()
    } catch {
        print("the small fleet could not be made, so nothing is measured: \(error)")
        return
    }
    readingParts(fleet)
    judgingParts(fleet)
    writingParts(fleet)
}

/// From bytes to packed records, and back to values.
private func readingParts(_ fleet: Fleet) {
    Benchmark("reading: 64 records' lines digested, parsed and packed") { benchmark in
        var reader = try BatchReader(size: 1)
        let start = benchmark.currentIteration * 64 % (fleet.lines.count - 64)
        let text = Array(fleet.lines[start..<start + 64].joined())
        benchmark.startMeasurement()
        blackHole(reader.read(whole: text))
    }
    Benchmark("reading: a record's line made into a value, the plain way") { benchmark in
        let reader = try RecordReader()
        let line = fleet.lines[benchmark.currentIteration % fleet.lines.count]
        benchmark.startMeasurement()
        blackHole(try? reader.read(copying: line))
    }
    Benchmark("unpacking: a record") { benchmark in
        let packed = fleet.packed[benchmark.currentIteration % fleet.packed.count]
        benchmark.startMeasurement()
        blackHole(try MirrorRecord(packed: packed))
    }
}

/// From an account's records to its verdicts.
private func judgingParts(_ fleet: Fleet) {
    let judge = fleet.judge
    var finding = judge
    finding.findsReproducers = true
    let searching = finding
    let policy = Policy()

    Benchmark("judging: an account whose episodes all agree") { benchmark in
        let account = fleet.agreeing[benchmark.currentIteration % fleet.agreeing.count]
        benchmark.startMeasurement()
        blackHole(judge.judge(account.id, account.records))
    }
    Benchmark("judging: an account that diverges, causes searched") { benchmark in
        let account = fleet.diverging[benchmark.currentIteration % fleet.diverging.count]
        benchmark.startMeasurement()
        blackHole(judge.judge(account.id, account.records))
    }
    Benchmark("judging: the same, and its reproducers searched") { benchmark in
        let account = fleet.diverging[benchmark.currentIteration % fleet.diverging.count]
        benchmark.startMeasurement()
        blackHole(searching.judge(account.id, account.records))
    }
    Benchmark("the brain: a decision") { benchmark in
        let state = fleet.states[benchmark.currentIteration % fleet.states.count]
        benchmark.startMeasurement()
        blackHole(Brain.standard.decide(state, BrainProbes.instant, policy))
    }
    Benchmark("the brain: a decision held against the invariants") { benchmark in
        let state = fleet.states[benchmark.currentIteration % fleet.states.count]
        let decision = Brain.standard.decide(state, BrainProbes.instant, policy)
        benchmark.startMeasurement()
        blackHole(
            breaches(
                of: decision,
                on: state,
                at: BrainProbes.instant,
                policy,
                brain: .standard
            )
        )
    }
}

/// From verdicts to what people and machines read.
private func writingParts(_ fleet: Fleet) {
    Benchmark("writing: report.json of the small fleet") { benchmark in
        for _ in benchmark.scaledIterations { blackHole(fleet.report.json()) }
    }
    Benchmark("writing: report.md of the small fleet") { benchmark in
        for _ in benchmark.scaledIterations { blackHole(fleet.report.markdown()) }
    }
}
