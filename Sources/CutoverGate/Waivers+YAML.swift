import BillingModel
import DivergenceAnalysis
package import MirrorLog
import ParityReport
import ShadowRun

private enum FileKey: String, CaseIterable {
    case waivers
    case signOffs = "sign_offs"
}

private enum WaiverKey: String, CaseIterable {
    case id
    case cause = "class"
    case phase, ticket, owner, role, reason, expires, cap
}

private enum CapKey: String, CaseIterable {
    case count, money
}

private enum SignOffKey: String, CaseIterable {
    case type = "account_type"
    case role, by, policy, at
}

extension Waivers {
    /// The most that a cap counts to, so that no sum leaves the range.
    private static let mostMoney: Int64 = 1_000_000_000_000_000

    /// Reads `waivers.yaml`: lists `waivers` and `sign_offs`, both optional.
    ///
    /// - Parameters:
    ///   - yaml: The file's text.
    ///   - configuration: Which roles may own a waiver, and which sign off.
    /// - Throws: ``RecordError`` with the place of what is wrong, and what is allowed there.
    package init(
        yaml: String,
        configuration: GateConfiguration = GateConfiguration()
    ) throws(RecordError) {
        guard let fields = try YAMLNode.root(yaml)?.fields(FileKey.self) else {
            self.init()
            return
        }
        var waivers: [Waiver] = []
        for node in try fields[.waivers]?.elements() ?? [] {
            let waiver = try Self.waiver(node, roles: configuration.roles)
            if let clash = waiver.clash(with: waivers) { throw node.error("is refused: " + clash) }
            waivers.append(waiver)
        }
        var signOffs: [SignOff] = []
        for node in try fields[.signOffs]?.elements() ?? [] {
            let signOff = try Self.signOff(node, roles: configuration.signOffRoles)
            if let clash = signOff.clash(with: signOffs) {
                throw node.error("is refused: " + clash)
            }
            signOffs.append(signOff)
        }
        try self.init(waivers, signOffs: signOffs)
    }

    private static func waiver(_ node: YAMLNode, roles: [String]) throws(RecordError) -> Waiver {
        let fields = try node.fields(WaiverKey.self)
        let phase = try fields.required(.phase).number(1...Int64(Phase.allCases.count))
        return try Waiver(
            id: fields.required(.id).text(),
            cause: cause(fields.required(.cause)),
            phase: Phase(rawValue: Int(phase)) ?? .webhooks,
            ticket: fields.required(.ticket).text(),
            owner: fields.required(.owner).text(),
            role: fields.required(.role).word(roles),
            reason: fields.required(.reason).text(),
            expires: expiry(fields.required(.expires)),
            cap: cap(fields.required(.cap))
        )
    }

    private static func cause(_ node: YAMLNode) throws(RecordError) -> DivergenceClass {
        let text = try node.text()
        guard let cause = DivergenceClass(rawValue: text) else {
            let known = DivergenceClass.allCases.filter { $0.whyNotWaivable == nil }
            let list = known.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            throw node.unfit(text, "a class that can be waived: \(list)")
        }
        if let why = cause.whyNotWaivable { throw node.error("is refused: " + why) }
        return cause
    }

    /// A time, or a date, which means the end of that day in UTC.
    private static func expiry(_ node: YAMLNode) throws(RecordError) -> Instant {
        let text = try node.text()
        if let instant = Instant(rfc3339: text) { return instant }
        guard text.utf8.count == 10, let midnight = Instant(rfc3339: text + "T00:00:00Z") else {
            throw node.unfit(text, "a date such as `2026-03-31` or an RFC 3339 time")
        }
        return midnight.advanced(by: .days(1))
    }

    private static func cap(_ node: YAMLNode) throws(RecordError) -> Waiver.Cap {
        let fields = try node.fields(CapKey.self)
        let count = try fields.required(.count).number(1...1_000_000_000)
        var money = Amounts()
        for (name, value) in try fields.required(.money).entries() {
            guard let currency = Currency(name), currency.code == name else {
                throw value.error("is no currency: three lower-case letters such as `usd`")
            }
            let most = try value.number(0...mostMoney)
            money.add(Money(minorUnits: most, currency: currency))
        }
        return Waiver.Cap(count: Int(count), money: money)
    }

    private static func signOff(_ node: YAMLNode, roles: [String]) throws(RecordError) -> SignOff {
        let fields = try node.fields(SignOffKey.self)
        let type = try fields.required(.type)
        let name = try type.text()
        guard let known = AccountType.Known(rawValue: name) else {
            throw type.unfit(name, "an account type of the lists")
        }
        return try SignOff(
            type: known,
            role: fields.required(.role).word(roles),
            by: fields.required(.by).text(),
            policy: fields.required(.policy).digest(),
            at: fields.required(.at).instant()
        )
    }
}
