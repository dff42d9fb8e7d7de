import BillingModel
import MirrorLog
import ParityReport

/// Compares the files of a chain's folder with what was written, and names all that differs.
///
/// Each file is looked at by itself first: is it a record, unchanged, under its name? Those that
/// are not still hold the place that their name gives them, so that one wrong file is one problem
/// and not a missing one besides. Then places are counted, and neighbours compared.
struct ChainCheck {
    /// A file with what it is.
    private struct Link {
        let name: String
        /// Its record; `nil` where it can't be read.
        let record: ChainRecord?
        /// Where it stands: by its text where that is whole, else by its name.
        let place: Int
        /// Whether its text is as it was written.
        let isWhole: Bool
    }

    private let files: [ChainFile]
    private var links: [Link] = []
    private var head: ChainHead?
    private var found: [(place: Int, problem: ChainProblem)] = []

    /// The records that could be read, in order.
    private(set) var records: [ChainRecord] = []

    /// What was found, in the order of places.
    var problems: [ChainProblem] {
        found.sorted { first, second in
            if first.place != second.place { return first.place < second.place }
            return FirmText.precedes(first.problem.description, second.problem.description)
        }.map(\.problem)
    }

    init(_ files: [ChainFile]) {
        self.files = files.sorted { first, second in
            guard !first.name.utf8.elementsEqual(second.name.utf8) else {
                return first.bytes.lexicographicallyPrecedes(second.bytes)
            }
            return FirmText.precedes(first.name, second.name)
        }
    }

    mutating func run(published: [String]) {
        let heads = files.filter { $0.name == ChainHead.fileName }
        if let file = heads.first { readHead(file) }
        let others = files.filter { $0.name != ChainHead.fileName }
        for file in others { look(at: file) }
        for (first, second) in zip(files, files.dropFirst()) where first.name == second.name {
            report(
                place(of: second.name),
                second.name,
                .inserted,
                "there are two files of this name"
            )
        }
        // What could be read keeps its order whatever is wrong with it.
        let order = links.sorted { ($0.place, $0.name) < ($1.place, $1.name) }
        let chosen = order.reduce(into: [[Link]]()) { groups, link in
            if groups.last?.first?.place == link.place {
                groups[groups.count - 1].append(link)
            } else {
                groups.append([link])
            }
        }.compactMap { choose($0) }
        records = chosen.compactMap(\.record)
        findGaps(chosen)
        for (first, second) in zip(chosen, chosen.dropFirst()) { compare(first, second) }
        checkStart(chosen)
        checkHead(chosen, isThere: !heads.isEmpty)
        for digest in published where !links.contains(where: { $0.record?.digest == digest }) {
            report(
                .max,
                ChainHead.fileName,
                .missing,
                "the published digest \(digest.prefix(12)) is of no record here: the chain was cut "
                    + "off or written anew since"
            )
        }
    }

    private mutating func report(
        _ place: Int,
        _ file: String,
        _ kind: ChainProblem.Kind,
        _ meaning: String
    ) {
        found.append((place, ChainProblem(file: file, kind: kind, meaning: meaning)))
    }

    private mutating func readHead(_ file: ChainFile) {
        do throws(RecordError) {
            head = try ChainHead(reading: file.bytes)
        } catch {
            report(.max, file.name, .unreadable, error.reason)
        }
    }

    /// The place that a file's name states; `nil` where it is no name of a record.
    private func place(ofName name: String) -> Int? {
        guard name.hasSuffix(".json") else { return nil }
        let digits = name.prefix { ("0"..."9").contains($0) }
        guard digits.utf8.count >= 4, name.dropFirst(digits.count).hasPrefix("-phase"),
            let place = Int(digits), ChainRecord.places.contains(place)
        else { return nil }
        return place
    }

    private func place(of name: String) -> Int { place(ofName: name) ?? .max }

    /// Reads one file and says what is wrong with it by itself.
    private mutating func look(at file: ChainFile) {
        let named = place(ofName: file.name)
        let record: ChainRecord
        do throws(RecordError) {
            record = try ChainRecord(reading: file.bytes)
        } catch {
            guard let named else {
                return report(
                    .max,
                    file.name,
                    .inserted,
                    "it is no record, and nothing else belongs into a chain's folder"
                )
            }
            report(named, file.name, .unreadable, error.reason)
            links.append(Link(name: file.name, record: nil, place: named, isWhole: false))
            return
        }
        let isWhole = record.isWhole
        let place = isWhole ? record.sequence : named ?? record.sequence
        links.append(Link(name: file.name, record: record, place: place, isWhole: isWhole))
        if !isWhole {
            report(
                place,
                file.name,
                .changed,
                "it does not say what its digest \(record.digest.prefix(12)) is of: its text was "
                    + "changed, or its digest was"
            )
        } else if file.bytes != record.file.bytes {
            report(
                place,
                file.name,
                .changed,
                "it says what was recorded, in other bytes than those that were written"
            )
        }
        guard isWhole, file.name != record.fileName else { return }
        lookAtName(of: file, record)
    }

