package import BillingModel

/// When a request is tried again, and after how long.
///
/// A table of rules over what came back; chance is handed in, so a decision is a value.
package struct RetryPolicy: Hashable, Sendable {
    /// How often a request is tried in all before it is given up.
    package var attemptsMax: Int
    /// How long the first wait is at most; each further one is twice as long at most.
    package var firstWait: TimeSpan
    /// How long a wait is at most, where Stripe does not ask for a longer one.
    package var longestWait: TimeSpan
    /// How long a `Retry-After` is obeyed at most: a longer one is taken for a mistake.
    package var longestAskedWait: TimeSpan

    /// A policy; what is not given is as for a mirror that has time.
    package init(
        attemptsMax: Int = 6,
        firstWait: TimeSpan = TimeSpan(microseconds: 500_000),
        longestWait: TimeSpan = .seconds(30),
        longestAskedWait: TimeSpan = .minutes(10)
    ) {
        self.attemptsMax = attemptsMax
        self.firstWait = firstWait
        self.longestWait = longestWait
        self.longestAskedWait = longestAskedWait
    }

    /// What to do about an answer.
    package enum Verdict: Hashable, Sendable {
        /// It is good.
        case accept
        /// Ask again after so long.
        case retry(after: TimeSpan)
        /// Asking again would not help, or has been done often enough.
        case giveUp(StripeFailure)
    }

    /// Decides about what came back.
    ///
    /// - Parameters:
    ///   - outcome: What came back.
    ///   - attempt: How many tries there were before this one.
    ///   - now: The time, for a `Retry-After` that names one.
    ///   - chance: Any 64 bits; equal ones give equal decisions.
    /// - Returns: What to do.
    package func verdict(
        on outcome: Result<StripeAnswer, TransportFailure>,
        attempt: Int,
        at now: Instant,
        chance: UInt64
    ) -> Verdict {
        switch outcome {
        case .success(let answer) where answer.isSuccess: return .accept
        case .success(let answer):
            let failure = StripeFailure(answer)
            let isWorthIt = answer.shouldRetry ?? failure.isPassing
            guard isWorthIt, attempt + 1 < attemptsMax else { return .giveUp(failure) }
            let own = wait(attempt: attempt, chance: chance)
            guard let asked = answer.retryAfter(at: now) else { return .retry(after: own) }
            // Later than asked by a part of the own wait, lest all who were asked come at once.
            let jitter = TimeSpan(microseconds: own.microseconds / 4)
            return .retry(after: max(own, min(asked, longestAskedWait).adding(jitter)))
        case .failure(let failure):
            return again(.transport(failure), attempt: attempt, chance: chance)
        }
    }

    /// Decides about a failure that is known already, such as a body that can't be read.
    ///
    /// - Parameters:
    ///   - failure: What went wrong.
    ///   - attempt: How many tries there were before this one.
    ///   - chance: Any 64 bits.
    /// - Returns: To retry where that may help, else to give up.
    package func again(_ failure: StripeFailure, attempt: Int, chance: UInt64) -> Verdict {
        guard failure.isPassing, attempt + 1 < attemptsMax else { return .giveUp(failure) }
        return .retry(after: wait(attempt: attempt, chance: chance))
    }

    /// Between half of and the whole span that doubles with each try, up to the longest.
    private func wait(attempt: Int, chance: UInt64) -> TimeSpan {
        let doubling: Int64 = 1 << Int64(min(max(attempt, 0), 32))
        let span = min(firstWait.times(doubling), longestWait).microseconds
        let half = max(0, span / 2)
        let part = chance.multipliedFullWidth(by: UInt64(max(0, span - half)) + 1).high
        return TimeSpan(microseconds: half + Int64(part))
    }
}

extension TimeSpan {
    /// Both spans together, saturating at the ends of the range.
    func adding(_ other: TimeSpan) -> TimeSpan {
        let (sum, overflow) = microseconds.addingReportingOverflow(other.microseconds)
        guard overflow else { return TimeSpan(microseconds: sum) }
        return TimeSpan(microseconds: other.microseconds > 0 ? .max : .min)
    }

    /// The span in the other direction.
    var negated: TimeSpan { times(-1) }
}
