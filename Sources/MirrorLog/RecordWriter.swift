package import BillingModel

/// Writes records as lines of the mirror log, such that ``RecordReader`` reads back the same.
///
/// What a record can't say is not written: the payments and taken items of a baseline, and the
/// versions of snapshots, which follow from the event that carries them.
package struct RecordWriter {
    /// The API version and the envelope that Stripe objects are written in.
    package var style: StripeStyle

    /// A writer of the given style.
    package init(style: StripeStyle = StripeStyle()) {
        self.style = style
    }

    /// A record as one line of UTF-8, line feed included.
    package func line(_ record: MirrorRecord) -> [UInt8] {
        var json = JSONText()
        write(record, into: &json)
        json.endLine()
        return json.bytes
    }

    /// Writes a record as one JSON object.
    package func write(_ record: MirrorRecord, into json: inout JSONText) {
        json.object { json in
            json.member("v", 1)
            json.member("id", record.id.rawValue)
            json.member("kind", record.kind.rawValue)
            json.member("at", record.at.description)
            if let seen = record.seen { json.member("seen", seen.description) }
            if let account = record.account { json.member("account", account.rawValue) }
            writeBody(of: record, into: &json)
        }
    }

    private func writeBody(of record: MirrorRecord, into json: inout JSONText) {
        switch record.body {
        case .baseline(let state):
            json.object("state") { json in writeBaseline(state, at: record.at, into: &json) }
        case .stripe(let event):
            if let cause = event.cause { json.member("cause", cause.rawValue) }
            json.key("event")
            writeEvent(event, into: &json)
        case .request(let request):
            json.object("request") { json in
                json.member("type", request.kind.name)
                json.member("actor", request.actor)
                if case .setAccountType(let type) = request.kind {
                    json.member("to", type.columnValue)
                }
            }
        case .execution(let execution):
            json.object("execution") { json in writeExecution(execution, into: &json) }
        case .change(let change):
            json.object("change") { json in writeChange(change, of: record, into: &json) }
        case .mark(let mark):
            json.object("mark") { json in writeMark(mark, into: &json) }
        }
    }

    private func writeMark(_ mark: Mark, into json: inout JSONText) {
        json.member("source", mark.source.rawValue)
        switch mark.says {
        case .through(let instant):
            json.member("through", instant.description)
        case .gap(let from, let to):
            json.object("gap") { json in
                json.member("from", from.description)
                json.member("to", to.description)
            }
        }
    }
}

/// How a Stripe object is written.
package struct StripeStyle: Hashable, Sendable {
    /// The API version whose fields it has.
    package var shape: StripeShape
    /// What the event is wrapped in.
    package var envelope: StripeEnvelope

    /// A shape in an envelope.
    package init(shape: StripeShape = .y2019, envelope: StripeEnvelope = .bare) {
        self.shape = shape
        self.envelope = envelope
    }
}

/// The way an event reached the mirror.
package enum StripeEnvelope: String, CaseIterable, Sendable {
    /// A webhook: the event itself.
    case bare
    /// Amazon EventBridge: the event under `detail`.
    case eventBridge = "event_bridge"
    /// Azure Event Grid: the event under `data`.
    case eventGrid = "event_grid"
}

/// An API version of Stripe, as far as dunning meets its differences.
package enum StripeShape: String, CaseIterable, Sendable {
    /// Before 2018-11-08: `closed`, `forgiven` and `paid` in place of a status, `date`, no
    /// transitions, amounts paid and remaining left to be derived.
    case y2016
    /// From 2018-11-08: `status`, `status_transitions`, `subscription`, `created`.
    case y2019
    /// From 2025-03-31: the subscription under `parent`, no `paid`.
    case basil

    /// The version as Stripe names it.
    package var version: String {
        switch self {
        case .y2016: "2016-07-06"
        case .y2019: "2019-09-09"
        case .basil: "2025-03-31.basil"
        }
    }

    /// Whether an invoice seen at `seen` reads back the same from this shape.
    ///
    /// An object of 2016 is never a draft, derives its amounts, and says neither when it was
    /// marked uncollectible nor that it once was.
    package func expresses(_ invoice: Invoice, seen: Instant) -> Bool {
        guard self == .y2016 else { return true }
        let isPaid = invoice.status == .paid
        return invoice.status != .draft
            && invoice.amountPaid == (isPaid ? invoice.amountDue : 0)
            && invoice.amountRemaining == invoice.amountDue - invoice.amountPaid
            && invoice.markedUncollectibleAt == (invoice.status == .uncollectible ? seen : nil)
    }

    /// Whether a subscription reads back the same from this shape: one of 2016 does not say why it
    /// was canceled.
    package func expresses(_ subscription: Subscription) -> Bool {
        self != .y2016 || subscription.cancelReason == nil
    }
}
