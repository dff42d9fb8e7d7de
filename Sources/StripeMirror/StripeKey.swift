/// A key of Stripe's API.
///
/// Its text can't be printed: a description says what kind of key it is and nothing else.
package struct StripeKey: Sendable, CustomStringConvertible {
    let text: String

    /// A key from a file or the environment; white space around it is left out.
    package init(_ text: String) {
        let isSpace: (Character) -> Bool = { $0.isWhitespace }
        let head = text.drop(while: isSpace)
        self.text = String(String(head.reversed().drop(while: isSpace)).reversed())
    }

    /// What can be told of a key by looking at it.
    package enum Kind: Hashable, Sendable {
        /// One that may do what was chosen in the Dashboard, and no more.
        case restricted(StripeMode)
        /// One that may do everything.
        case secret(StripeMode)
        /// One for browsers, which may read next to nothing.
        case publishable
        /// No key at all but a webhook's secret.
        case webhookSecret
        /// Nothing.
        case empty
        /// Something else.
        case unknown
    }

    /// What kind of key it is, by its prefix.
    package var kind: Kind {
        guard !text.isEmpty else { return .empty }
        guard text.utf8.allSatisfy({ Self.isKeyByte($0) }) else { return .unknown }
        let found = Self.kinds.first { text.hasPrefix($0.prefix) }
        guard let found, text.utf8.count >= found.prefix.utf8.count + 8 else { return .unknown }
        return found.kind
    }

    /// The kind of key, and nothing of its text.
    package var description: String {
        switch kind {
        case .restricted(let mode): "a restricted key of \(mode.rawValue) mode"
        case .secret(let mode): "a secret key of \(mode.rawValue) mode"
        case .publishable: "a publishable key"
        case .webhookSecret: "a webhook secret"
        case .empty: "no key"
        case .unknown: "a text that is no known kind of key"
        }
    }

    private static let kinds: [(prefix: String, kind: Kind)] = [
        ("rk_live_", .restricted(.live)), ("rk_test_", .restricted(.test)),
        ("sk_live_", .secret(.live)), ("sk_test_", .secret(.test)),
        ("pk_live_", .publishable), ("pk_test_", .publishable), ("whsec_", .webhookSecret),
    ]

    /// Whether a byte can stand in a key, so that no key ends the head's line that it stands in.
    private static func isKeyByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

/// Whether a key may be used for a mirror, and what to know of it.
///
/// What a restricted key may do is told by the Dashboard alone: no end point lists it, and to find it
/// out a write would have to be tried, which a mirror must not do. So full keys are refused by what they
/// are, and of restricted ones it is said what to look at.
package struct StripeKeyCheck: Hashable, Sendable {
    /// What was found, worst first.
    package var findings: [Finding]

    /// Whether the mirror may start.
    package var isAccepted: Bool { !findings.contains { $0.isRefusal } }

    /// One thing to know.
    package struct Finding: Hashable, Sendable, CustomStringConvertible {
        /// What is so.
        package var what: String
        /// What to do about it.
        package var mend: String
        /// Whether the mirror must not start with it.
        package var isRefusal: Bool

        /// What is so, and what to do.
        package var description: String { "\(what): \(mend)" }
    }

    /// Looks at a key.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - mode: The mode whose events the mirror takes.
    ///   - acceptsWriting: Whether the operator has said, by a flag named after the danger, that a key
    ///     that can write is to be used all the same. It does not help a key that is none.
    package init(_ key: StripeKey, mode: StripeMode, acceptsWriting: Bool = false) {
        switch key.kind {
        case .restricted(let found):
            findings = Self.mismatch(found, mode) + [Self.unlisted]
        case .secret(let found):
            findings = Self.mismatch(found, mode) + [Self.full(isRefusal: !acceptsWriting)]
        case .publishable, .webhookSecret, .empty, .unknown:
            findings = [
                Finding(
                    what: "this is \(key)",
                    mend: "give a restricted key of the API, rk_\(mode.rawValue)_…",
                    isRefusal: true
                )
            ]
        }
    }

    private static let unlisted = Finding(
        what: "only the Dashboard shows what a restricted key may do",
        mend: "see that every permission of it is \"None\" or \"Read\"; events, customers, "
            + "subscriptions and invoices need \"Read\"",
        isRefusal: false
    )

    private static func full(isRefusal: Bool) -> Finding {
        Finding(
            what: "this is a secret key, which may do everything",
            mend: "make a restricted key that may read events, customers, subscriptions and "
                + "invoices, in the Dashboard under Developers, API keys",
            isRefusal: isRefusal
        )
    }

    private static func mismatch(_ found: StripeMode, _ wanted: StripeMode) -> [Finding] {
        guard found != wanted else { return [] }
        let (found, wanted) = (found.rawValue, wanted.rawValue)
        return [
            Finding(
                what: "the key is of \(found) mode, and the mirror of \(wanted) mode",
                mend: "give a key of \(wanted) mode, rk_\(wanted)_…: events of both never meet in "
                    + "one mirror",
                isRefusal: true
            )
        ]
    }
}
