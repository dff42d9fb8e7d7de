package import BillingModel

extension Money: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(minorUnits)
        writer.write(currency)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(minorUnits: try reader.read(), currency: try reader.read())
    }
}

extension AccountType: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(word: columnValue)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(try reader.word())
    }
}

extension CustomerMetadata: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(word: accountType)
        writer.write(word: badDebt)
        writer.write(text: badDebtAmount)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(
            accountType: try reader.optionalWord(),
            badDebt: try reader.optionalWord(),
            badDebtAmount: try reader.optionalText()
        )
    }
}

extension Probation: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(product)
        writer.write(failed)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(product: try reader.read(), failed: try reader.read())
    }
}

extension Mandate: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(id)
        writer.write(word: paymentMethod)
        writer.write(word: status)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(
            id: try reader.read(),
            paymentMethod: try reader.word(),
            status: try reader.word()
        )
    }
}

extension Override: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(flagged)
        writer.write(word: by)
        writer.write(instant: since)
        writer.write(instant: until)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(
            flagged: try reader.read(),
            by: try reader.word(),
            since: try reader.optionalInstant(),
            until: try reader.optionalInstant()
        )
    }
}

/// A snapshot out of a stripe record has that record's id and time; they are stored once.
extension SnapshotVersion: Packable {
    package func pack(into writer: inout PackedWriter) {
        let isOfHome = writer.home.map { $0.at == at && $0.id == record } ?? false
        writer.write(isOfHome)
        writer.write(created)
        writer.write(byte: rank)
        guard !isOfHome else { return }
        writer.write(at)
        writer.write(record)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        let isOfHome: Bool = try reader.read()
        let created: Instant = try reader.read()
        let rank = try reader.byte()
        if !isOfHome {
            let at: Instant = try reader.read()
            self.init(created: created, rank: rank, at: at, record: try reader.read())
        } else if let home = reader.home {
            self.init(created: created, rank: rank, at: home.at, record: home.id)
        } else {
            throw reader.malformed("a snapshot is of a record, and there is none")
        }
    }
}

extension PackedWriter {
    /// Writes a snapshot's version as that of the record that is being written, or none.
    mutating func writeVersion(ofHomeAt created: Instant?, rank: UInt8) {
        write(created != nil)
        guard let created else { return }
        write(true)  // It is of the record.
        write(created)
        write(byte: rank)
    }
}

extension Invoice: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(id)
        writer.write(status)
        writer.write(currency)
        writer.write(amountDue)
        writer.write(amountPaid)
        writer.write(amountRemaining)
        writer.write(instant: created)
        writer.write(instant: markedUncollectibleAt)
        writer.write(text: subscription?.rawValue)
        writer.write(instant: nextPaymentAttempt)
        writer.write(text: badDebtAmount)
        writer.write(word: badDebtPaid)
        writer.write(covers)
        writer.write(replaces)
        writer.write(payments)
        writer.write(byte: isPaidOutOfBand ? 1 : 0)
        writer.write(version)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(
            id: try reader.read(),
            status: try reader.read(),
            currency: try reader.read(),
            amountDue: try reader.read(),
            amountPaid: try reader.read(),
            amountRemaining: try reader.read(),
            created: try reader.optionalInstant(),
            markedUncollectibleAt: try reader.optionalInstant(),
            subscription: try reader.optionalText().map { SubscriptionID($0) },
            nextPaymentAttempt: try reader.optionalInstant(),
            badDebtAmount: try reader.optionalText(),
            badDebtPaid: try reader.optionalWord(),
            covers: try reader.read(),
            replaces: try reader.read()
        )
        payments = try reader.read()
        isPaidOutOfBand = try reader.byte() == 1
        version = try reader.read()
    }
}

extension SubscriptionItem: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(id)
        writer.write(text: product)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(id: try reader.read(), product: try reader.optionalText())
    }
}

extension Subscription: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(id)
        writer.write(status)
        writer.write(items)
        writer.write(itemsTaken)
        writer.write(word: cancelReason)
        writer.write(instant: canceledAt)
        writer.write(version)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(id: try reader.read(), status: try reader.read(), items: [])
        items = try reader.read()
        itemsTaken = try reader.read()
        cancelReason = try reader.optionalWord()
        canceledAt = try reader.optionalInstant()
        version = try reader.read()
    }
}

extension AccountState: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(type)
        writer.write(flags)
        writer.write(ban)
        writer.write(text: stripeCustomer?.rawValue)
        writer.write(instant: badDebtAt)
        writer.write(word: legalEntity)
        writer.write(probations)
        writer.write(mandates)
        writer.write(credit)
        writer.write(override)
        writer.write(metadata)
        writer.write(subscriptions)
        writer.write(invoices)
        writer.write(missing)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init()
        type = try reader.read()
        flags = try reader.read()
        ban = try reader.read()
        stripeCustomer = try reader.optionalText().map { CustomerID($0) }
        badDebtAt = try reader.optionalInstant()
        legalEntity = try reader.optionalWord()
        probations = try reader.read()
        mandates = try reader.read()
        credit = try reader.read()
        override = try reader.read()
        metadata = try reader.read()
        subscriptions = try reader.read()
        invoices = try reader.read()
        missing = try reader.read()
    }
}
