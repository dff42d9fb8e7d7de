import BillingModel
package import MirrorLog
import ShadowRun

extension ParityEngine {
    /// Hands on all records, each id once, as one run.
    ///
    /// - Parameter write: Called with each entry: part after part, each in the order of its keys.
    /// - Returns: What is known of all records together, for ``resume(_:_:)``.
    /// - Throws: What `write` throws, and what reading the runs throws.
    package func pack(
        _ write: (RunEntry, RunSection) throws -> Void
    ) throws -> [UInt8] {
        let tally = MergeTally(mixesModes: false)
        var writer = PackedWriter()
        func put(_ key: String, _ value: some Packable, _ section: RunSection) throws {
            writer.removeAll()
            writer.write(value)
            try write(RunEntry(key: key, value: writer.bytes), section)
        }
        let accounts = try mergedAccounts(tally)
        while let (account, records) = try accounts.next() {
            try put(account.rawValue, records, .accounts)
        }
        let strays = try mergedStrays(tally)
        while let (customer, records) = try strays.next() {
            try put(customer.rawValue, records, .strays)
        }
        let claims = try mergedClaims()
        while let (customer, owner) = try claims.next() {
            try put(customer.rawValue, owner, .claims)
        }
        var known = self
        known.count(redelivered: tally.findings.redelivered)
        var header = PackedWriter()
        known.writeState(to: &header)
        return header.bytes
    }

    /// Goes on where another engine stood when it packed its records.
    ///
    /// - Parameters:
    ///   - header: What ``pack(_:)`` returned.
    ///   - run: What it wrote.
    /// - Precondition: Nothing was fed.
    /// - Throws: ``PackedError`` where the header is of another build, cut off or changed.
    package mutating func resume(
        _ header: [UInt8],
        _ run: any RecordRun
    ) throws(PackedError) {
        precondition(counts.records == 0 && runs.isEmpty, "an engine is resumed before it is fed")
        var resumed = self
        try PackedReader.read(header[...]) { reader throws(PackedError) in
            try resumed.readState(from: &reader)
        }
        self = resumed
        counts.late = lateness.count(over: settings.settle)
        runs = [run]
        // Of a size of its own: it is never merged with what comes after it.
        runSizes = [0]
    }
}
