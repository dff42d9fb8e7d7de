import BillingModel
import DivergenceAnalysis
import Testing

/// What a model must give to be the model of a recorded execution.
struct FidelityTests {
    private static func flagged(_ effects: [Effect]) -> Scenario {
        Scenario().owing("in_1").marked("in_1", at: 0)
            .ran(.c, for: "marked-in_1", at: 1, from: 3, effects)
            .voided("in_1", at: 2)
    }

    private static let effects = [Effect].flagAsBadDebt(at: 1)

    /// Path C with a debt amount beside the flag, which no model of it knows.
    private static let withAmount = effects.map { effect in
        guard case .setCustomerMetadata(let set, let unset) = effect else { return effect }
        let amount = MetadataEntry("bad_debt_amount", "usd:5000")
        return Effect.setCustomerMetadata(set: set + [amount], unset: unset)
    }

    @Test(
        "the order of effects, and a debt amount of Path C, are no reason to disown a run",
        arguments: [effects, effects.reversed(), withAmount]
    )
    func isExact(effects: [Effect]) throws {
        let verdicts = try Self.flagged(effects).judged()
        #expect(verdicts.fidelity.map(\.executions) == [0, 0, 1, 0, 0])
        #expect(verdicts.fidelity.map(\.exact) == [0, 0, 1, 0, 0])
        #expect(try Self.flagged(effects).divergence().classes == [.voidedInvoiceFlag])
    }

    @Test("a run that does something else than its model is not explained away")
    func isUnmodelled() throws {
        let other = Self.effects + [.voidInvoice(InvoiceID("in_2"))]
        let verdicts = try Self.flagged(other).judged()
        #expect(verdicts.fidelity.map(\.exact) == [0, 0, 0, 0, 0])
        #expect(try Self.flagged(other).divergence().classes == [.unexplained])
    }
}
