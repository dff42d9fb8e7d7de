package import BillingModel
package import MirrorLog

/// Which of Stripe's two worlds something belongs to; they never meet in one mirror.
package enum StripeMode: String, CaseIterable, Sendable {
    /// Real customers and money.
    case live
    /// Made up ones.
    case test
}

/// Makes lines of the mirror log of Stripe events.
///
/// The line's id is the event's own, so a webhook and the back-fill of one event are one record,
/// however often each comes. It names no account, not even where the account is known: of two
/// deliveries one might name it and the other not, and they would be two records. The engine finds
/// the account through the customer.
///
/// An event that a path's own call of the API produced is the path's doing, not a fact. A path says so by
/// the call's idempotency key, `dunning-path/EXECUTION/…`, which Stripe repeats in the event: the line
/// then has that execution as its `cause`.
///
/// The event stands in the line as it came, but for line breaks between its tokens.
package struct EventLine: Hashable, Sendable {
    /// The mode whose events are taken, while those of the other are rejected; `nil` takes both.
    package var mode: StripeMode?

    /// Lines of the events of one mode, or of both.
    package init(mode: StripeMode? = nil) {
        self.mode = mode
    }

    /// What became of an event.
    package enum Captured: Sendable {
        /// It can be read.
        case record(CapturedRecord)
        /// It can't.
        case reject(CaptureReject)
    }

    /// Makes a line of an event.
    ///
    /// - Parameters:
    ///   - event: The event as it came, a JSON value that the scanner could read.
    ///   - seen: When the mirror saw it.
    ///   - place: Where it stood, for a reject of an event without an id.
    ///   - reader: A reader of the calling thread.
    /// - Returns: The record, or why there is none.
    package func capture(
        _ event: RawJSON.Slice,
        seen: Instant,
        place: String,
        _ reader: borrowing RecordReader
    ) -> Captured {
        let id = RawJSON.string(RawJSON.member("id", of: event))
        do throws(RecordError) {
            try check(event)
            guard let id, !id.isEmpty else { throw RecordError("the event has no `id`") }
            let line = line(event, id: id, seen: seen)
            return .record(try CapturedRecord(line: line, reader))
        } catch {
            let place = id.map { "stripe:\($0)" } ?? place
            return .reject(
                CaptureReject(place: place, reason: error.reason, content: Array(event))
            )
        }
    }

    private func check(_ event: RawJSON.Slice) throws(RecordError) {
        guard let mode, let live = RawJSON.member("livemode", of: event) else { return }
        let found: StripeMode = live.elementsEqual("true".utf8) ? .live : .test
        guard found == mode else {
            throw RecordError(
                "an event of \(found.rawValue) mode, and this is a mirror of \(mode.rawValue) mode"
            )
        }
    }

    private func line(_ event: RawJSON.Slice, id: String, seen: Instant) -> [UInt8] {
        let created = RawJSON.integer(RawJSON.member("created", of: event))
            .flatMap { Instant(unixSeconds: $0) }
        var json = JSONText()
        json.object { json in
            json.member("v", 1)
            json.member("id", id)
            json.member("kind", MirrorRecord.Kind.stripe.rawValue)
            json.member("at", created ?? seen)
            json.member("seen", seen)
            if let cause = Self.cause(of: event) { json.member("cause", cause) }
        }
        var line = Array(json.bytes.dropLast())
        line.append(contentsOf: #","event":"#.utf8)
        line.append(contentsOf: RawJSON.onOneLine(event))
        line.append(UInt8(ascii: "}"))
        return line
    }
}

extension EventLine {
    /// The execution that an event's idempotency key names.
    private static func cause(of event: RawJSON.Slice) -> String? {
        guard let request = RawJSON.member("request", of: event),
            request.first == UInt8(ascii: "{"),
            let key = RawJSON.string(RawJSON.member("idempotency_key", of: request))
        else { return nil }
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0] == "dunning-path", !parts[1].isEmpty else { return nil }
        return String(parts[1])
    }
}

/// What the Stripe mirror says of its own completeness.
package enum StripeMark {
    /// A line that says that all of Stripe's events up to and including a time were delivered.
    ///
    /// Its own time is the one it speaks of, so the same word is the same line.
    package static func through(_ time: Instant) -> [UInt8] {
        line("stripe:through:\(time.unixSeconds)", at: time, .through(time))
    }

    /// A line that says that events between two times may be missing.
    package static func gap(from: Instant, to: Instant) -> [UInt8] {
        line(
            "stripe:gap:\(from.unixSeconds):\(to.unixSeconds)",
            at: to,
            .gap(from: from, to: to)
        )
    }

    private static func line(_ id: String, at: Instant, _ says: Mark.Says) -> [UInt8] {
        let record = MirrorRecord(
            id: RecordID(id),
            at: at,
            account: nil,
            body: .mark(Mark(source: .stripe, says: says))
        )
        return Array(RecordWriter().line(record).dropLast())
    }
}
