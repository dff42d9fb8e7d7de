import BillingModel
package import MirrorLog

extension MirrorRecord {
    /// The region that the record shows its account to be of; `nil` where it does not say.
    package var region: CorpusRegion? {
        switch body {
        case .baseline(let state):
            return state.legalEntity.map { CorpusRegion(legalEntity: $0) }
        case .change(let change):
            guard case .customer(_, _, let entity) = change.row else { return nil }
            return entity.value.map { CorpusRegion(legalEntity: $0) }
        case .stripe, .request, .execution, .mark: return nil
        }
    }
}

extension CorpusRegion {
    /// The regions of the accounts in a log, as far as its records say, in the order of the regions.
    ///
    /// - Throws: ``RecordError`` when memory is short.
    static func all(in log: [UInt8]) throws(RecordError) -> [CorpusRegion] {
        var met: Set<CorpusRegion> = []
        var reader = try LogReader()
        reader.read(whole: log) { outcome in
            if case .record(let record, _) = outcome, let region = record.region {
                met.insert(region)
            }
        }
        return allCases.filter(met.contains)
    }
}
