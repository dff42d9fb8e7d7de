package import BillingModel

/// Somebody's word that a policy is right for an account type.
package struct SignOff: Hashable, Sendable {
    /// The account type.
    package let type: AccountType.Known
    /// In which role they signed.
    package let role: String
    /// Who signed.
    package let by: String
    /// The digest of the policy that they signed.
    package let policy: String
    /// When they signed.
    package let at: Instant

    /// A sign-off.
    ///
    /// - Parameters:
    ///   - type: The account type.
    ///   - role: In which role it was signed.
    ///   - by: Who signed.
    ///   - policy: The digest of the policy.
    ///   - at: When.
    package init(type: AccountType.Known, role: String, by: String, policy: String, at: Instant) {
        self.type = type
        self.role = role
        self.by = by
        self.policy = policy
        self.at = at
    }

    /// What speaks against this sign-off beside those before it; `nil` where nothing does.
    func clash(with others: some Sequence<SignOff>) -> String? {
        others.contains { $0.type == type && $0.role == role && $0.policy == policy }
            ? "\(role) signs the same policy for `\(type.rawValue)` twice" : nil
    }
}

/// A sign-off that is still owed.
package struct MissingSignOff: Hashable, Sendable, CustomStringConvertible {
    /// The account type.
    package let type: AccountType.Known
    /// The role that owes it.
    package let role: String
    /// The last sign-off of another policy; `nil` where there is none.
    package let outdated: SignOff?

    /// Which one it is, and what there is in its place.
    package var description: String {
        let instead = outdated.map {
            "; the last one, of \($0.at), is of the policy \($0.policy.prefix(12))"
        }
        return "\(role) has not signed the policy off for \(type.rawValue)" + (instead ?? "")
    }
}

extension Waivers {
    /// Which sign-offs of a policy are missing.
    ///
    /// One that is dated later than `now` does not count: nobody has given it yet.
    ///
    /// - Parameters:
    ///   - policy: The policy's present digest.
    ///   - types: The account types that it must be signed off for.
    ///   - roles: The roles that must sign.
    ///   - now: When the question is asked.
    /// - Returns: What is missing, in the order of types, then of roles.
    package func missingSignOffs(
        of policy: String,
        for types: [AccountType.Known],
        by roles: [String],
        at now: Instant
    ) -> [MissingSignOff] {
        let given = signOffs.filter { $0.at <= now }
        return types.sorted { $0.rawValue < $1.rawValue }.flatMap { type in
            roles.sorted().compactMap { role in
                let own = given.filter { $0.type == type && $0.role == role }
                guard !own.contains(where: { $0.policy == policy }) else { return nil }
                // They stand in the order of time.
                return MissingSignOff(type: type, role: role, outdated: own.last)
            }
        }
    }
}
