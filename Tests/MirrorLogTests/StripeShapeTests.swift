import BillingModel
import Foundation
import MirrorLog
import Testing

/// Real events, in the shapes that Stripe has sent since 2014, from outside this repository.
private let eventsFolder = ProcessInfo.processInfo.environment["PARITY_STRIPE_EVENTS"]

/// Holds the reader against events that nobody wrote for it.
///
/// The folder holds `.ndjson` files; each line is an event, or an object whose `event` is one.
@Suite(
    "events as Stripe sent them",
    .enabled(if: eventsFolder != nil, "PARITY_STRIPE_EVENTS names no folder of events")
)
struct StripeShapeTests {
    private struct Sample {
        var place: String
        var event: [String: Any]

        var object: [String: Any] {
            (event["data"] as? [String: Any])?["object"] as? [String: Any] ?? [:]
        }

        func record(_ reader: RecordReader) throws -> MirrorRecord {
            let wrapped: [String: Any] = [
                "v": 1, "id": "s-1", "kind": "stripe", "at": "2026-03-01T00:00:00Z", "event": event,
            ]
            let line = try JSONSerialization.data(withJSONObject: wrapped)
            return try reader.read(copying: Array(line))
        }
    }

    private func samples() throws -> [Sample] {
        let folder = URL(fileURLWithPath: try #require(eventsFolder))
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        return try files.filter { $0.hasSuffix(".ndjson") }.sorted().flatMap { file in
            let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
            return try text.split(separator: "\n").enumerated().map { index, line in
                let json = try JSONSerialization.jsonObject(with: Data(line.utf8))
                let object = try #require(json as? [String: Any])
                let event = object["event"] as? [String: Any] ?? object
                return Sample(place: "\(file):\(index + 1)", event: event)
            }
        }
    }

    @Test("each is read, or rejected with a reason")
    func readOrRejected() throws {
        let reader = try RecordReader()
        var read = 0
        for sample in try samples() {
            do {
                let record = try sample.record(reader)
                guard case .stripe(let event) = record.body else {
                    Issue.record("\(sample.place) is no stripe record")
                    continue
                }
                #expect(event.type.name == sample.event["type"] as? String, "\(sample.place)")
                #expect(event.id == sample.event["id"] as? String, "\(sample.place)")
                #expect(try MirrorRecord(packed: record.packed()) == record, "\(sample.place)")
                read += 1
            } catch let error as RecordError {
                #expect(!error.reason.isEmpty, "\(sample.place)")
            }
        }
        #expect(read > 0)
    }

    @Test("what is read of an invoice is what its JSON says")
    func invoices() throws {
        let reader = try RecordReader()
        for sample in try samples() {
            guard case .stripe(let event) = try? sample.record(reader).body,
                case .invoice(let invoice) = event.object
            else { continue }
            let json = sample.object
            let due = try #require(integer(json["amount_due"]), "\(sample.place)")
            let paid = integer(json["amount_paid"]) ?? (invoice.status == .paid ? due : 0)
            #expect(invoice.id.rawValue == json["id"] as? String, "\(sample.place)")
            #expect(invoice.status.rawValue == status(json), "\(sample.place)")
            #expect(invoice.currency.code == json["currency"] as? String, "\(sample.place)")
            #expect(invoice.amountDue == due, "\(sample.place)")
            #expect(invoice.amountPaid == paid, "\(sample.place)")
            #expect(
                invoice.amountRemaining == integer(json["amount_remaining"]) ?? (due - paid),
                "\(sample.place)"
            )
            #expect(invoice.subscription?.rawValue == subscription(json), "\(sample.place)")
            #expect(event.customer?.rawValue == json["customer"] as? String, "\(sample.place)")
        }
    }

    @Test("what is read of a subscription is what its JSON says")
    func subscriptions() throws {
        let reader = try RecordReader()
        for sample in try samples() {
            guard case .stripe(let event) = try? sample.record(reader).body,
                case .subscription(let subscription) = event.object
            else { continue }
            let json = sample.object
            let page = (json["items"] as? [String: Any])?["data"] ?? json["items"]
            let list = page as? [[String: Any]] ?? []
            let items = list.compactMap { $0["id"] as? String }.sorted()
            #expect(subscription.id.rawValue == json["id"] as? String, "\(sample.place)")
            #expect(subscription.status.rawValue == json["status"] as? String, "\(sample.place)")
            #expect(subscription.items.map(\.id.rawValue) == items, "\(sample.place)")
            #expect(event.customer?.rawValue == json["customer"] as? String, "\(sample.place)")
        }
    }

    private func integer(_ value: Any?) -> Int64? { (value as? NSNumber)?.int64Value }

    private func status(_ json: [String: Any]) -> String {
        if let status = json["status"] as? String { return status }
        if json["paid"] as? Bool == true { return "paid" }
        if json["forgiven"] as? Bool == true { return "uncollectible" }
        return json["closed"] as? Bool == true ? "void" : "open"
    }

    private func subscription(_ json: [String: Any]) -> String? {
        let parent = json["parent"] as? [String: Any]
        let details = parent?["subscription_details"] as? [String: Any]
        return details?["subscription"] as? String ?? json["subscription"] as? String
    }
}
