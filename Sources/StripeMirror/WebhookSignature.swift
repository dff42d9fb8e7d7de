package import BillingModel
import Crypto
import Foundation
import MirrorLog

/// The secret that Stripe signs one webhook end point's deliveries with.
///
/// Its text can't be printed: a description says nothing of it.
package struct WebhookSecret: Sendable, CustomStringConvertible {
    let key: SymmetricKey

    /// A secret from its text, `whsec_…`, of which all is the key.
    ///
    /// It is `nil` for a text that Stripe does not give out, so that a key of the API in its place is
    /// noticed at the start.
    package init?(_ text: String) {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.hasPrefix("whsec_"), text.utf8.count > 12,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        key = SymmetricKey(data: Array(text.utf8))
    }

    /// The head's line with which a body is signed, as Stripe would: for tests and stand-ins.
    ///
    /// - Parameters:
    ///   - body: The body.
    ///   - instant: When it is signed.
    /// - Returns: `Stripe-Signature: t=…,v1=…`.
    package func header(for body: [UInt8], at instant: Instant) -> String {
        let stamp = "\(instant.unixSeconds)"
        let payload = Array(stamp.utf8) + [UInt8(ascii: ".")] + body
        let code = HMAC<SHA256>.authenticationCode(for: payload, using: key)
        return "Stripe-Signature: t=\(stamp),v1=\(Array(code).hexadecimal)"
    }

    /// Nothing of the secret.
    package var description: String { "whsec_…" }
}

/// Checks `Stripe-Signature` over the bytes of a body as they came.
///
/// Every `v1` is held against every secret, in constant time, so that two secrets hold while one is
/// being rolled. Other schemes are passed over. A time stamp too far from now, on either side, is
/// refused.
package struct WebhookSignature: Sendable {
    private let secrets: [WebhookSecret]
    private let tolerance: TimeSpan

    /// How many signatures of a head are looked at: Stripe sends one for each secret that holds.
    package static let signaturesMax = 16

    /// A check against some secrets.
    ///
    /// - Parameters:
    ///   - secrets: Each of them is good; without any nothing is.
    ///   - tolerance: How far the time stamp may lie from now, before or after.
    package init(secrets: [WebhookSecret], tolerance: TimeSpan = .seconds(300)) {
        self.secrets = secrets
        self.tolerance = tolerance
    }

    /// Why a delivery is not believed.
    package enum Problem: Error, Hashable, Sendable {
        /// There is no `Stripe-Signature`.
        case noHeader
        /// The head is not of the form `t=…,v1=…`.
        case malformed(String)
        /// No signature is that of the body under any of the secrets.
        case mismatch
        /// The signature is right, and was made so long ago.
        case tooOld(TimeSpan)
        /// The signature is right, and was made so far in the future.
        case inFuture(TimeSpan)
    }

    /// Checks a delivery.
    ///
    /// - Parameters:
    ///   - header: The value of `Stripe-Signature`.
    ///   - body: The body as it came, before anything read it.
    ///   - now: The time.
    /// - Returns: When it was signed.
    /// - Throws: ``Problem`` where it is not to be believed.
    @discardableResult
    package func check(
        _ header: String?,
        _ body: [UInt8],
        at now: Instant
    ) throws(Problem) -> Instant {
        guard let header, !header.isEmpty else { throw .noHeader }
        let (stamp, signatures) = try Self.parts(of: header)
        guard let seconds = Int64(stamp), let signed = Instant(unixSeconds: seconds) else {
            throw .malformed("`t` is no time in seconds")
        }
        let payload = Array(stamp.utf8) + [UInt8(ascii: ".")] + body
        var isGood = false
        // All are tried, whichever is good: how long it takes tells nothing.
        for secret in secrets {
            for signature in signatures {
                let isMatch = HMAC<SHA256>.isValidAuthenticationCode(
                    signature,
                    authenticating: payload,
                    using: secret.key
                )
                isGood = isMatch || isGood
            }
        }
        guard isGood else { throw .mismatch }
        // After the signature: only of a time that Stripe wrote can be said that a clock is wrong.
        let age = now.since(signed)
        if age > tolerance { throw .tooOld(age) }
        if age < tolerance.negated { throw .inFuture(age.negated) }
        return signed
    }

    /// The one time stamp's text, and the bytes of each `v1`.
    private static func parts(
        of header: String
    ) throws(Problem) -> (stamp: Substring, signatures: [[UInt8]]) {
        var stamp: Substring?
        var signatures: [[UInt8]] = []
        for item in header.split(separator: ",") {
            let pair = item.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            let value = pair[1].trimmingSuffix { $0 == " " }
            switch pair[0] {
            case "t":
                guard stamp == nil else { throw .malformed("`t` stands there twice") }
                stamp = value
            case "v1":
                if let bytes = [UInt8](hexadecimal: value), bytes.count == SHA256.byteCount {
                    signatures.append(bytes)
                }
            default: continue
            }
        }
        guard let stamp else { throw .malformed("`t` is missing") }
        guard stamp.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            throw .malformed("`t` is no time in seconds")
        }
        guard !signatures.isEmpty else { throw .malformed("no `v1` is a SHA-256") }
        guard signatures.count <= signaturesMax else { throw .malformed("too many `v1`") }
        return (stamp, signatures)
    }
}

extension Substring {
    fileprivate func trimmingSuffix(while isTrimmed: (Character) -> Bool) -> Substring {
        var text = self
        while let last = text.last, isTrimmed(last) { text = text.dropLast() }
        return text
    }
}

extension WebhookSignature.Problem {
    /// What is wrong, in words for whoever looks at the delivery in Stripe's Dashboard.
    ///
    /// - Parameter body: The body as it came.
    /// - Returns: What is wrong and what to do, without anything of the body.
    package func words(for body: [UInt8]) -> String {
        switch self {
        case .noHeader:
            "there is no Stripe-Signature: the request is not Stripe's, or a proxy took the head out"
        case .malformed(let what):
            "the Stripe-Signature can't be read: \(what); a proxy may have changed the head"
        case .mismatch: Self.mismatchWords(body)
        case .tooOld(let age):
            "the signature is right, but \(age.words) old: the clock of this machine is ahead, or the "
                + "delivery was held back on its way; Stripe will send it again"
        case .inFuture(let span):
            "the signature is right, but \(span.words) in the future: the clock of this machine is "
                + "behind; set it by NTP"
        }
    }

    private static func mismatchWords(_ body: [UInt8]) -> String {
        if body.isEmpty { return "the body is empty: a proxy or a redirect took it out" }
        let start = "no signature is that of this body: "
        if body.starts(with: [0x1F, 0x8B]) {
            return start + "the body came compressed, which Stripe's do not: a proxy has packed it"
        }
        guard body.contains(UInt8(ascii: "\n")) else {
            return start + "it holds no line break, and Stripe's do, which hints at a proxy that "
                + "writes JSON anew; if there is none, the secret is another end point's"
        }
        return start + "most likely the secret is another end point's, or of the other mode; copy "
            + "it from this end point's page in the Dashboard. If it is the same, a proxy changes "
            + "the body"
    }

    /// One word for it, for counting.
    package var name: String {
        switch self {
        case .noHeader: "no_signature"
        case .malformed: "malformed_signature"
        case .mismatch: "wrong_signature"
        case .tooOld: "too_old"
        case .inFuture: "in_future"
        }
    }
}
