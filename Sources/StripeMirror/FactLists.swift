package import BillingModel
package import MirrorLog

/// A part of what Stripe knows of a customer, as it stands under `stripe` in a baseline's state.
package enum FactPart: String, CaseIterable, Sendable {
    case customer, subscriptions, invoices

    /// Where all of them are listed.
    var endPoint: StripeRequest.EndPoint {
        switch self {
        case .customer: .customers
        case .subscriptions: .subscriptions
        case .invoices: .invoices
        }
    }

    /// What a request for the list has to say besides where it goes on.
    var query: [StripeRequest.QueryItem] {
        switch self {
        // Without it Stripe holds back canceled subscriptions, which may yet be reactivated.
        case .subscriptions: [.init("limit", "100"), .init("status", "all")]
        case .customer, .invoices: [.init("limit", "100")]
        }
    }

    /// Whose an element of the list is: it, or what it names, which may be expanded.
    func owner(of element: RawJSON.Slice) -> CustomerID? {
        let id: RawJSON.Slice?
        switch self {
        case .customer:
            id = RawJSON.member("id", of: element)
        case .subscriptions, .invoices:
            let named = RawJSON.member("customer", of: element)
            id =
                RawJSON.string(named) == nil
                ? named.flatMap { RawJSON.member("id", of: $0) } : named
        }
        return RawJSON.string(id).flatMap { $0.isEmpty ? nil : CustomerID($0) }
    }
}

/// One object of a customer's.
package struct ListedFact: Hashable, Sendable {
    /// What it is.
    package var part: FactPart
    /// Its own id.
    package var id: String
    /// Whose it is.
    package var customer: CustomerID
    /// The object, on one line.
    package var json: [UInt8]
}

/// Walks through all that Stripe lists of customers, subscriptions and invoices, to the last page of each.
///
/// A hundred objects come with a request, where asking for each customer by itself takes three. What is
/// made while it walks is missed and comes as events, as does what changes behind it.
///
/// A value: ``next()`` says what to ask, ``take(_:)`` takes the page.
package struct FactLists: Hashable, Sendable {
    private var rest = FactPart.allCases[...]
    private var cursor: String?

    /// At the beginning.
    package init() {}

    /// What to ask next; `nil` where all was seen.
    package var next: StripeRequest? {
        guard let part = rest.first else { return nil }
        let place = cursor.map { [StripeRequest.QueryItem("starting_after", $0)] } ?? []
        return StripeRequest(part.endPoint, part.query + place)
    }

    /// Takes the page that was asked for last.
    ///
    /// - Parameter page: The page.
    /// - Returns: What it shows of customers; an object of nobody's, such as an invoice without a
    ///   customer, is of no account and left out.
    /// - Throws: ``RecordError`` where the list goes in a circle.
    package mutating func take(_ page: ListPage) throws(RecordError) -> [ListedFact] {
        guard let part = rest.first else { return [] }
        guard !page.hasMore || page.cursor != cursor else {
            throw RecordError("the page ends with the element that it was to begin behind")
        }
        cursor = page.hasMore ? page.cursor : nil
        if !page.hasMore { rest = rest.dropFirst() }
        return page.elements.compactMap { element in
            guard let id = element.id, let owner = part.owner(of: element.raw) else { return nil }
            return ListedFact(
                part: part,
                id: id,
                customer: owner,
                json: RawJSON.onOneLine(element.raw)
            )
        }
    }
}

extension StripeClient {
    /// Asks for all there is of customers, subscriptions and invoices.
    ///
    /// - Parameters:
    ///   - shouldStop: Asked about once a second whether to give up.
    ///   - keep: Takes what a page shows.
    /// - Throws: ``StripeFailure`` where a page can't be had, or what `keep` throws: what was kept is then
    ///   not whole.
    package func listAll(
        shouldStop: () -> Bool,
        keep: ([ListedFact]) throws -> Void
    ) throws {
        var lists = FactLists()
        while let request = lists.next {
            let page = try page(request, shouldStop: shouldStop).page
            let facts: [ListedFact]
            do throws(RecordError) {
                facts = try lists.take(page)
            } catch {
                throw StripeFailure.unreadable(error.reason)
            }
            try keep(facts)
        }
    }
}
