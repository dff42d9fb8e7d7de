import BillingModel
package import MirrorLog
package import ShadowRun

extension Explanation: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(interventions)
        writer.write(effectiveness == .prevents)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(
            interventions: try reader.read(),
            effectiveness: try reader.read() ? .prevents : .repairs
        )
    }
}

extension Intervention: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(cause)
        writer.write(change)
        writer.write(execution)
        writer.write(invoice)
        writer.write(at)
        writer.write(happened)
        writer.write(had)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(
            try reader.read(),
            try reader.read(),
            execution: try reader.read(),
            invoice: try reader.read(),
            at: try reader.read(),
            happened: try reader.read(),
            had: try reader.read()
        )
    }
}

extension Intervention.Change: Packable {
    package func pack(into writer: inout PackedWriter) {
        switch self {
        case .legacy(let edit): writer.write(0, edit)
        case .binaryPolicy: writer.write(byte: 1)
        case .longerSettle: writer.write(byte: 2)
        }
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        switch try reader.byte() {
        case 0: self = .legacy(try reader.read())
        case 1: self = .binaryPolicy
        case 2: self = .longerSettle
        case let tag: throw reader.malformed("there is no change \(tag)")
        }
    }
}

extension TimelineEdit: Packable {
    package func pack(into writer: inout PackedWriter) {
        switch self {
        case .start(let run, let at): writer.write(0, run, at)
        case .readWhenActing(let run): writer.write(1, run)
        case .serialize(let asWoken): writer.write(2, asWoken)
        case .releaseAfterPayment(let at): writer.write(3, at)
        case .omitPayment(let run, let invoice): writer.write(4, run, invoice)
        case .omitResidual(let place): writer.write(5, place)
        case .uncover(let invoice, let paid): writer.write(6, invoice, paid)
        case .process(let trigger, let paths): writer.write(7, trigger, paths)
        case .startProcessing(let trigger, let at): writer.write(8, trigger, at)
        case .deferProcessedCancel(let trigger): writer.write(9, trigger)
        case .complete(let run): writer.write(10, run)
        case .voidSuperseded(let run): writer.write(11, run)
        case .runDrift(let at): writer.write(12, at)
        case .deferCancel(let run): writer.write(13, run)
        case .respectOverride: writer.write(byte: 14)
        case .undoEarlier(let action): writer.write(15, action)
        }
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        switch try reader.byte() {
        case 0: self = .start(run: try reader.read(), at: try reader.read())
        case 1: self = .readWhenActing(run: try reader.read())
        case 2: self = .serialize(asWoken: try reader.read())
        case 3: self = .releaseAfterPayment(at: try reader.read())
        case 4: self = .omitPayment(run: try reader.read(), invoice: try reader.read())
        case 5: self = .omitResidual(try reader.read())
        case 6: self = .uncover(invoice: try reader.read(), try reader.read())
        case 7: self = .process(try reader.read(), paths: try reader.read())
        case 8: self = .startProcessing(try reader.read(), at: try reader.read())
        case 9: self = .deferProcessedCancel(try reader.read())
        case 10: self = .complete(run: try reader.read())
        case 11: self = .voidSuperseded(run: try reader.read())
        case 12: self = .runDrift(at: try reader.read())
        case 13: self = .deferCancel(run: try reader.read())
        case 14: self = .respectOverride
        case 15: self = .undoEarlier(try reader.read())
        case let tag: throw reader.malformed("there is no edit \(tag)")
        }
    }
}

extension PastAction: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(execution)
        writer.write(path)
        writer.write(at)
        writer.write(taken)
        writer.write(actedOn)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(
            execution: try reader.read(),
            path: try reader.read(),
            at: try reader.read(),
            taken: try reader.read(),
            actedOn: try reader.read()
        )
    }
}
