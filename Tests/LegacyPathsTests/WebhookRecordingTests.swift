import BillingModel
import LegacyPaths
import Testing

struct WebhookRecordingTests {
    @Test(
        "Path A records every invoice event and nothing else, whatever the account",
        arguments: [
            ("invoice.created", true), ("invoice.paid", true), ("invoice.upcoming", true),
            ("invoice.of_a_kind_to_come", true), ("customer.subscription.updated", false),
            ("charge.failed", false), ("invoiceitem.created", false),
        ]
    )
    func records(type: String, isRecorded: Bool) {
        let trigger = LegacyTrigger.event(type)
        for state in [AccountState(), .example(.msp), .example(.payGo, [.owed("in_1")])] {
            let effects = LegacyPath.a.effects(on: trigger, reading: state)
            #expect(effects == (isRecorded ? [.recordDunning(event: "evt_1")] : []))
            #expect(LegacyPath.a.reacts(to: trigger, of: state.type) == isRecorded)
        }
    }

    @Test("Path A answers no request")
    func answersNoRequest() {
        #expect(LegacyPath.a.effects(on: .asking(.driftRun), reading: .example()) == [])
        #expect(!LegacyPath.a.reacts(to: .asking(.driftRun), of: .known(.payGo)))
    }
}

struct AdminFlagTests {
    @Test("Path E flags in order: flag, timestamp, metadata; no ban, no subscriptions")
    func flags() {
        let effects = LegacyPath.e.effects(
            on: .asking(.adminFlag),
            reading: .example(.payGo, [.owed("in_1")], [.to("cdn")])
        )
        #expect(
            effects == [
                .setFlag(bit: 15, to: true),
                .setBadDebtAt(.noon),
                .setCustomerMetadata(set: [badDebtIsTrue], unset: []),
            ]
        )
    }

    @Test("Path E unflags in order and lifts no ban")
    func unflags() {
        let effects = LegacyPath.e.effects(
            on: .asking(.adminUnflag),
            reading: .example(.payGo, [.owed("in_1")]).marked
        )
        #expect(
            effects == [
                .setFlag(bit: 15, to: false),
                .setBadDebtAt(nil),
                .setCustomerMetadata(set: [], unset: ["bad_debt"]),
            ]
        )
    }

    @Test(
        "Path E reads nothing: it says the same of every account",
        arguments: [
            Request.Kind.adminFlag, .adminUnflag,
        ]
    )
    func readsNothing(kind: Request.Kind) {
        let plain = LegacyPath.e.effects(on: .asking(kind), reading: AccountState())
        let marked = LegacyPath.e.effects(on: .asking(kind), reading: .example(.msp).marked)
        #expect(plain == marked && plain.count == 3)
    }

    @Test("Path E leaves the other requests and all events alone")
    func otherTriggers() {
        let triggers: [LegacyTrigger] = [
            .asking(.driftRun), .asking(.payBadDebt), .asking(.setAccountType(.known(.ibm))),
            .event("invoice.paid"),
        ]
        for trigger in triggers {
            #expect(LegacyPath.e.effects(on: trigger, reading: .example()) == [])
            #expect(!LegacyPath.e.reacts(to: trigger, of: .known(.payGo)))
        }
    }
}
