import BillingModel
import MirrorLog

/// A line on its way to the mirror.
struct Draft {
    /// When the mirror sees it.
    var seen: Instant
    /// The account and the line's place among its lines: the tie-break of one instant.
    var order: UInt64
    /// The line, line feed included.
    var line: [UInt8]
}

extension Life {
    /// Writes a record and sends it on its way to the mirror.
    ///
    /// - Parameters:
    ///   - body: What it says.
    ///   - id: Its id.
    ///   - at: When it happened.
    ///   - known: When it can be seen at the earliest, where that is not at once.
    mutating func record(
        _ body: MirrorRecord.Body,
        id: RecordID,
        at: Instant,
        known: Instant? = nil
    ) {
        let delivery = plan.delivery
        let base = (known ?? at).advanced(by: random.span(delivery.lag))
        var record = MirrorRecord(id: id, at: at, account: account, body: body)
        guard record.kind != .baseline else { return deliver(&record, seen: base) }
        var seen = base
        if random.chance(perThousand: delivery.late) {
            seen = seen.advanced(by: drawn(upTo: delivery.lateUpTo))
        } else if random.chance(perThousand: delivery.outOfOrder) {
            seen = seen.advanced(by: drawn(upTo: delivery.outOfOrderUpTo))
        }
        if case .stripe(let event) = body, event.customer != nil,
            random.chance(perThousand: delivery.withoutAccount)
        {
            record.account = nil
        }
        deliver(&record, seen: seen)
        if random.chance(perThousand: delivery.duplicated) {
            deliver(&record, seen: seen.advanced(by: drawn(upTo: delivery.outOfOrderUpTo)))
        }
    }

    private mutating func drawn(upTo span: TimeSpan) -> TimeSpan {
        random.span(Milliseconds(least: 0, most: Int(span.microseconds / 1000)))
    }

    private mutating func deliver(_ record: inout MirrorRecord, seen: Instant) {
        record.seen = seen
        written += 1
        let order = UInt64(number) << 20 | written
        let line = RecordWriter(style: style(for: record)).line(record)
        drafts.append(Draft(seen: seen, order: order, line: line))
    }

    /// The account's own style, or the nearest one that can say everything the record says.
    private func style(for record: MirrorRecord) -> StripeStyle {
        guard style.shape == .y2016 else { return style }
        var newer = style
        newer.shape = .y2019
        switch record.body {
        case .stripe(let event):
            switch event.object {
            case .invoice(let invoice):
                return style.shape.expresses(invoice, seen: event.created) ? style : newer
            case .subscription(let subscription):
                return style.shape.expresses(subscription) ? style : newer
            case .deletedInvoice, .customer, .other:
                return style
            }
        case .baseline:
            return newer
        case .request, .execution, .change, .mark:
            return style
        }
    }
}
