package import BillingModel
import Crypto
import Foundation

/// One path of the tap, and whom it believes.
package struct WebhookRoute: Sendable {
    /// The path, with its slash.
    package var path: String
    /// What shows that a delivery is what it says.
    package var trust: Trust

    /// A path and whom it believes.
    package init(path: String, trust: Trust) {
        self.path = path
        self.trust = trust
    }

    /// What shows that a delivery is what it says.
    package enum Trust: Sendable {
        /// Stripe's signature over the body.
        case signature(WebhookSignature)
        /// A token that the sender was given, as `Authorization: Bearer …`: EventBridge and Event Grid
        /// pass events on without Stripe's signature.
        case token(WebhookToken)
    }
}

/// A token that a sender of envelopes shows.
///
/// Its text can't be printed.
package struct WebhookToken: Sendable, CustomStringConvertible {
    private let digest: SHA256Digest

    /// A token of 16 bytes at least; `nil` for one that is too short to be a secret.
    package init?(_ text: String) {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.utf8.count >= 16 else { return nil }
        digest = SHA256.hash(data: Array(text.utf8))
    }

    /// Whether the head's value shows the token; takes as long whether it does or not.
    func isShown(by authorization: String?) -> Bool {
        guard let authorization, authorization.hasPrefix("Bearer ") else { return false }
        // Digests compare in constant time.
        return SHA256.hash(data: Array(authorization.dropFirst(7).utf8)) == digest
    }

    /// Nothing of the token.
    package var description: String { "a token" }
}

/// What the tap answers.
package struct WebhookAnswer: Hashable, Sendable {
    /// The HTTP status.
    package var status: Status
    /// What is wrong, for whoever looks at the delivery in Stripe's Dashboard; empty where nothing is.
    package var words: String
    /// One word for it, for counting.
    package var name: String

    /// The statuses there are.
    package enum Status: Int, Sendable {
        /// It is kept.
        case kept = 200
        /// It is not believed.
        case refused = 400
        /// There is nothing at the path.
        case unknownPath = 404
        /// The path takes POST alone.
        case wrongMethod = 405
        /// The body is too long.
        case tooLong = 413
        /// It can't be kept now: send it again.
        case unavailable = 503
    }
}

extension WebhookRoute {
    /// Decides whether a delivery is to be believed.
    ///
    /// - Parameters:
    ///   - signature: The value of `Stripe-Signature`.
    ///   - authorization: The value of `Authorization`.
    ///   - body: The body as it came.
    ///   - now: The time.
    /// - Returns: Why it is refused; `nil` where it is believed.
    package func refusal(
        signature: String?,
        authorization: String?,
        body: [UInt8],
        at now: Instant
    ) -> WebhookAnswer? {
        switch trust {
        case .signature(let check):
            do throws(WebhookSignature.Problem) {
                try check.check(signature, body, at: now)
                return nil
            } catch {
                let words = error.words(for: body)
                return WebhookAnswer(status: .refused, words: words, name: error.name)
            }
        case .token(let token):
            guard !token.isShown(by: authorization) else { return nil }
            return WebhookAnswer(
                status: .refused,
                words: "Authorization does not show the token of this end point: set it as "
                    + "\"Bearer\" and the token with the sender",
                name: "wrong_token"
            )
        }
    }
}
