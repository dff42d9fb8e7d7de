package import BillingModel

/// Something that can be asked of Stripe.
///
/// There is no method in it: the one client there is sends GET, so a request that writes can't be
/// said. The path is one of a few, and a customer's id is the only part of a path that comes from
/// outside.
package struct StripeRequest: Hashable, Sendable {
    /// What is asked for.
    package let endPoint: EndPoint
    /// The parameters, in the order in which they are sent.
    package let query: [QueryItem]

    /// A request for one of the end points.
    package init(_ endPoint: EndPoint, _ query: [QueryItem] = []) {
        self.endPoint = endPoint
        self.query = query
    }

    /// What the mirror reads; nothing else of Stripe's can be reached.
    package enum EndPoint: Hashable, Sendable {
        /// The events of the last 30 days.
        case events
        /// Invoices.
        case invoices
        /// Subscriptions.
        case subscriptions
        /// Customers.
        case customers
        /// One customer.
        case customer(CustomerID)

        /// The path, percent-encoded.
        package var path: String {
            switch self {
            case .events: "/v1/events"
            case .invoices: "/v1/invoices"
            case .subscriptions: "/v1/subscriptions"
            case .customers: "/v1/customers"
            case .customer(let id): "/v1/customers/" + StripeRequest.encoded(id.rawValue)
            }
        }

        /// The path without anybody's id, for counting and for logs.
        package var name: String {
            if case .customer = self { return "/v1/customers/:id" }
            return path
        }
    }

    /// One parameter.
    package struct QueryItem: Hashable, Sendable {
        /// Its name, as Stripe's documentation has it.
        package let name: String
        /// Its value.
        package let value: String

        /// A parameter.
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Path and query, percent-encoded, as they stand behind the host.
    package var target: String {
        guard !query.isEmpty else { return endPoint.path }
        let items = query.map { Self.encoded($0.name) + "=" + Self.encoded($0.value) }
        return endPoint.path + "?" + items.joined(separator: "&")
    }

    /// A text of which everything but RFC 3986's unreserved characters is percent-encoded.
    ///
    /// A slash is encoded too, and a text of dots alone is not left as it is, so that no id can lead
    /// to another path.
    static func encoded(_ text: String) -> String {
        let isDots = text.utf8.allSatisfy { $0 == UInt8(ascii: ".") }
        var result: [UInt8] = []
        for byte in text.utf8 {
            if isUnreserved(byte), !isDots {
                result.append(byte)
            } else {
                result.append(UInt8(ascii: "%"))
                result.append(hexDigit(byte >> 4))
                result.append(hexDigit(byte & 15))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default:
            false
        }
    }
}
