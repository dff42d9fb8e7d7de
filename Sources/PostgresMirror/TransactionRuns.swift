import BillingModel
import MirrorLog

/// Whose doing the changes of a transaction are.
///
/// A logical message holds for the rows behind it until the next, and the first one for those before
/// it as well. Without a message a row of the table of executions that states no effects takes the
/// rows of its account; then the first rule that fits; else nobody is known.
struct TransactionRuns {
    /// A run with what it is named by.
    struct Named {
        var run: PathRun
        var ordinal: Int
    }

    private struct Shown {
        var effects: [Effect]
        var account: AccountID
        var ordinal: Int
        var ruled: LegacyPath?
    }

    private let rules: RowMapping.Attribution
    private var messages: [Named] = []
    private var rows: [Named] = []
    private var shown: [Shown] = []
    private let earlier: Named?
    /// The application's name, where a message says it.
    private(set) var application: String?
    /// The replication origin, where there is one.
    var origin: String?

    init(_ rules: RowMapping.Attribution, _ earlier: Named?, _ application: String?) {
        self.rules = rules
        self.earlier = earlier
        self.application = application
    }

    /// The run that holds at the end.
    var last: Named? { messages.last ?? earlier }

    /// Takes a logical message, which is none of ours where its prefix is another.
    mutating func take(
        _ prefix: String,
        _ content: [UInt8],
        _ ordinal: Int
    ) throws(RecordError) {
        if prefix == rules.messagePrefix {
            messages.append(Named(run: try PathRun(message: content), ordinal: ordinal))
        } else if prefix == rules.applicationPrefix {
            application = String(decoding: content, as: UTF8.self)
        }
    }

    /// Takes a run that a row told of.
    mutating func take(_ run: PathRun, _ ordinal: Int) {
        rows.append(Named(run: run, ordinal: ordinal))
    }

    /// Takes what a row shows.
    mutating func take(
        _ effects: [Effect],
        of account: AccountID,
        _ ordinal: Int,
        sign: (String) -> String?,
        _ table: MirrorTable
    ) {
        let rule = rules.rules.first { rule in
            let value: String? =
                switch rule.sign {
                case .application: application
                case .origin: origin
                case .column(let other, let name): other == table ? sign(name) : nil
                }
            return value.map(rule.fits) ?? false
        }
        shown.append(
            Shown(effects: effects, account: account, ordinal: ordinal, ruled: rule?.path)
        )
    }

    /// Writes the executions, and counts what is nobody's.
    mutating func write(into part: inout TransactionPart, _ reader: RecordReader) {
        // A run that both a message and a row tell of is one run; the row says more.
        let told = rows.compactMap(\.run.id)
        messages.removeAll { $0.run.id.map(told.contains) ?? false }
        for row in rows { writeRow(row, into: &part, reader) }
        for index in messages.indices { writeMessage(index, into: &part, reader) }
        if messages.isEmpty, let earlier {
            writeAccounts(of: earlier, take { _ in true }, into: &part, reader)
        }
        writeRuled(into: &part, reader)
    }

    private mutating func writeRow(
        _ named: Named,
        into part: inout TransactionPart,
        _ reader: RecordReader
    ) {
        guard let account = named.run.account else { return }
        let takesRows = named.run.effects == nil && messages.isEmpty && earlier == nil
        let mine = takesRows ? take { $0.account == account } : []
        add(named, account, mine.flatMap(\.effects), isOnly: true, into: &part, reader)
    }

    private mutating func writeMessage(
        _ index: Int,
        into part: inout TransactionPart,
        _ reader: RecordReader
    ) {
        let start = index == 0 ? Int.min : messages[index].ordinal
        let end = index + 1 < messages.count ? messages[index + 1].ordinal : Int.max
        let mine = take { $0.ordinal >= start && $0.ordinal < end }
        writeAccounts(of: messages[index], mine, into: &part, reader)
    }

    private func writeAccounts(
        of named: Named,
        _ mine: [Shown],
        into part: inout TransactionPart,
        _ reader: RecordReader
    ) {
        let isContinued = !messages.contains { $0.ordinal == named.ordinal }
        var groups = EffectGroups()
        if let stated = named.run.account, !isContinued { groups.add([], stated, named.ordinal) }
        for row in mine { groups.add(row.effects, row.account, row.ordinal) }
        let accounts = groups.all
        guard !accounts.isEmpty else {
            if !isContinued {
                part.reject(
                    named.ordinal,
                    RecordError("message: it names no `account`, and no row tells whose run it is"),
                    []
                )
            }
            return
        }
        let isAmbiguous = named.run.effects != nil && named.run.account == nil && accounts.count > 1
        guard !isAmbiguous else {
            return part.reject(
                named.ordinal,
                RecordError("message: it states effects, and no `account` among several"),
                []
            )
        }
        for (place, group) in accounts.enumerated() {
            var one = named
            // What a message states is the doing of one account's run, and written once.
            if place > 0 || isContinued { one.run.effects = nil }
            add(
                one,
                group.account,
                group.effects,
                isOnly: accounts.count == 1 && !isContinued,
                part: isContinued ? part.transaction.firstStep : 0,
                into: &part,
                reader
            )
        }
    }

    private mutating func writeRuled(into part: inout TransactionPart, _ reader: RecordReader) {
        var groups = EffectGroups()
        for row in take({ _ in true }) {
            groups.add(row.effects, row.account, row.ordinal, ruled: row.ruled)
        }
        for group in groups.all {
            guard let path = group.ruled else {
                part.captured.tally.unattributed += 1
                continue
            }
            let named = Named(run: PathRun(path: path), ordinal: group.ordinal)
            if add(named, group.account, group.effects, isOnly: true, into: &part, reader) {
                part.captured.tally.named -= 1
                part.captured.tally.ruled += 1
            }
        }
    }

    private mutating func take(_ isMine: (Shown) -> Bool) -> [Shown] {
        let mine = shown.filter(isMine)
        shown.removeAll(where: isMine)
        return mine
    }

    @discardableResult
    private func add(
        _ named: Named,
        _ account: AccountID,
        _ effects: [Effect],
        isOnly: Bool,
        part continued: Int = 0,
        into part: inout TransactionPart,
        _ reader: RecordReader
    ) -> Bool {
        let own = named.run.id ?? part.names.run(part.transaction.commit, named.ordinal)
        let id =
            isOnly ? own : own + (continued > 0 ? ":\(continued)" : "") + ":\(account.rawValue)"
        do throws(RecordError) {
            try part.execution(id, named.run, of: account, showing: effects, reader)
            part.captured.tally.named += 1
            return true
        } catch {
            part.reject(named.ordinal, error, [])
            return false
        }
    }
}

/// Effects by account and path, in the order in which those first appear.
private struct EffectGroups {
    struct Group {
        let account: AccountID
        let ruled: LegacyPath?
        let ordinal: Int
        var effects: [Effect]
    }

    private struct Key: Hashable {
        let account: AccountID
        let ruled: LegacyPath?
    }

    private(set) var all: [Group] = []
    /// Where each group stands; looked up, never walked.
    private var places: [Key: Int] = [:]

    mutating func add(
        _ effects: [Effect],
        _ account: AccountID,
        _ ordinal: Int,
        ruled: LegacyPath? = nil
    ) {
        let key = Key(account: account, ruled: ruled)
        guard let place = places[key] else {
            places[key] = all.count
            return all.append(
                Group(account: account, ruled: ruled, ordinal: ordinal, effects: effects)
            )
        }
        all[place].effects += effects
    }
}
