import BillingModel
import Testing

@Suite("money")
struct MoneyTests {
    private func money(_ minorUnits: Int64, _ code: String) throws -> Money {
        Money(minorUnits: minorUnits, currency: try #require(Currency(code)))
    }

    @Test("a currency is three ASCII letters in any case", arguments: ["usd", "USD", "uSd"])
    func currency(code: String) {
        #expect(Currency(code)?.code == "usd")
    }

    @Test(
        "anything else is no currency",
        arguments: ["", "us", "usdt", "us1", "u d", "€", "K", "@[`"]
    )
    func noCurrency(code: String) {
        #expect(Currency(code) == nil)
    }

    @Test("two currencies are never added, and stand in alphabetical order")
    func apart() throws {
        var amounts = Amounts()
        #expect(amounts.isEmpty)
        for (units, code) in [(5000, "usd"), (300, "eur"), (-100, "usd"), (0, "jpy")] {
            amounts.add(try money(Int64(units), code))
        }
        #expect(
            amounts.sums == [try money(300, "eur"), try money(0, "jpy"), try money(4900, "usd")]
        )
        #expect(amounts.metadataText == "eur:300,jpy:0,usd:4900")
        #expect(!amounts.isSaturated)
    }

    @Test("a sum beyond 64 bits stands at the end of the range and says so")
    func saturation() throws {
        var amounts = Amounts()
        amounts.add(try money(.max, "usd"))
        #expect(!amounts.isSaturated)
        amounts.add(try money(1, "usd"))
        #expect(amounts.isSaturated)
        #expect(amounts.sums == [try money(.max, "usd")])
        var debts = Amounts()
        debts.add(try money(.min, "eur"))
        debts.add(try money(-1, "eur"))
        #expect(debts.sums == [try money(.min, "eur")])
        var both = Amounts()
        both.add(amounts)
        both.add(debts)
        #expect(both.isSaturated)
        #expect(both.metadataText == "eur:\(Int64.min),usd:\(Int64.max)")
    }

    @Test("sums do not depend on the order of what is added", arguments: 0..<20)
    func order(seed: UInt64) throws {
        var random = Seeded(seed)
        let all = try (0..<50).map { _ in
            try money(
                Int64.random(in: -1_000_000...1_000_000, using: &random),
                ["usd", "eur", "jpy", "gbp"].randomElement(using: &random) ?? "usd"
            )
        }
        var forward = Amounts()
        for money in all { forward.add(money) }
        var shuffled = Amounts()
        for money in all.shuffled(using: &random) { shuffled.add(money) }
        #expect(forward == shuffled)
        for sum in forward.sums {
            let parts = all.filter { $0.currency == sum.currency }.map(\.minorUnits)
            #expect(sum.minorUnits == parts.reduce(0, +))
        }
    }

    @Test(
        "the stated debt is a run of digits, or unreadable, or not there",
        arguments: [
            (nil, .absent, 70), ("0", .amount(0), 0), ("4500", .amount(4500), 4500),
            ("004500", .amount(4500), 4500), ("9223372036854775807", .amount(.max), .max),
            ("9223372036854775808", .unreadable("9223372036854775808"), 70),
            ("", .unreadable(""), 70), ("-5", .unreadable("-5"), 70),
            ("+5", .unreadable("+5"), 70), ("45.00", .unreadable("45.00"), 70),
            ("1e3", .unreadable("1e3"), 70), (" 5", .unreadable(" 5"), 70),
            ("٣", .unreadable("٣"), 70), ("usd:5", .unreadable("usd:5"), 70),
        ] as [(String?, Invoice.StatedDebt, Int64)]
    )
    func statedDebt(text: String?, stated: Invoice.StatedDebt, weight: Int64) throws {
        let invoice = Invoice(
            id: InvoiceID("in_1"),
            status: .uncollectible,
            currency: try #require(Currency("usd")),
            amountDue: 100,
            amountRemaining: 70,
            badDebtAmount: text
        )
        #expect(invoice.statedDebt == stated)
        #expect(invoice.debtAmount == weight)
    }
}
