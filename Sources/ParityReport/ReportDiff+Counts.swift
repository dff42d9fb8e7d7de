package import BillingModel
package import DivergenceAnalysis
import MirrorLog

extension ReportDiff {
    /// The groups that divergences fall into.
    package enum Group: String, CaseIterable, Sendable {
        /// In the new report only.
        case introduced
        /// In both, and worse in the new one.
        case worse
        /// In both, not alike, and no worse.
        case reclassified
        /// In the old report only.
        case fixed
        /// In the old report only, but now brought into the episode as a standing difference.
        case carried
        /// In both, and the same.
        case unchanged
    }

    /// The divergences of a group; of those in both reports, as the new one has them.
    package func entries(_ group: Group) -> [Entry] {
        switch group {
        case .introduced: introduced
        case .worse: worse.map(\.new)
        case .reclassified: reclassified.filter(\.gains.isEmpty).map(\.new)
        case .fixed: fixed
        case .carried: carried
        case .unchanged: unchanged
        }
    }

    /// What a group adds up to.
    package struct Sums: Hashable, Sendable {
        /// How many divergences.
        package var divergences = 0
        /// Of how many accounts.
        package var accounts = 0
        /// How many subscriptions are at stake.
        package var subscriptions = 0
        /// The money at stake.
        package var amounts = Amounts()

        /// The sums of some divergences.
        package init(_ entries: [Entry]) {
            divergences = entries.count
            accounts = Set(entries.map(\.account)).count
            for entry in entries {
                subscriptions += entry.subscriptions
                amounts.add(entry.amounts)
            }
        }
    }

    /// What became of the divergences of a class; one of several classes counts in each.
    ///
    /// `old` = `fixed` + `carried` + `out` + `kept`, and `new` = `introduced` + `into` + `kept`.
    package struct ClassRow: Hashable, Sendable {
        /// The class.
        package var cause: DivergenceClass
        /// Divergences of the class in the old report.
        package var old = 0
        /// Of those, the ones whose episodes diverge no more.
        package var fixed = 0
        /// Of those, the ones that are standing differences now.
        package var carried = 0
        /// Of those, the ones that are of other classes now.
        package var out = 0
        /// Of those, the ones that are of this class still.
        package var kept = 0
        /// Divergences that were of other classes.
        package var into = 0
        /// Divergences whose episodes had none.
        package var introduced = 0
        /// Divergences of the class in the new report.
        package var new = 0
    }

    /// Every class, in the order of the table of causes.
    package var classRows: [ClassRow] {
        DivergenceClass.allCases.map { cause in
            var row = ClassRow(cause: cause)
            func count(_ entries: [Entry]) -> Int { entries.count { $0.classes.contains(cause) } }
            row.fixed = count(fixed)
            row.carried = count(carried)
            row.introduced = count(introduced)
            row.kept = count(unchanged)
            for change in reclassified {
                let was = change.old.classes.contains(cause)
                let isNow = change.new.classes.contains(cause)
                if was, isNow { row.kept += 1 }
                if was, !isNow { row.out += 1 }
                if !was, isNow { row.into += 1 }
            }
            row.old = row.fixed + row.carried + row.out + row.kept
            row.new = row.introduced + row.into + row.kept
            return row
        }
    }
}

extension JSONTree {
    /// The value on one line, as people write it: strings without quotes.
    var shortText: String {
        if let string { return string }
        var text = JSONText()
        text.value(self)
        return String(decoding: text.bytes, as: UTF8.self)
    }
}
