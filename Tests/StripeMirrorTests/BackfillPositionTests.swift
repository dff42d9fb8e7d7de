import BillingModel
import StripeMirror
import Testing

struct BackfillPositionTests {
    private static func at(_ second: Int64) -> Instant {
        Instant(microseconds: second * 1_000_000)
    }

    @Test(
        "a position is read back from its text",
        arguments: [
            BackfillPosition(complete: at(7)),
            BackfillPosition(
                complete: at(0),
                window: .init(upper: nil, through: at(-3), cursor: "evt_1")
            ),
            BackfillPosition(
                complete: at(1_772_323_200),
                window: .init(upper: at(8), through: at(8), cursor: "evt with spaces = and after=x")
            ),
        ]
    )
    func roundTrip(position: BackfillPosition) {
        #expect(BackfillPosition(position.text) == position)
    }

    @Test("the text is what it was, for older positions are still read")
    func stable() {
        let window = BackfillPosition.Window(upper: nil, through: Self.at(9), cursor: "evt_1")
        let position = BackfillPosition(complete: Self.at(7), window: window)
        #expect(position.text == "v1 complete=7 through=9 upper=- after=evt_1")
    }

    @Test(
        "any other text is no position",
        arguments: [
            "", "v2 complete=7", "v1", "v1 complete=", "v1 complete=x", "v1 complete=7 through=8",
            "v1 complete=7 through=8 upper=x after=e", "v1 complete=7 through=8 upper=- after=",
            "v1 complete=99999999999999999999", "v1 through=7",
        ]
    )
    func refuses(text: String) { #expect(BackfillPosition(text) == nil) }
}
