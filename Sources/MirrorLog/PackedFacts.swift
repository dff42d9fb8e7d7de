package import BillingModel

extension StripeObject: Packable {
    package func pack(into writer: inout PackedWriter) {
        switch self {
        case .other:
            writer.write(byte: 0)
        case .invoice(let invoice):
            writer.write(byte: 1)
            writer.write(invoice)
        case .deletedInvoice(let id):
            writer.write(byte: 2)
            writer.write(id)
        case .subscription(let subscription):
            writer.write(byte: 3)
            writer.write(subscription)
        case .customer(let metadata):
            writer.write(byte: 4)
            writer.write(metadata)
        }
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        switch try reader.byte() {
        case 0: self = .other
        case 1: self = .invoice(try reader.read())
        case 2: self = .deletedInvoice(try reader.read())
        case 3: self = .subscription(try reader.read())
        case 4: self = .customer(try reader.read())
        case let tag: throw reader.malformed("there is no Stripe object \(tag)")
        }
    }
}

/// An event's id is most often its record's id too; it is then stored once.
extension StripeEvent: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(text: writer.home?.id.rawValue == id ? nil : id)
        writer.write(type)
        writer.write(created)
        writer.write(livemode)
        writer.write(text: writer.leavesOutOwner ? nil : customer?.rawValue)
        writer.write(text: cause?.rawValue)
        writer.write(object)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        guard let id = try reader.optionalText() ?? reader.home?.id.rawValue else {
            throw reader.malformed("an event's id is its record's, and there is none")
        }
        let type: StripeEventType = try reader.read()
        let created: Instant = try reader.read()
        let livemode: Bool? = try reader.read()
        let customer = try reader.optionalText().map { CustomerID($0) }
        let cause = try reader.optionalText().map { RecordID($0) }
        self.init(
            id: id,
            type: type,
            created: created,
            livemode: livemode,
            customer: customer,
            object: try reader.read(),
            cause: cause
        )
    }
}

extension Request: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(kind)
        writer.write(word: actor)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(kind: try reader.read(), actor: try reader.word())
    }
}

extension Request.Kind: Packable {
    package func pack(into writer: inout PackedWriter) {
        switch self {
        case .driftRun: writer.write(byte: 0)
        case .payBadDebt: writer.write(byte: 1)
        case .adminFlag: writer.write(byte: 2)
        case .adminUnflag: writer.write(byte: 3)
        case .setAccountType(let type):
            writer.write(byte: 4)
            writer.write(type)
        }
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        switch try reader.byte() {
        case 0: self = .driftRun
        case 1: self = .payBadDebt
        case 2: self = .adminFlag
        case 3: self = .adminUnflag
        case 4: self = .setAccountType(try reader.read())
        case let tag: throw reader.malformed("there is no request \(tag)")
        }
    }
}

extension Execution: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(path)
        writer.write(text: trigger?.rawValue)
        writer.write(instant: finished)
        writer.write(outcome)
        writer.write(text: error)
        writer.write(effects)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(
            path: try reader.read(),
            trigger: try reader.optionalText().map { RecordID($0) },
            finished: try reader.optionalInstant(),
            outcome: try reader.read(),
            error: try reader.optionalText(),
            effects: try reader.read()
        )
    }
}

extension Mark: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(source)
        switch says {
        case .through(let time):
            writer.write(byte: 0)
            writer.write(time)
        case .gap(let from, let to):
            writer.write(byte: 1)
            writer.write(from)
            writer.write(to)
        }
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        let source: Source = try reader.read()
        switch try reader.byte() {
        case 0: self.init(source: source, says: .through(try reader.read()))
        case 1:
            let from: Instant = try reader.read()
            self.init(source: source, says: .gap(from: from, to: try reader.read()))
        case let tag: throw reader.malformed("a mark says nothing of kind \(tag)")
        }
    }
}

extension Column: Packable where Value: Packable {
    package func pack(into writer: inout PackedWriter) {
        switch self {
        case .absent: writer.write(byte: 0)
        case .null: writer.write(byte: 1)
        case .value(let value):
            writer.write(byte: 2)
            writer.write(value)
        }
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        switch try reader.byte() {
        case 0: self = .absent
        case 1: self = .null
        case 2: self = .value(try reader.read())
        case let tag: throw reader.malformed("a column has no state \(tag)")
        }
    }
}

extension RowChange: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(op)
        writer.write(table)
        switch row {
        case .account(let type, let flags, let ban):
            writer.write(type)
            writer.write(flags)
            writer.write(ban)
        case .customer(let stripeCustomer, let badDebtAt, let legalEntity):
            writer.write(stripeCustomer)
            writer.write(badDebtAt)
            writer.write(legalEntity)
        case .subscription(let id, let status, let reason, let items):
            writer.write(id)
            writer.write(status)
            writer.write(reason)
            writer.write(items)
        case .probation(let product, let failed):
            writer.write(product)
            writer.write(failed)
        case .mandate(let id, let paymentMethod, let status):
            writer.write(id)
            writer.write(paymentMethod)
            writer.write(status)
        case .dunning(let event):
            writer.write(event)
        case .stuckEvent(let event, let since):
            writer.write(event)
            writer.write(since)
        }
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        let op: Op = try reader.read()
        let table: Table = try reader.read()
        self.init(op: op, row: try Row(of: table, unpacking: &reader))
    }
}

extension RowChange.Row {
    fileprivate init(
        of table: RowChange.Table,
        unpacking reader: inout PackedReader
    ) throws(PackedError) {
        switch table {
        case .account:
            self = .account(
                type: try reader.read(),
                flags: try reader.read(),
                ban: try reader.read()
            )
        case .customer:
            self = .customer(
                stripeCustomer: try reader.read(),
                badDebtAt: try reader.read(),
                legalEntity: try reader.read()
            )
        case .subscription:
            self = .subscription(
                id: try reader.read(),
                status: try reader.read(),
                reason: try reader.read(),
                items: try reader.read()
            )
        case .probation:
            self = .probation(product: try reader.read(), failed: try reader.read())
        case .mandate:
            self = .mandate(
                id: try reader.read(),
                paymentMethod: try reader.read(),
                status: try reader.read()
            )
        case .dunning:
            self = .dunning(event: try reader.read())
        case .stuckEvents:
            self = .stuckEvent(event: try reader.read(), since: try reader.read())
        }
    }
}
