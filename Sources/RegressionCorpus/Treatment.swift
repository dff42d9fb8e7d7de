/// What becomes of one value of a record when it is redacted.
///
/// There is no treatment that keeps a text as it is: what comes out is a word of a closed list, a
/// number, a time, or a pseudonym. `null` stays `null`, since it says that something was not
/// gathered, and a value of another kind than its treatment is for is dropped.
indirect enum Treatment: Sendable {
    /// A word of a closed list; any other text becomes what the substitute says.
    case word([String], otherwise: Substitute)
    /// An id, or any other text of which only its likeness to others matters: a pseudonym.
    case id
    /// A list of ids in one text, separated by commas, as metadata has them.
    case idsInText
    /// An id, or the expanded object that has it.
    case reference
    /// Who asked: a role's word is kept, what follows it becomes a pseudonym.
    case actor
    /// An RFC 3339 time, written anew.
    case time
    /// A time in whole seconds since 1970.
    case seconds
    /// A whole number of minor units.
    case amount
    /// An amount or sums of amounts in a text: `5000`, `eur:300,usd:5000`.
    case amountInText
    /// A currency's code.
    case currency
    /// A whole number that is none of the above.
    case integer
    /// A truth value.
    case boolean
    /// A Stripe API version: a date, and the name of a release.
    case version
    /// The type of a Stripe event.
    case eventType
    /// A Stripe event, in its own shape or in an envelope.
    case event
    /// An array, or a Stripe list, of values of one kind.
    case list(Treatment)
    /// An object.
    case object(MemberTable)
    /// An object whose table is chosen by the text of one of its members.
    case chosen(by: String, [String: MemberTable])
    /// Metadata as an effect writes it: an unknown key is no reason to drop the entry, since an
    /// effect that writes more than its path's model does is not that model's.
    case entries(MemberTable)
    /// Keys of metadata.
    case keys([String])

    /// What stands in for a text that is not on a list.
    enum Substitute: Sendable {
        /// Nothing: the member goes.
        case nothing
        /// A pseudonym: still the same text wherever it was the same.
        case pseudonym
        /// A word that means nothing.
        case neutral(String)
    }
}

/// The members that an object may keep; all others go.
struct MemberTable: ExpressibleByDictionaryLiteral, Sendable {
    /// Looked up by name, never walked where order would show.
    private let treatments: [String: Treatment]

    init(dictionaryLiteral elements: (String, Treatment)...) {
        treatments = Dictionary(elements) { _, last in last }
    }

    private init(_ treatments: [String: Treatment]) {
        self.treatments = treatments
    }

    /// What becomes of a member; `nil` where it goes.
    subscript(key: String) -> Treatment? { treatments[key] }

    /// This table and the members of another.
    func adding(_ other: MemberTable) -> MemberTable {
        MemberTable(treatments.merging(other.treatments) { _, last in last })
    }
}

// MARK: - The words that may come out

extension Treatment {
    /// Adds the names and words that this treatment lets out.
    func collectWords(into words: inout Set<String>) {
        switch self {
        case .word(let list, let substitute):
            words.formUnion(list)
            if case .neutral(let word) = substitute { words.insert(word) }
        case .keys(let list): words.formUnion(list)
        case .list(let element):
            words.formUnion(["object", "list", "data", "has_more"])
            element.collectWords(into: &words)
        case .reference: RedactionTable.expanded.collectWords(into: &words)
        case .object(let table), .entries(let table): table.collectWords(into: &words)
        case .chosen(_, let tables):
            for table in tables.values { table.collectWords(into: &words) }
        case .event:
            words.formUnion(["detail", "data", "object"])
            RedactionTable.event.collectWords(into: &words)
            for table in RedactionTable.snapshots.values { table.collectWords(into: &words) }
            RedactionTable.otherSnapshot.collectWords(into: &words)
        case .eventType:
            words.formUnion(RedactionTable.eventTypes)
            words.formUnion(RedactionTable.eventFamilies.map { $0 + RedactionTable.unlisted })
            words.insert(RedactionTable.unlisted)
        case .actor: words.formUnion(RedactionTable.actors)
        case .id, .idsInText, .time, .seconds, .amount, .amountInText, .currency, .integer,
            .boolean, .version:
            break
        }
    }
}

extension MemberTable {
    /// Adds the names and words that this table lets out.
    func collectWords(into words: inout Set<String>) {
        words.formUnion(treatments.keys)
        for treatment in treatments.values { treatment.collectWords(into: &words) }
    }
}
