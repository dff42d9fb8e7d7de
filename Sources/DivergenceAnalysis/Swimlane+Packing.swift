import BillingModel
package import DunningBrain
package import MirrorLog
import ShadowRun

extension Swimlane: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(id)
        writer.write(account)
        writer.write(classes)
        writer.write(story)
        writer.write(had)
        writer.write(isWhatIfOfBrain)
        writer.write(opened)
        writer.write(closed)
        writer.write(end)
        writer.write(events)
        writer.write(runs)
        writer.write(decisions)
        writer.write(staleReads)
        writer.write(tracks)
        writer.write(omitted)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(
            id: try reader.read(),
            account: try reader.read(),
            classes: try reader.read(),
            story: try reader.read(),
            had: try reader.read(),
            isWhatIfOfBrain: try reader.read(),
            opened: try reader.read(),
            closed: try reader.read(),
            end: try reader.read(),
            events: try reader.read(),
            runs: try reader.read(),
            decisions: try reader.read(),
            staleReads: try reader.read(),
            tracks: try reader.read(),
            omitted: try reader.read()
        )
    }
}

extension Swimlane.Lane: Packable {
    package func pack(into writer: inout PackedWriter) {
        switch self {
        case .stripe: writer.write(byte: 0)
        case .requests: writer.write(byte: 1)
        case .path(let path): writer.write(2, path)
        case .database: writer.write(byte: 3)
        case .whatIf: writer.write(byte: 4)
        case .brain: writer.write(byte: 5)
        }
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        switch try reader.byte() {
        case 0: self = .stripe
        case 1: self = .requests
        case 2: self = .path(try reader.read())
        case 3: self = .database
        case 4: self = .whatIf
        case 5: self = .brain
        case let tag: throw reader.malformed("there is no lane \(tag)")
        }
    }
}

extension Swimlane.Phrase: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(before)
        writer.write(text: name)
        writer.write(after)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(try reader.read(), try reader.optionalText(), try reader.read())
    }
}

extension Swimlane.Event: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(lane)
        writer.write(at)
        writer.write(record)
        writer.write(says)
        writer.write(isEcho)
        writer.write(isLeftOut)
        writer.write(isKey)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(
            lane: try reader.read(),
            at: try reader.read(),
            record: try reader.read(),
            says: try reader.read(),
            isEcho: try reader.read(),
            isLeftOut: try reader.read(),
            isKey: try reader.read()
        )
    }
}

extension Swimlane.Run: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(record)
        writer.write(lane)
        writer.write(start)
        writer.write(end)
        writer.write(deeds)
        writer.write(isWhatIf)
        writer.write(isBroken)
        writer.write(isKey)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(
            record: try reader.read(),
            lane: try reader.read(),
            start: try reader.read(),
            end: try reader.read(),
            deeds: try reader.read(),
            isWhatIf: try reader.read(),
            isBroken: try reader.read(),
            isKey: try reader.read()
        )
    }
}

extension Swimlane.Deed: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(at)
        writer.write(says)
        writer.write(isDone)
        writer.write(isLeftOut)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(
            at: try reader.read(),
            says: try reader.read(),
            isDone: try reader.read(),
            isLeftOut: try reader.read()
        )
    }
}

extension Rule: PackableCase {
    package static let packedCases = allCases
}

extension Swimlane.Decision: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(at)
        writer.write(isStanding)
        writer.write(rule)
        writer.write(plan)
        writer.write(instant: until)
        writer.write(isWhatIf)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(
            at: try reader.read(),
            isStanding: try reader.read(),
            rule: try reader.read(),
            plan: try reader.read(),
            until: try reader.optionalInstant(),
            isWhatIf: try reader.read()
        )
    }
}

extension Swimlane.StaleRead: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(run)
        writer.write(from)
        writer.write(read)
        writer.write(changed)
        writer.write(by)
        writer.write(wrote)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(
            run: try reader.read(),
            from: try reader.read(),
            read: try reader.read(),
            changed: try reader.read(),
            by: try reader.read(),
            wrote: try reader.read()
        )
    }
}

extension Swimlane.Track: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(facet)
        writer.write(isReported)
        writer.write(legacy)
        writer.write(whatIf)
        writer.write(brain)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(
            facet: try reader.read(),
            isReported: try reader.read(),
            legacy: try reader.read(),
            whatIf: try reader.read(),
            brain: try reader.read()
        )
    }
}

extension Swimlane.Stretch: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(from)
        writer.write(value)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(from: try reader.read(), value: try reader.read())
    }
}
