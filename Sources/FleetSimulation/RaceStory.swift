import BillingModel

extension Life {
    /// Plants a race: debt is paid, a drift run begins to take the flag back, and new bad debt is
    /// flagged in between, so that some marks say bad debt at the end and some do not.
    ///
    /// One after the other the two executions leave everything flagged, which is right.
    mutating func plantRace() {
        if state.type?.losesSubscriptions == true {
            raceDriftAgainstCancellation()
        } else {
            raceDriftAgainstDrift()
        }
    }

    /// Path B and Path C interleave; the letters of the schedule say whose effect comes next.
    private mutating func raceDriftAgainstCancellation() {
        guard let schedule = random.pick(Self.schedules), let open = openInvoice else { return }
        var drift = Handling(start: .milliseconds(300))
        var cancellation = Handlings()
        cancellation.acting.start = .milliseconds(500)
        // Path B starts at 0.3 s, Path C at 1.3 s; the first effect comes at 2.3 s.
        for (slot, letter) in schedule.enumerated() {
            let offset = 1000 + slot * 450 + random.within(0...300)
            if letter == "B" {
                drift.offsets.append(.milliseconds(offset + 1000))
            } else {
                cancellation.acting.offsets.append(.milliseconds(offset))
            }
        }
        payOldDebt()
        pause(seconds: 20...90)
        let at = now
        let request = ask(.driftRun, by: "cron", drift)
        pause(.milliseconds(800))
        let event = giveUp(on: open, cancellation)
        settle()
        note(.race, at: at, triggers: [request, event])
    }

    /// Each way in which four effects of B and four of C leave a contradiction: whose effect on
    /// flag, ban, timestamp and metadata comes last is not the same for all four.
    private static let schedules: [String] = [
        "BCCCCBBB", "BBCCCCBB", "BBBCCCCB", "CBBBBCCC", "CCBBBBCC", "CCCBBBBC",
    ]

    /// Two drift runs interleave: the second reads between two effects of the first, sets only what
    /// it finds cleared, and the first goes on clearing.
    private mutating func raceDriftAgainstDrift() {
        guard let open = openInvoice else { return }
        let cleared = random.within(1...3)
        var first = Handling(start: .milliseconds(300))
        first.offsets = (0..<4).map {
            .milliseconds($0 < cleared ? 500 + $0 * 100 : 3500 + $0 * 100)
        }
        var second = Handling(start: .milliseconds(1000))
        second.offsets = (0..<4).map { .milliseconds(600 + $0 * 200) }
        payOldDebt()
        pause(seconds: 20...90)
        let at = now
        let request = ask(.driftRun, by: "cron", first)
        pause(.milliseconds(350))
        let event = giveUp(on: open, Handlings())
        let again = ask(.driftRun, by: "admin:\(random.within(1...40))", second)
        settle()
        note(.race, at: at, triggers: [request, event, again])
    }

    /// Lets payment, drift run and new bad debt meet within seconds, and looks what comes of it.
    ///
    /// A drift run over an account with a past is slow, so the new debt often falls into it.
    /// Path C's last call, to Stripe, comes back after Path B is through: what is lost is never the
    /// whole of C's work but some part of it, or nothing.
    mutating func contend() {
        guard let open = openInvoice else { return }
        var drift = Handling(start: random.span(plan.latencies.request))
        var cancellation = Handlings()
        cancellation.acting.start = random.span(plan.latencies.forward)
        drift.offsets = drawnOffsets(slowness: 3)
        cancellation.acting.offsets = drawnOffsets(slowness: 1)
        let lead = random.within(-500...1500)
        let end = (drift.start ?? .zero).microseconds + (drift.offsets.last ?? .zero).microseconds
        let start = TimeSpan.milliseconds(lead).microseconds
        let back = end - start - (cancellation.acting.start ?? .zero).microseconds + 50_000
        let last = cancellation.acting.offsets.removeLast()
        cancellation.acting.offsets.append(max(last, TimeSpan(microseconds: back)))
        payOldDebt()
        pause(seconds: 20...90)
        let at = now
        let request: RecordID
        let event: RecordID
        if lead < 0 {
            event = giveUp(on: open, cancellation)
            pause(.milliseconds(-lead))
            request = ask(.driftRun, by: "cron", drift)
        } else {
            request = ask(.driftRun, by: "cron", drift)
            pause(.milliseconds(lead))
            event = giveUp(on: open, cancellation)
        }
        settle()
        guard state.isContradictory, !chapter.serial.isContradictory else { return }
        note(.race, at: at, triggers: [request, event], arisen: true)
    }

    /// Draws when four effects take place, some times slower than usual.
    private mutating func drawnOffsets(slowness: Int) -> [TimeSpan] {
        var offset = 0
        return (0..<4).map { _ in
            offset += slowness * Int(random.span(plan.latencies.write).microseconds / 1000)
            return .milliseconds(offset)
        }
    }

    private var openInvoice: InvoiceID? {
        state.invoices.first { $0.status == .open }?.id
    }

    private mutating func payOldDebt() {
        for invoice in state.invoices where invoice.status == .uncollectible { pay(invoice.id) }
    }

    private mutating func giveUp(on invoice: InvoiceID, _ handling: Handlings) -> RecordID {
        tell("invoice.marked_uncollectible", .invoice(invoice), .markedUncollectible, handling)
    }
}

extension TimeSpan {
    /// A span of whole milliseconds.
    static func milliseconds(_ count: Int) -> TimeSpan {
        TimeSpan(microseconds: Int64(count) * 1000)
    }
}
