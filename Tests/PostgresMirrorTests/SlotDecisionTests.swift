import BillingModel
import PostgresMirror
import Testing

/// What is done about a slot, by what is there.
struct SlotDecisionTests {
    private let time = Instant(microseconds: 1_772_323_200_000_000)

    private func slot(
        confirmed: UInt64 = 100,
        plugin: String = "pgoutput",
        database: String = "app",
        isActive: Bool = false,
        walStatus: String = "reserved"
    ) -> SlotState {
        SlotState(
            plugin: plugin,
            database: database,
            isActive: isActive,
            confirmed: LogPosition(confirmed),
            restart: LogPosition(50),
            walStatus: walStatus
        )
    }

    private func kept(
        _ phase: StreamPosition.Phase = .streaming,
        at place: UInt64 = 100,
        tag: String = "tag"
    ) -> StreamPosition {
        StreamPosition(phase, LogPosition(place), time, tag: tag)
    }

    private func decide(_ slot: SlotState?, _ kept: StreamPosition?) -> SlotDecision {
        .decide(
            slot: slot,
            kept: kept,
            tag: "tag",
            database: "app",
            serverEnd: LogPosition(1000)
        )
    }

    private func isGap(_ decision: SlotDecision, drops: Bool, from: Instant) -> Bool {
        if case .createAnew(from, drops, _) = decision { true } else { false }
    }

    @Test("a slot that has all that is not kept goes on")
    func resumes() {
        #expect(decide(slot(), kept()) == .resume(from: kept()))
        #expect(decide(slot(confirmed: 10), kept()) == .resume(from: kept()))
        #expect(decide(slot(walStatus: "unreserved"), kept()) == .resume(from: kept()))
    }

    @Test("without a slot and without a past one is made")
    func first() { #expect(decide(nil, nil) == .create) }

    @Test("whatever loses changes makes a gap, and a slot anew")
    func gaps() {
        let before = time.advanced(by: .seconds(-1))
        #expect(isGap(decide(nil, kept()), drops: false, from: before))
        #expect(isGap(decide(slot(walStatus: "lost"), kept()), drops: true, from: before))
        #expect(isGap(decide(slot(confirmed: 101), kept()), drops: true, from: before))
        #expect(isGap(decide(slot(), kept(tag: "other")), drops: true, from: before))
        #expect(isGap(decide(slot(), kept(at: 1001)), drops: true, from: before))
        #expect(isGap(decide(slot(), kept(.emptied)), drops: true, from: before))
        #expect(isGap(decide(slot(), kept(.creating)), drops: true, from: time))
        #expect(isGap(decide(slot(), kept(.baseline)), drops: true, from: time))
        #expect(isGap(decide(nil, kept(.baseline)), drops: false, from: time))
    }

    @Test("a slot of somebody else's is left alone")
    func refuses() {
        for other in [slot(plugin: "wal2json"), slot(database: "other")] {
            guard case .refuse = decide(other, kept()) else {
                Issue.record("\(other)")
                continue
            }
        }
        guard case .refuse = decide(slot(), nil) else {
            Issue.record("a slot that the store never read from")
            return
        }
        guard case .wait = decide(slot(isActive: true), kept()) else {
            Issue.record("a slot in use")
            return
        }
    }

    @Test("a position is read back as it was written, and nothing else is one")
    func positions() {
        for phase in [StreamPosition.Phase.creating, .baseline, .streaming, .emptied] {
            #expect(StreamPosition(kept(phase).description) == kept(phase))
        }
        for text in [
            "", "streaming", "streaming 0/1 now tag", "running 0/1 2026-03-01T00:00:00Z a",
        ] {
            #expect(StreamPosition(text) == nil)
        }
    }

    @Test("waits double up to their limit, differ by seed, and begin anew after success")
    func backoff() {
        var backoff = Backoff(least: 100, most: 3000, seed: 1)
        let waits = (0..<12).map { _ in backoff.next() }
        var limit = 100
        for wait in waits {
            limit = min(3000, limit * 2)
            #expect((100...limit).contains(wait))
        }
        var other = Backoff(least: 100, most: 3000, seed: 2)
        #expect(waits != (0..<12).map { _ in other.next() })
        backoff.reset()
        #expect(backoff.next() <= 200)
    }
}
