package import MirrorLog

/// Opens what events come in.
///
/// | Sender | Form |
/// |---|---|
/// | a webhook | the event itself |
/// | Amazon EventBridge | the event under `detail` |
/// | Azure Event Grid, CloudEvents | the event under `data` |
/// | any of them in a batch | an array of these |
package enum EventEnvelope {
    /// What one element of a delivery was.
    package enum Content: Hashable, Sendable {
        /// An event with its snapshot, as Stripe made it.
        case event(RawJSON.Slice)
        /// Something else, and why it is none.
        case rejected(reason: String, RawJSON.Slice)
    }

    /// How many elements of a batch are taken at most.
    package static let batchMax = 10_000

    /// Opens a delivery.
    ///
    /// - Parameters:
    ///   - body: The body as it came.
    ///   - scanner: A scanner of the calling thread.
    /// - Returns: Its events, each as it came, in their order.
    /// - Throws: ``RecordError`` where it is no JSON, or holds too many.
    package static func open(
        _ body: [UInt8],
        _ scanner: JSONScanner
    ) throws(RecordError) -> [Content] {
        let root = try RawJSON.checked(body, scanner)
        guard let elements = RawJSON.elements(of: root) else { return [content(of: root)] }
        guard elements.count <= batchMax else {
            throw RecordError("\(elements.count) events in one delivery")
        }
        return elements.map { content(of: $0) }
    }

    private static func content(of value: RawJSON.Slice) -> Content {
        let inside = ["detail", "data"].compactMap { RawJSON.member($0, of: value) }
        // An event has `data` too, with an object that is none: so its own kind is looked at first.
        for candidate in [value] + inside {
            switch RawJSON.string(RawJSON.member("object", of: candidate)) {
            case "event"?: return .event(candidate)
            case "v2.core.event"?: return .rejected(reason: thin, value)
            default: continue
            }
        }
        return .rejected(reason: "it is no event, and no envelope that holds one", value)
    }

    private static let thin =
        "a thin event carries no snapshot: let the destination send snapshot events"
}
