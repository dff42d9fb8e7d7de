/// Why nothing came back that could be used; says nothing of customers and holds no key.
package enum TransportFailure: Error, Hashable, Sendable {
    /// No connection, or it was cut before all had come.
    case connection(String)
    /// Nothing came for too long.
    case timeout
    /// The peer could not prove that it is who it should be.
    case untrusted(String)
    /// The body was longer than is taken.
    case bodyTooLong(limit: Int)
    /// The request could not be made at all.
    case setUp(String)
    /// The mirror is stopping.
    case stopped
}

/// Why Stripe could not be read, in words for whoever mends it.
package enum StripeFailure: Error, Hashable, Sendable {
    /// Nothing usable came back.
    case transport(TransportFailure)
    /// Stripe refused with this status; `code` is its own name for why, where it gave one.
    case refused(status: Int, code: String?)
    /// The answer was not what it should be.
    case unreadable(String)

    /// What an answer that is no success says.
    package init(_ answer: StripeAnswer) {
        self = .refused(status: answer.status, code: StripeErrorBody.code(of: answer.body))
    }

    /// Whether trying again may help without anybody doing anything.
    package var isPassing: Bool {
        switch self {
        case .transport(.connection), .transport(.timeout), .unreadable: true
        case .transport: false
        case .refused(let status, _): [408, 409, 425, 429].contains(status) || status >= 500
        }
    }

    /// Whether it is the mirror's own stop, and no failure at all.
    package var isStop: Bool { self == .transport(.stopped) }
}

extension StripeFailure: CustomStringConvertible {
    /// What went wrong and what to do.
    package var description: String {
        switch self {
        case .transport(let failure): failure.description
        case .refused(let status, let code): Self.words(status, code)
        case .unreadable(let reason): "Stripe's answer can't be read: \(reason)"
        }
    }

    private static func words(_ status: Int, _ code: String?) -> String {
        let what = "Stripe answered \(status)" + (code.map { " (\($0))" } ?? "")
        let mend =
            switch status {
            case 300..<400:
                "redirects are not followed: set the address of Stripe itself"
            case 401:
                "the key is wrong or was revoked: make a restricted key in the Dashboard"
            case 403:
                "the key may not read this: give it read permission for events, customers, "
                    + "subscriptions and invoices in the Dashboard"
            case 404: "there is no such object, or the key is of another account or mode"
            case 429: "the rate limit was met: lower the mirror's rate"
            case 500...: "Stripe has a problem: the mirror tries again"
            default: "the request was refused"
            }
        return "\(what); \(mend)"
    }
}

extension TransportFailure: CustomStringConvertible {
    /// What went wrong and what to do.
    package var description: String {
        switch self {
        case .connection(let reason): "Stripe can't be reached: \(reason)"
        case .timeout: "Stripe did not answer in time"
        case .untrusted(let reason):
            "the peer's certificate is not to be trusted: \(reason); where a proxy opens TLS, name "
                + "its certificate authority in the configuration"
        case .bodyTooLong(let limit): "Stripe's answer is longer than \(limit) bytes"
        case .setUp(let reason): "the request can't be made: \(reason)"
        case .stopped: "the mirror is stopping"
        }
    }
}
