/// Where Stripe is asked: its host, or a stand-in's in a test.
///
/// A key is sent there, so it must be reached by TLS, but for loopback where that is said.
package struct StripeAddress: Hashable, Sendable, CustomStringConvertible {
    /// Scheme, host and port.
    package let description: String
    /// Whether it is reached without TLS.
    let isPlain: Bool

    /// Stripe itself.
    package static let stripe = StripeAddress(unchecked: "https://api.stripe.com", isPlain: false)

    private init(unchecked text: String, isPlain: Bool) {
        description = text
        self.isPlain = isPlain
    }

    /// An address as `https://host` or `https://host:port`, without a path.
    ///
    /// - Parameters:
    ///   - text: The address.
    ///   - allowsPlainLoopback: Whether `http` will do for a host that is this machine.
    /// - Throws: ``StripeFailure`` that says what is wrong with it.
    package init(_ text: String, allowsPlainLoopback: Bool = false) throws(StripeFailure) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].isEmpty, !parts[2].isEmpty,
            parts[2].utf8.allSatisfy({ Self.isHostByte($0) })
        else {
            throw .transport(.setUp("the address is not of the form https://host:port"))
        }
        switch parts[0] {
        case "https:":
            self.init(unchecked: text, isPlain: false)
        case "http:" where allowsPlainLoopback && Self.isLoopback(parts[2]):
            self.init(unchecked: text, isPlain: true)
        default:
            let words = "the address must begin with https://, for a key is sent to it"
            throw .transport(.setUp(words))
        }
    }

    private static func isLoopback(_ host: Substring) -> Bool {
        let name = host.hasPrefix("[::1]") ? "[::1]" : host.prefix { $0 != ":" }
        return ["localhost", "127.0.0.1", "[::1]"].contains(name)
    }

    /// Letters, digits, points, hyphens, and what a port or an address of IPv6 has besides: so no user,
    /// no query, and nothing that ends a line.
    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
            UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
            true
        default: false
        }
    }
}
