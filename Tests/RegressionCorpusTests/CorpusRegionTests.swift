import MirrorLog
import RegressionCorpus
import Testing

struct CorpusRegionTests {
    @Test("accounts of the legal entity cn are admitted by their region's corpus only")
    func admission() {
        #expect(CorpusRegion(legalEntity: "cn") == .cn)
        #expect(CorpusRegion(legalEntity: nil) == .global)
        #expect(CorpusRegion(legalEntity: "us") == .global)
        #expect(!CorpusRegion.global.admits(.cn))
        #expect(CorpusRegion.cn.admits(.cn))
        #expect(CorpusRegion.cn.admits(.global))
    }

    @Test("corpus.yaml says the region and nothing else")
    func reading() throws {
        #expect(try CorpusRegion(yaml: "region: cn\n") == .cn)
        for wrong in ["", "region: mars", "regoin: cn", "region: cn\nmore: 1", "- cn", "{"] {
            #expect(throws: RecordError.self) { try CorpusRegion(yaml: wrong) }
        }
    }
}
