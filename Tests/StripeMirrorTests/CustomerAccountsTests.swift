import BillingModel
import MirrorLog
import StripeMirror
import Testing

struct CustomerAccountsTests {
    private func record(_ line: String) throws -> MirrorRecord {
        try CapturedRecord(line: line.bytes, RecordReader()).record
    }

    private func event(_ id: String, _ customer: String) throws -> MirrorRecord {
        let event = MadeUpEvent.json(id, created: 7, customer: customer)
        return try record(
            #"{"v":1,"id":"\#(id)","kind":"stripe","at":"2026-03-01T00:00:00Z","event":\#(event)}"#
        )
    }

    private func baseline(_ account: String, _ customer: String) throws -> MirrorRecord {
        try record(
            #"{"v":1,"id":"b-\#(account)","kind":"baseline","at":"2026-03-01T00:00:00Z","#
                + #""account":"\#(account)","state":{"customer":{"stripe_customer":"\#(customer)"}}}"#
        )
    }

    private func row(_ account: String, _ customer: String) throws -> MirrorRecord {
        try record(
            #"{"v":1,"id":"c-\#(account)","kind":"change","at":"2026-03-01T00:00:00Z","#
                + #""account":"\#(account)","change":{"table":"subs_customer","op":"insert","#
                + #""row":{"account_id":"\#(account)","stripe_customer":"\#(customer)"},"old":null}}"#
        )
    }

    @Test("events wait until a baseline or a row says whose the customer is")
    func waits() throws {
        var accounts = CustomerAccounts()
        accounts.note(try event("evt_1", "cus_1"))
        accounts.note(try event("evt_2", "cus_1"))
        accounts.note(try event("evt_3", "cus_2"))
        #expect(accounts.unmapped == 3)
        #expect(accounts.waitingCustomers == 2)
        #expect(accounts.note(try baseline("acct_1", "cus_1")) == 2)
        #expect(accounts.note(try row("acct_2", "cus_2")) == 1)
        #expect(accounts.unmapped == 0)
        accounts.note(try event("evt_4", "cus_2"))
        #expect(accounts.unmapped == 0)
        #expect(accounts.owner(of: CustomerID("cus_2")) == AccountID("acct_2"))
    }

    @Test("of two accounts that claim a customer the first by id has it, in whatever order")
    func twoOwners() throws {
        let claims = [try baseline("acct_1", "cus_1"), try baseline("acct_2", "cus_1")]
        for order in [claims, claims.reversed()] {
            var accounts = CustomerAccounts()
            for claim in order { accounts.note(claim) }
            #expect(accounts.owner(of: CustomerID("cus_1")) == AccountID("acct_1"))
        }
    }

    @Test("an event of no customer is counted apart")
    func nameless() throws {
        var accounts = CustomerAccounts()
        let line = try event("evt_1", "cus_1")
        var event = line
        guard case .stripe(var body) = line.body else { return #expect(Bool(false)) }
        body.customer = nil
        event.body = .stripe(body)
        accounts.note(event)
        #expect(accounts.nameless == 1)
        #expect(accounts.unmapped == 0)
    }
}
