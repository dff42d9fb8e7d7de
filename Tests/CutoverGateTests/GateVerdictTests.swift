import CutoverGate
import Testing

struct GateVerdictTests {
    @Test("nothing missing hides a failure, and nothing at all is no pass")
    func worst() {
        #expect(GateVerdict.worst(of: [.go, .insufficient, .noGo]) == .noGo)
        #expect(GateVerdict.worst(of: [.noGo, .insufficient]) == .noGo)
        #expect(GateVerdict.worst(of: [.go, .insufficient]) == .insufficient)
        #expect(GateVerdict.worst(of: [.go, .go]) == .go)
        #expect(GateVerdict.worst(of: []) == .insufficient)
    }
}
