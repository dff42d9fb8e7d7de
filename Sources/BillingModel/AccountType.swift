/// What kind of customer an account is: the key that every dunning decision is routed by.
public enum AccountType: Hashable, Sendable {
    /// One of the sixteen types that the drift remediation knows, supported or not.
    case known(Known)
    /// A value that is on no list: no effect is taken, and segment discovery reports it.
    case unknown(String)

    /// The types on the lists, in alphabetical order of their column value.
    public enum Known: String, CaseIterable, Sendable {
        /// A contract made to measure.
        case adHocContract = "ad_hoc_contract"
        /// An enterprise customer of the parent company.
        case cloudflareEnt = "cloudflare_ent"
        /// The election programme.
        case election
        /// A staff member.
        case employee
        /// The Galileo programme.
        case galileo
        /// Resold by IBM.
        case ibm
        /// An intern.
        case intern
        /// The partner for mainland China.
        case jdc
        /// A managed service provider.
        case msp
        /// The Pangea programme.
        case pangea
        /// A partner on the basic plan.
        case partnersBasic = "partners_basic"
        /// A partner on the enterprise plan.
        case partnersEnt = "partners_ent"
        /// A partner who pays as they go.
        case partnersPayGo = "partners_pay_go"
        /// Pay as you go, the standard path.
        case payGo = "pay_go"
        /// Sold through SFCC.
        case sfcc
        /// The startup programme.
        case startup
    }

    /// Reads the value of the column `account_type`.
    public init(_ columnValue: String) {
        self = Known(rawValue: columnValue).map(AccountType.known) ?? .unknown(columnValue)
    }

    /// The value of the column `account_type`.
    public var columnValue: String {
        switch self {
        case .known(let known): known.rawValue
        case .unknown(let value): value
        }
    }

    /// Whether dunning decisions are taken for this type at all.
    public var support: Support {
        switch self {
        case .known(.cloudflareEnt), .known(.msp), .known(.partnersPayGo), .known(.sfcc):
            .unsupported
        case .known: .supported
        case .unknown: .unknown
        }
    }

    /// The three answers to "is this type dunned?".
    public enum Support: Sendable {
        /// One of the twelve supported types.
        case supported
        /// One of the four whose whole plan is skipped.
        case unsupported
        /// On no list.
        case unknown
    }

    /// Whether debt cancels this type's subscriptions; the others lose their items instead.
    public var losesSubscriptions: Bool { self == .known(.payGo) }
}
