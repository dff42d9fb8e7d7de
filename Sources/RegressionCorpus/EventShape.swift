import MirrorLog

/// The API version and the envelope of a Stripe event, as a record has it.
enum EventShape {
    /// All shapes and envelopes that events come in.
    static let names =
        StripeShape.allCases.map { "\($0)" }
        + StripeEnvelope.allCases.filter { $0 != .bare }.map(\.rawValue)

    /// The shapes and envelopes of the events in a log, in the order of ``names``.
    ///
    /// Lines that are no JSON have none.
    static func all(in log: [UInt8]) throws(RecordError) -> [String] {
        var met: Set<String> = []
        for line in log.split(separator: UInt8(ascii: "\n")) {
            guard let tree = try? JSONTree(Array(line)), var event = tree["event"] else { continue }
            if let inner = event["detail"], inner["type"] != nil {
                met.insert(StripeEnvelope.eventBridge.rawValue)
                event = inner
            } else if let inner = event["data"], inner["type"] != nil {
                met.insert(StripeEnvelope.eventGrid.rawValue)
                event = inner
            }
            guard let version = event["api_version"]?.string else { continue }
            met.insert("\(StripeShape(version: version))")
        }
        return names.filter(met.contains)
    }
}

extension StripeShape {
    /// The shape of an API version, which begins with its date.
    fileprivate init(version: String) {
        self = Self.allCases.last { $0.firstDate <= version } ?? .y2016
    }

    /// The first version that has the shape.
    private var firstDate: String {
        switch self {
        case .y2016: ""
        case .y2019: "2018-11-08"
        case .basil: "2025-03-31"
        }
    }
}