    /// Says how a whole record came to have another name than its own.
    private mutating func lookAtName(of file: ChainFile, _ record: ChainRecord) {
        let place = record.sequence
        switch files.first(where: { $0.name == record.fileName }) {
        case .some(let owner) where owner.bytes == file.bytes:
            report(place, file.name, .inserted, "it is a copy of `\(owner.name)`")
        case .some(let owner):
            report(
                place,
                file.name,
                .reordered,
                "it holds record \(place), but `\(owner.name)` has the name of that record"
            )
        case nil:
            report(place, file.name, .renamed, "it holds the record of `\(record.fileName)`")
        }
    }
}

extension ChainCheck {
    /// Of the files that claim one place, the one that the next record or the head knows.
    private mutating func choose(_ group: [Link]) -> Link? {
        var known = links.compactMap { $0.isWhole ? $0.record?.previous : nil }
        if let head { known.append(head.digest) }
        let ranks = group.map { link -> Int in
            guard let record = link.record, link.isWhole else { return 2 }
            return known.contains(record.digest) ? 0 : 1
        }
        let best = ranks.min().flatMap(ranks.firstIndex(of:)).map { group[$0] }
        for link in group where link.name != best?.name {
            report(
                link.place,
                link.name,
                .inserted,
                "it claims the place \(link.place), which is that of `\(best?.name ?? "")`"
            )
        }
        return best
    }

    /// Names the places that no file holds.
    private mutating func findGaps(_ chosen: [Link]) {
        var next = 1
        for link in chosen {
            if link.place > next {
                reportGap(next...(link.place - 1), "`\(link.name)` comes after it")
            }
            next = link.place + 1
        }
        if let head, head.sequence >= next {
            reportGap(
                next...head.sequence,
                "the chain was cut off: its head is record \(head.sequence)"
            )
        }
    }

    private mutating func reportGap(_ gap: ClosedRange<Int>, _ why: String) {
        let names =
            gap.count == 1
            ? "record \(gap.lowerBound) is" : "records \(gap.lowerBound) to \(gap.upperBound) are"
        report(
            gap.lowerBound,
            "\(ChainRecord.number(gap.lowerBound))-…",
            .missing,
            "\(names) not there; \(why)"
        )
    }

    /// Says whether two neighbours are the ones that were written beside each other.
    private mutating func compare(_ first: Link, _ second: Link) {
        guard let former = first.record, let latter = second.record, second.isWhole,
            second.place == first.place + 1
        else { return }
        if latter.previous != former.digest {
            let other = links.first { $0.isWhole && $0.record?.digest == latter.previous }
            if let other {
                report(
                    second.place,
                    second.name,
                    .reordered,
                    "it was made after `\(other.name)` and stands after `\(first.name)`"
                )
            } else {
                report(
                    second.place,
                    second.name,
                    .changed,
                    "it was made after another record than `\(first.name)`, of the digest "
                        + "\(latter.previous.prefix(12)): one of both was replaced"
                )
            }
        }
        if first.isWhole, latter.entry.at < former.entry.at {
            report(
                second.place,
                second.name,
                .reordered,
                "it is of \(latter.entry.at), before the record before it, of \(former.entry.at)"
            )
        }
    }

    /// Says whether the first record is the first that there was.
    private mutating func checkStart(_ chosen: [Link]) {
        guard let link = chosen.first, let record = link.record, link.isWhole, link.place == 1,
            record.previous != Digest.none
        else { return }
        report(
            1,
            link.name,
            .changed,
            "it is the first record and was made after another, \(record.previous.prefix(12))"
        )
    }

    /// Says whether the chain ends where its head does.
    private mutating func checkHead(_ chosen: [Link], isThere: Bool) {
        guard let last = chosen.last else { return }
        guard let head else {
            if !isThere {
                report(
                    .max,
                    ChainHead.fileName,
                    .missing,
                    "without it nobody knows whether `\(last.name)` is the last record"
                )
            }
            return
        }
        for link in chosen where link.place > head.sequence {
            report(
                link.place,
                link.name,
                .inserted,
                "the head is record \(head.sequence): this one was put behind it, or adding it was "
                    + "interrupted"
            )
        }
        let record = chosen.first { $0.place == head.sequence }?.record
        if let record, record.digest != head.digest {
            report(
                .max,
                ChainHead.fileName,
                .changed,
                "it names another record \(head.sequence), of the digest \(head.digest.prefix(12)): "
                    + "the record was replaced, or the head was"
            )
        }
    }
}
