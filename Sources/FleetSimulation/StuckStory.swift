import BillingModel
import MirrorLog

extension Life {
    /// Loses one trigger: its execution never starts, or hangs before its first effect.
    ///
    /// Which path it was meant for depends on what the account can suffer: Path C only serves
    /// `pay_go`, and a lost drift run or administrator's request is told from any supported type.
    mutating func loseTrigger() {
        let isPayGo = state.type?.losesSubscriptions == true
        let choices = [
            Weighted(StuckPath.cancellation, isPayGo ? 60 : 0), Weighted(.recording, 15),
            Weighted(.drift, isPayGo ? 10 : 30), Weighted(.admin, 15),
        ]
        guard let path = random.pick(choices) else { return }
        var handling = Handling()
        handling.ending = random.chance(perThousand: 600) ? .absent : .stuck
        switch path {
        case .cancellation:
            let lost = liveCount
            let (_, event) = giveUp(Handlings(acting: handling))
            noteStuck(event, subscriptions: lost)
        case .recording:
            let invoice = issue()
            let at = now
            let event = tell(
                "invoice.paid",
                .invoice(invoice),
                .paid,
                Handlings(recording: handling)
            )
            noteStuck(event, at: at)
        case .drift: noteStuck(ask(.driftRun, by: "cron", handling))
        case .admin: noteStuck(ask(.adminFlag, by: "admin:\(random.within(1...40))", handling))
        }
        settle()
    }

    private enum StuckPath: Sendable {
        case cancellation, recording, drift, admin
    }

    private mutating func noteStuck(_ trigger: RecordID, at: Instant? = nil, subscriptions: Int = 0)
    {
        note(.stuckEvent, at: at ?? now, subscriptions: subscriptions, triggers: [trigger])
        if random.chance(perThousand: 500) { noteHang(of: trigger) }
    }

    /// The service notices that nobody has processed a trigger, and says so in its table.
    mutating func noteHang(of trigger: RecordID) {
        let since = now
        pause(seconds: 60...300)
        record(
            .change(
                RowChange(
                    op: .insert,
                    row: .stuckEvent(event: trigger.rawValue, since: .value(since))
                )
            ),
            id: RecordID(names.next("row")),
            at: now
        )
    }
}
