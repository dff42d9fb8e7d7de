package import MirrorLog
package import MirrorStore

/// A store's sink that tells a status what passes through it.
package struct CountingSink: CaptureSink {
    private let store: any MirrorStore
    private let status: WatchStatus

    /// A sink in front of a store.
    package init(_ store: any MirrorStore, _ status: WatchStatus) {
        self.store = store
        self.status = status
    }

    @discardableResult
    package func keep(_ batch: CapturedBatch) throws(CaptureError) -> Int {
        let redelivered = try store.keep(batch)
        for captured in batch.records {
            status.count(batch.source, captured.record.kind.rawValue, at: captured.record.at)
        }
        return redelivered
    }

    package func position(of source: String) throws(CaptureError) -> String? {
        try store.position(of: source)
    }
}
