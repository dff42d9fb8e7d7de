package import BillingModel
package import MirrorLog

/// Gathers what Stripe knows of one customer, for a baseline: the customer, all subscriptions, all
/// invoices, to the last page.
///
/// What can't be had is not left out, for absent means empty: it becomes `null`, and a list that
/// broke off keeps its `has_more`. A reader then knows that facts are missing, and judges nothing.
///
/// A value: ``next()`` says what to ask, ``take(_:_:)`` takes the answer, ``giveUp(_:)`` goes on
/// without.
package struct BaselineGather: Hashable, Sendable {
    /// Whose facts are gathered.
    package let customer: CustomerID
    private var parts: [Part]
    private var place = 0
    private var began: Instant?

    private struct Part: Hashable, Sendable {
        var name: String
        var isList: Bool
        var elements: [[UInt8]] = []
        var cursor: String?
        var hasAny = false
        var isWhole = false
        var problem: String?
    }

    /// Nothing gathered yet.
    package init(of customer: CustomerID) {
        self.customer = customer
        parts = [
            Part(name: "customer", isList: false), Part(name: "subscriptions", isList: true),
            Part(name: "invoices", isList: true),
        ]
    }

    /// What to ask next; `nil` where nothing is left to ask.
    package func next() -> StripeRequest? {
        guard parts.indices.contains(place) else { return nil }
        let part = parts[place]
        guard part.isList else { return StripeRequest(.customer(customer)) }
        var query = [
            StripeRequest.QueryItem("limit", "100"), .init("customer", customer.rawValue),
        ]
        // Without it Stripe holds back canceled subscriptions, which may yet be reactivated.
        if part.name == "subscriptions" { query.append(.init("status", "all")) }
        if let cursor = part.cursor { query.append(.init("starting_after", cursor)) }
        return StripeRequest(part.name == "invoices" ? .invoices : .subscriptions, query)
    }

    /// Takes the answer to what was asked last.
    ///
    /// - Parameters:
    ///   - answer: The answer, a success.
    ///   - scanner: A scanner of the calling thread.
    /// - Throws: ``RecordError`` where it can't be read; nothing has changed then.
    package mutating func take(
        _ answer: StripeAnswer,
        _ scanner: JSONScanner
    ) throws(RecordError) {
        guard parts.indices.contains(place) else { return }
        var part = parts[place]
        if part.isList {
            let page = try ListPage(answer.body, scanner)
            guard !page.hasMore || page.cursor != part.cursor else {
                throw RecordError("the page ends with the element that it was to begin behind")
            }
            part.elements += page.elements.map { RawJSON.onOneLine($0.raw) }
            part.cursor = page.cursor
            part.isWhole = !page.hasMore
        } else {
            let object = try RawJSON.checked(answer.body, scanner)
            guard RawJSON.string(RawJSON.member("object", of: object)) == "customer" else {
                throw RecordError("it is no customer")
            }
            part.elements = [RawJSON.onOneLine(object)]
            part.isWhole = true
        }
        part.hasAny = true
        began = began ?? answer.date
        parts[place] = part
        if part.isWhole { place += 1 }
    }

    /// Goes on without the rest of the part that was asked for last.
    ///
    /// - Parameter problem: Why it can't be had, in words without customer data.
    package mutating func giveUp(_ problem: String) {
        guard parts.indices.contains(place) else { return }
        parts[place].problem = problem
        place += 1
    }

    /// What was gathered so far.
    package var result: StripeFacts {
        var json = Array("{".utf8)
        for part in parts {
            if json.count > 1 { json.append(UInt8(ascii: ",")) }
            json.append(contentsOf: "\"\(part.name)\":".utf8)
            json.append(contentsOf: Self.json(of: part))
        }
        json.append(UInt8(ascii: "}"))
        return StripeFacts(
            customer: customer,
            json: json,
            missing: parts.filter { !$0.isWhole }.map { part in
                part.name + (part.problem.map { ": \($0)" } ?? "")
            },
            at: began
        )
    }

    private static func json(of part: Part) -> [UInt8] {
        guard part.hasAny else { return Array("null".utf8) }
        guard part.isList else { return part.elements.first ?? Array("null".utf8) }
        let (opening, closing) =
            part.isWhole ? ("[", "]") : (#"{"data":["#, #"],"has_more":true}"#)
        return Array(opening.utf8) + part.elements.joined(separator: ",".utf8) + closing.utf8
    }
}

/// What Stripe knows of one customer.
package struct StripeFacts: Hashable, Sendable {
    /// Whose facts they are.
    package var customer: CustomerID
    /// What stands under `stripe` in a baseline's state: `customer`, `subscriptions`, `invoices`.
    package var json: [UInt8]
    /// What could not be had, and why; empty where all was.
    package var missing: [String]
    /// When Stripe gave the first answer, by its own clock.
    ///
    /// A baseline that says so much may not be younger: what happened while the rest was gathered comes
    /// again as events, and is then known from both.
    package var at: Instant?

    /// Puts the facts into a baseline that was made without them.
    ///
    /// - Parameters:
    ///   - line: A line of the mirror log, a baseline whose state has no `stripe`.
    ///   - scanner: A scanner of the calling thread.
    /// - Returns: The line with the facts in its state, all else as it was.
    /// - Throws: ``RecordError`` where the line is no such baseline.
    package func put(
        into line: [UInt8],
        _ scanner: JSONScanner
    ) throws(RecordError) -> [UInt8] {
        let record = try RawJSON.checked(line, scanner)
        guard let state = RawJSON.member("state", of: record), state.first == UInt8(ascii: "{")
        else { throw RecordError("the line has no `state`") }
        guard RawJSON.member("stripe", of: state) == nil else {
            throw RecordError("the baseline has Stripe's facts already")
        }
        let isEmpty = RawJSON.isEmpty(state)
        let facts = Array(#""stripe":"#.utf8) + json + (isEmpty ? [] : [UInt8(ascii: ",")])
        let inside = state.startIndex + 1
        return Array(line[..<inside]) + facts + Array(line[inside...])
    }
}
