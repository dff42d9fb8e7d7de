package import BillingModel
package import MirrorLog

/// Asks Stripe until it answers with something that can be used, or it makes no sense to ask on.
///
/// Below a rate, with waits that grow between tries. What can't be read counts as not answered: garbage
/// and half a body are asked for again. A class, for it owns the connection and the scanner; it is used
/// by one thread at a time.
package final class StripeClient {
    private let transport: any StripeTransport
    private let policy: RetryPolicy
    private let clock: StripeClock
    private var limiter: RateLimiter
    private var random: SplitMix64
    private let note: (Attempt) -> Void
    /// The scanner that answers are read with.
    let scanner: JSONScanner

    /// A try that did not bring what was asked for, for counting and for logs.
    package struct Attempt: Hashable, Sendable {
        /// The end point, without anybody's id.
        package var endPoint: String
        /// What went wrong.
        package var failure: StripeFailure
        /// How long until the next try; `nil` where there is none.
        package var wait: TimeSpan?
    }

    /// A client.
    ///
    /// - Parameters:
    ///   - transport: What sends the requests.
    ///   - policy: When to try again.
    ///   - limiter: The rate to stay below; by default a fifth of what Stripe allows an account, so
    ///     that the mirror never takes production's share.
    ///   - clock: The time.
    ///   - seed: Any number; the waits' jitter follows from it.
    ///   - note: Called for each try that failed.
    /// - Throws: ``RecordError`` where memory is short.
    package init(
        _ transport: any StripeTransport,
        policy: RetryPolicy = RetryPolicy(),
        limiter: RateLimiter = RateLimiter(perSecond: 20, burst: 5),
        clock: StripeClock,
        seed: UInt64,
        note: @escaping (Attempt) -> Void = { _ in }
    ) throws(RecordError) {
        self.transport = transport
        self.policy = policy
        self.limiter = limiter
        self.clock = clock
        self.note = note
        random = SplitMix64(seed: seed)
        scanner = try JSONScanner()
    }

    /// Asks until there is an answer that can be read.
    ///
    /// - Parameters:
    ///   - request: What to ask.
    ///   - shouldStop: Asked about once a second whether to give up.
    ///   - read: Makes something of an answer that is a success; what it throws counts as garbage.
    /// - Returns: What `read` made, and the answer it was made of.
    /// - Throws: ``StripeFailure`` where it is given up.
    package func get<Value>(
        _ request: StripeRequest,
        shouldStop: () -> Bool,
        read: (StripeAnswer) throws(RecordError) -> Value
    ) throws(StripeFailure) -> Value {
        var attempt = 0
        while true {
            try wait(limiter.take(at: clock.now()), shouldStop)
            let outcome = transport.perform(request, shouldStop: shouldStop)
            switch verdict(on: outcome, attempt: attempt, read) {
            case .value(let value): return value
            case .again(let failure, let wait):
                note(Attempt(endPoint: request.endPoint.name, failure: failure, wait: wait))
                try self.wait(wait, shouldStop)
            case .failed(let failure):
                if !failure.isStop {
                    note(Attempt(endPoint: request.endPoint.name, failure: failure, wait: nil))
                }
                throw failure
            }
            attempt += 1
        }
    }

    private enum Outcome<Value> {
        case value(Value)
        case again(StripeFailure, after: TimeSpan)
        case failed(StripeFailure)
    }

    private func verdict<Value>(
        on outcome: Result<StripeAnswer, TransportFailure>,
        attempt: Int,
        _ read: (StripeAnswer) throws(RecordError) -> Value
    ) -> Outcome<Value> {
        let chance = random.next()
        let verdict = policy.verdict(on: outcome, attempt: attempt, at: clock.now(), chance: chance)
        switch (verdict, outcome) {
        case (.accept, .success(let answer)):
            do throws(RecordError) {
                return .value(try read(answer))
            } catch {
                let failure = StripeFailure.unreadable(error.reason)
                let again = policy.again(failure, attempt: attempt, chance: chance)
                return Self.outcome(again, of: failure)
            }
        case (_, .success(let answer)): return Self.outcome(verdict, of: StripeFailure(answer))
        case (_, .failure(let failure)): return Self.outcome(verdict, of: .transport(failure))
        }
    }

    private static func outcome<Value>(
        _ verdict: RetryPolicy.Verdict,
        of failure: StripeFailure
    ) -> Outcome<Value> {
        if case .retry(let wait) = verdict { return .again(failure, after: wait) }
        return .failed(failure)
    }

    private func wait(_ span: TimeSpan, _ shouldStop: () -> Bool) throws(StripeFailure) {
        guard clock.wait(span, shouldStop) else { throw .transport(.stopped) }
    }
}

extension StripeClient {
    /// Asks for a page of a list.
    package func page(
        _ request: StripeRequest,
        shouldStop: () -> Bool
    ) throws(StripeFailure) -> (page: ListPage, told: Instant?) {
        try get(request, shouldStop: shouldStop) { answer throws(RecordError) in
            (try ListPage(answer.body, scanner), answer.date)
        }
    }

    /// Gathers what Stripe knows of a customer.
    ///
    /// What can't be had is noted in the facts, and they are then not whole; but a stop ends it.
    /// - Parameters:
    ///   - customer: The customer.
    ///   - shouldStop: Asked about once a second whether to give up.
    /// - Returns: The facts, for a baseline.
    /// - Throws: ``StripeFailure`` where the mirror is stopping, or the key is refused.
    package func facts(
        of customer: CustomerID,
        shouldStop: () -> Bool
    ) throws(StripeFailure) -> StripeFacts {
        var gather = BaselineGather(of: customer)
        while let request = gather.next() {
            do throws(StripeFailure) {
                gather = try get(request, shouldStop: shouldStop) { answer throws(RecordError) in
                    var next = gather
                    try next.take(answer, scanner)
                    return next
                }
            } catch {
                if error.isStop || error.isOfKey { throw error }
                gather.giveUp(error.description)
            }
        }
        return gather.result
    }

    /// Asks for each of what the mirror reads, one object at most, to show that the key may read it.
    ///
    /// - Parameter shouldStop: Asked about once a second whether to give up.
    /// - Returns: What could not be read, and why; nothing where all could.
    package func probe(shouldStop: () -> Bool) -> [(endPoint: String, failure: StripeFailure)] {
        let requests = [StripeRequest.EndPoint.events, .invoices, .subscriptions, .customers]
            .map { StripeRequest($0, [.init("limit", "1")]) }
        return requests.compactMap { request in
            do throws(StripeFailure) {
                _ = try page(request, shouldStop: shouldStop)
                return nil
            } catch {
                return (request.endPoint.name, error)
            }
        }
    }
}

extension StripeFailure {
    /// Whether the key is what Stripe does not like: no other request will do better.
    package var isOfKey: Bool {
        if case .refused(let status, _) = self { return status == 401 || status == 403 }
        return false
    }

    /// Whether Stripe does not know an object that was named.
    var isOfMissingObject: Bool {
        guard case .refused(let status, let code) = self else { return false }
        return code == "resource_missing" && (status == 400 || status == 404)
    }
}
