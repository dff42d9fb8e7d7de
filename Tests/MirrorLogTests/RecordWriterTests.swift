import BillingModel
import MirrorLog
import Testing

@Suite("the record writer")
struct RecordWriterTests {
    @Test(
        "what is written reads back equal, of every kind, in every shape and envelope",
        arguments: MirrorRecord.Kind.allCases
    )
    func roundTrip(_ kind: MirrorRecord.Kind) throws {
        let reader = try RecordReader()
        for seed in 0..<600 {
            var random = RandomRecords(seed: UInt64(seed))
            let record = random.record(kind)
            for shape in StripeShape.allCases where random.canSay(record, in: shape) {
                for envelope in StripeEnvelope.allCases {
                    let style = StripeStyle(shape: shape, envelope: envelope)
                    let line = RecordWriter(style: style).line(record)
                    let text = String(decoding: line, as: UTF8.self)
                    let read = try reader.read(copying: Array(line.dropLast()))
                    #expect(read == record, "seed \(seed), \(style): \(text)")
                    #expect(line.last == UInt8(ascii: "\n") && !line.dropLast().contains(10))
                }
            }
        }
    }

    @Test("a Stripe record has the size of one in real life")
    func sizesAreRealistic() throws {
        let writer = RecordWriter()
        for seed in 0..<50 {
            var random = RandomRecords(seed: UInt64(seed))
            let record = random.record(.stripe)
            #expect((300...3000).contains(writer.line(record).count))
        }
    }

    @Test("a record of 2016 has no status, one of 2025 no `paid` and no `subscription` on the top")
    func shapesDiffer() throws {
        var random = RandomRecords(seed: 7)
        let invoice = Invoice(
            id: InvoiceID("in_1"),
            status: .open,
            currency: random.currency,
            amountDue: 100,
            amountRemaining: 100,
            subscription: SubscriptionID("sub_1")
        )
        let lines = StripeShape.allCases.map { shape in
            let event = random.event("invoice.finalized", .invoice(invoice))
            let line = RecordWriter(style: StripeStyle(shape: shape)).line(random.wrap(event))
            return String(decoding: line, as: UTF8.self)
        }
        #expect(lines[0].contains(#""closed":false"#) && !lines[0].contains(#""status":"#))
        #expect(
            lines[1].contains(#""status":"open""#) && lines[1].contains(#""subscription":"sub_1""#)
        )
        #expect(lines[2].contains(#""parent":{"type":"subscription_details""#))
        #expect(!lines[2].contains(#""paid":"#))
    }
}

@Suite("JSON text")
struct JSONTextTests {
    @Test("whatever a string holds, it reads back")
    func stringsReadBack() throws {
        for seed in 0..<300 {
            var random = RandomRecords(seed: UInt64(seed))
            let text = random.wildText
            var json = JSONText()
            json.object { json in json.member("key", text) }
            var read: String?
            try JSONScanner().parse(copying: json.bytes) { value throws(RecordError) in
                try value.forEachMember { _, member throws(RecordError) in read = member.string }
            }
            #expect(read == text, "seed \(seed)")
        }
    }

    @Test("without indentation there is no space")
    func compact() {
        var json = JSONText()
        json.object { json in
            json.member("a", Int64(-1))
            json.array("b") { json in
                json.bool(true)
                json.null()
                json.object { _ in }
            }
        }
        #expect(String(decoding: json.bytes, as: UTF8.self) == #"{"a":-1,"b":[true,null,{}]}"#)
    }
}
