import BillingModel
package import DunningBrain
package import MirrorLog
package import ShadowRun

/// An episode that diverged as it is put on disk: all that a report tells of it.
///
/// What a picture shows is packed by itself, for it is the larger part and most readers pass it by.
package struct PackedDivergence: Sendable {
    /// The episode and the difference, without the picture.
    package let told: [UInt8]
    /// What the picture shows; empty where nothing was gathered.
    package let drawn: [UInt8]

    /// Packs a divergence.
    ///
    /// - Parameters:
    ///   - episode: The episode; of it, what tells of the account and the time.
    ///   - divergence: The difference.
    package init(_ episode: EpisodeVerdict, _ divergence: Divergence) {
        var writer = PackedWriter()
        episode.packHead(into: &writer)
        divergence.packTold(into: &writer)
        told = writer.bytes
        writer.removeAll()
        if let swimlane = divergence.swimlane { writer.write(swimlane) }
        drawn = writer.bytes
    }

    /// Reads back what was packed.
    ///
    /// - Parameters:
    ///   - told: The episode and the difference.
    ///   - drawn: What the picture shows; empty where nothing was gathered or nobody asks for it.
    /// - Returns: Both, the episode without what it planned.
    /// - Throws: ``PackedError`` where the bytes were tampered with.
    package static func unpacked(
        _ told: ArraySlice<UInt8>,
        _ drawn: ArraySlice<UInt8> = []
    ) throws(PackedError) -> (episode: EpisodeVerdict, divergence: Divergence) {
        var (episode, divergence) = try PackedReader.read(told) { reader throws(PackedError) in
            (try EpisodeVerdict(head: &reader), try Divergence(told: &reader))
        }
        if !drawn.isEmpty {
            divergence.swimlane = try PackedReader.read(drawn) {
                reader throws(PackedError) -> Swimlane in try reader.read()
            }
        }
        episode.outcome = .divergent(divergence)
        return (episode, divergence)
    }
}

extension EpisodeVerdict {
    fileprivate func packHead(into writer: inout PackedWriter) {
        writer.write(account)
        writer.write(accountType)
        writer.write(opened)
        writer.write(closed)
        writer.write(openedBy)
        writer.write(phase)
    }

    fileprivate init(head reader: inout PackedReader) throws(PackedError) {
        self.init(
            account: try reader.read(),
            accountType: try reader.read(),
            opened: try reader.read(),
            closed: try reader.read(),
            openedBy: try reader.read(),
            phase: try reader.read(),
            outcome: .open,
            standing: []
        )
    }
}

extension Divergence {
    fileprivate func packTold(into writer: inout PackedWriter) {
        writer.write(id)
        writer.write(extent == .lasting)
        writer.write(classes)
        writer.write(facets)
        writer.write(legacyOnly)
        writer.write(brainOnly)
        writer.write(explanation)
        writer.write(breaches)
        writer.write(records)
        writer.write(paths)
        writer.write(reproducer)
        writer.write(amounts.sums)
        writer.write(subscriptions)
        writer.write(since)
        writer.write(instant: until)
        writer.write(story)
    }

    fileprivate init(told reader: inout PackedReader) throws(PackedError) {
        self.init(
            id: try reader.read(),
            extent: try reader.read() ? .lasting : .transient,
            classes: try reader.read(),
            facets: try reader.read(),
            legacyOnly: try reader.read(),
            brainOnly: try reader.read(),
            explanation: try reader.read(),
            breaches: try reader.read(),
            records: try reader.read(),
            paths: try reader.read(),
            reproducer: try reader.read(),
            amounts: Amounts(try reader.read()),
            subscriptions: try reader.read(),
            since: try reader.read(),
            until: try reader.optionalInstant(),
            story: try reader.read()
        )
    }
}

extension Amounts {
    fileprivate init(_ sums: [Money]) {
        self.init()
        for sum in sums { add(sum) }
    }
}

extension Phase: PackableCase {
    package static let packedCases = allCases
}

extension Invariant: PackableCase {
    package static let packedCases = allCases
}

extension DivergenceClass: PackableCase {
    package static let packedCases = allCases
}

extension Breach: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(invariant)
        writer.write(detail)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(try reader.read(), try reader.read())
    }
}

extension Consequence: Packable {
    package func pack(into writer: inout PackedWriter) {
        switch self {
        case .flag: writer.write(byte: 0)
        case .ban: writer.write(byte: 1)
        case .cancel(let id): writer.write(2, id)
        case .deleteItems(let id): writer.write(3, id)
        case .charge(let id): writer.write(4, id)
        }
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        switch try reader.byte() {
        case 0: self = .flag
        case 1: self = .ban
        case 2: self = .cancel(try reader.read())
        case 3: self = .deleteItems(try reader.read())
        case 4: self = .charge(try reader.read())
        case let tag: throw reader.malformed("there is no consequence \(tag)")
        }
    }
}

// MARK: - Facets

extension Facet: Packable {
    package func pack(into writer: inout PackedWriter) {
        switch self {
        case .badDebtFlag: writer.write(byte: 0)
        case .badDebtAt: writer.write(byte: 1)
        case .ban: writer.write(byte: 2)
        case .subscription(let id): writer.write(3, id)
        case .items(let id): writer.write(4, id)
        case .customerMetadata: writer.write(byte: 5)
        case .debtAmount: writer.write(byte: 6)
        case .payments(let id): writer.write(7, id)
        case .processed(let id): writer.write(8, id)
        }
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        switch try reader.byte() {
        case 0: self = .badDebtFlag
        case 1: self = .badDebtAt
        case 2: self = .ban
        case 3: self = .subscription(try reader.read())
        case 4: self = .items(try reader.read())
        case 5: self = .customerMetadata
        case 6: self = .debtAmount
        case 7: self = .payments(try reader.read())
        case 8: self = .processed(try reader.read())
        case let tag: throw reader.malformed("there is no facet \(tag)")
        }
    }
}

extension FacetValue: Packable {
    package func pack(into writer: inout PackedWriter) {
        switch self {
        case .bool(let value): writer.write(0, value)
        case .text(let value):
            writer.write(byte: 1)
            writer.write(text: value)
        case .list(let values): writer.write(2, values)
        case .count(let count): writer.write(3, count)
        }
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        switch try reader.byte() {
        case 0: self = .bool(try reader.read())
        case 1: self = .text(try reader.optionalText())
        case 2: self = .list(try reader.read())
        case 3: self = .count(try reader.read())
        case let tag: throw reader.malformed("there is no value \(tag)")
        }
    }
}

extension FacetDifference: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(facet)
        writer.write(legacy)
        writer.write(brain)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(try reader.read(), legacy: try reader.read(), brain: try reader.read())
    }
}

extension PackedWriter {
    /// Writes what kind of thing follows, and what it carries.
    mutating func write<each Part: Packable>(_ tag: UInt8, _ parts: repeat each Part) {
        write(byte: tag)
        repeat write(each parts)
    }
}
