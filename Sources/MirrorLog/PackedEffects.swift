package import BillingModel

extension MetadataEntry: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(word: key)
        writer.write(word: value)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(try reader.word(), try reader.word())
    }
}

extension TimedEffect: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(at)
        writer.write(effect)
        writer.write(ok)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(at: try reader.read(), effect: try reader.read(), ok: try reader.read())
    }
}

/// One byte for each kind of effect, then what it carries.
extension Effect: Packable {
    package func pack(into writer: inout PackedWriter) {
        switch self {
        case .setFlag(let bit, let to): writer.write(0, bit, to)
        case .setBan(let ban): writer.write(1, ban)
        case .setBadDebtAt(let time):
            writer.write(byte: 2)
            writer.write(instant: time)
        case .cancelSubscription(let id, let reason): writer.write(3, id, word: reason)
        case .reactivateSubscription(let id, let reason): writer.write(4, id, word: reason)
        case .deleteItems(let id, let items): writer.write(5, id, items)
        case .restoreItems(let id, let items): writer.write(6, id, items)
        case .setCustomerMetadata(let set, let unset): writer.write(7, set, unset)
        case .setInvoiceMetadata(let id, let set, let unset): writer.write(8, id, set, unset)
        case .voidInvoice(let id): writer.write(9, id)
        case .createConsolidatedInvoice(let id, let covers, let money):
            writer.write(10, id, covers, money)
        case .payInvoice(let id, let money, let payment): writer.write(11, id, money, payment)
        case .recordDunning(let event): writer.write(12, event)
        case .notify(let stage, let to): writer.write(13, stage, word: to)
        case .restrict(let stage, let to): writer.write(14, stage, word: to)
        case .escalate(let stage, let to): writer.write(15, stage, word: to)
        }
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        switch try reader.byte() {
        case 0: self = .setFlag(bit: try reader.read(), to: try reader.read())
        case 1: self = .setBan(try reader.read())
        case 2: self = .setBadDebtAt(try reader.optionalInstant())
        case 3: self = .cancelSubscription(try reader.read(), reason: try reader.optionalWord())
        case 4: self = .reactivateSubscription(try reader.read(), reason: try reader.optionalWord())
        case 5: self = .deleteItems(try reader.read(), try reader.read())
        case 6: self = .restoreItems(try reader.read(), try reader.read())
        case 7: self = .setCustomerMetadata(set: try reader.read(), unset: try reader.read())
        case 8:
            self = .setInvoiceMetadata(
                try reader.read(),
                set: try reader.read(),
                unset: try reader.read()
            )
        case 9: self = .voidInvoice(try reader.read())
        case 10:
            self = .createConsolidatedInvoice(
                try reader.read(),
                covers: try reader.read(),
                try reader.read()
            )
        case 11:
            self = .payInvoice(try reader.read(), try reader.read(), payment: try reader.read())
        case 12: self = .recordDunning(event: try reader.read())
        case 13: self = .notify(stage: try reader.read(), to: try reader.optionalWord())
        case 14: self = .restrict(stage: try reader.read(), to: try reader.optionalWord())
        case 15: self = .escalate(stage: try reader.read(), to: try reader.optionalWord())
        case let tag: throw reader.malformed("there is no effect \(tag)")
        }
    }
}

extension PackedWriter {
    fileprivate mutating func write<each Part: Packable>(_ tag: UInt8, _ parts: repeat each Part) {
        write(byte: tag)
        repeat write(each parts)
    }

    fileprivate mutating func write(_ tag: UInt8, _ part: some Packable, word: String?) {
        write(byte: tag)
        write(part)
        write(word: word)
    }
}
