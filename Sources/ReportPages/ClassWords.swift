import DivergenceAnalysis

/// What a class is to somebody who has never seen a mirror log.
struct ClassWords {
    /// Its name for people.
    var name: String
    /// What happened, in one line.
    var meaning: String
    /// How grave it is.
    var severity: Severity

    /// How grave a class is, told by a word and a shape, and only then by a colour.
    enum Severity: String {
        /// No gate lets it pass.
        case blocks
        /// What is running today did something wrong, and the brain would not have.
        case defect
        /// Neither is wrong: they follow another rule, or looked at another time.
        case rule

        /// The word for it.
        var word: String {
            switch self {
            case .blocks: "blocks every gate"
            case .defect: "known defect of legacy"
            case .rule: "another rule"
            }
        }

        /// The shape for it.
        var mark: String {
            switch self {
            case .blocks: "◆"
            case .defect: "●"
            case .rule: "○"
            }
        }
    }
}

extension DivergenceClass {
    /// What the class is to people.
    var words: ClassWords {
        switch self {
        case .voidedInvoiceFlag:
            ClassWords(
                name: "Flagged for a voided invoice",
                meaning: "The customer was flagged for an invoice that had been voided meanwhile.",
                severity: .defect
            )
        case .paidThenFlagged:
            ClassWords(
                name: "Paid, then flagged",
                meaning: "The customer had paid, and was flagged for that invoice all the same.",
                severity: .defect
            )
        case .race:
            ClassWords(
                name: "Race between paths",
                meaning: "Two code paths worked on the account at once; the result fits neither.",
                severity: .defect
            )
        case .missingUnflag:
            ClassWords(
                name: "Not restored after payment",
                meaning: "The debt was paid, and flag, ban or cancellation stayed.",
                severity: .defect
            )
        case .duplicatePayment:
            ClassWords(
                name: "Charged twice",
                meaning: "A second payment was taken for an invoice that was paid already.",
                severity: .defect
            )
        case .stuckEvent:
            ClassWords(
                name: "Stuck event",
                meaning: "An event came in and nothing handled it, or its handling never ended.",
                severity: .defect
            )
        case .partialFailure:
            ClassWords(
                name: "Stopped half-way",
                meaning: "Some steps failed and the others stayed, so the account is half changed.",
                severity: .defect
            )
        case .inflatedDebt:
            ClassWords(
                name: "Debt counted too high",
                meaning: "Invoices that others had replaced were still counted as owed.",
                severity: .defect
            )
        case .driftLag:
            ClassWords(
                name: "Noticed too late",
                meaning: "Nothing acts on this event at once; a nightly run sets it right, or not.",
                severity: .defect
            )
        case .uncoordinatedCancel:
            ClassWords(
                name: "Canceled too early",
                meaning: "A failed payment canceled subscriptions before the debt was confirmed.",
                severity: .defect
            )
        case .adminOverride:
            ClassWords(
                name: "Admin’s word not known",
                meaning: "An administrator had decided by hand, and a code path did not know.",
                severity: .rule
            )
        case .policyChange:
            ClassWords(
                name: "Policy changes it",
                meaning: "The graduated policy of phase 3 asks for something else than today’s.",
                severity: .rule
            )
        case .timing:
            ClassWords(
                name: "A matter of timing",
                meaning: "Both come to the same end; one had not got there when it was compared.",
                severity: .rule
            )
        case .unexplained:
            ClassWords(
                name: "Unexplained",
                meaning: "Nothing that is known to go wrong explains it. Somebody must look.",
                severity: .blocks
            )
        case .brainDefect:
            ClassWords(
                name: "Defect of the brain",
                meaning: "The brain broke one of its own rules. It must be mended before anything.",
                severity: .blocks
            )
        }
    }
}
