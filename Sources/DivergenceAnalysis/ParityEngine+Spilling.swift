package import MirrorLog

/// Where an engine puts what does not fit into memory, and from when on.
package struct Spilling: Hashable, Sendable {
    /// How many bytes of records may be held in memory.
    package let limit: Int
    /// Where the others go.
    package let folder: ScratchFolder

    /// How many runs of a size are merged into one: as many as can be read at a time without ado.
    static let runsAMerge = 64

    /// What memory has room for.
    ///
    /// - Parameters:
    ///   - limit: How many bytes of records may be held in memory.
    ///   - folder: Where the others go.
    package init(limit: Int, folder: ScratchFolder) {
        (self.limit, self.folder) = (limit, folder)
    }

    /// How many bytes each kind of what there is besides the records may take in memory: records of
    /// customers while they are sorted by account, and divergences.
    package var limitBeside: Int { limit / 4 }
}

extension AccountRecords {
    /// About how many bytes of memory the records take, with the table that they are in.
    var heldBytes: Int { Self.bytes(forRecordsOf: ledger.byteCount) + Self.bytesAnAccount }

    /// About how many bytes a record takes more than it has: room to grow, and its hash.
    static func bytes(forRecordsOf packed: Int) -> Int { packed + packed / 4 + 5 }

    /// About how many bytes an account's place in the table takes, its id included.
    static let bytesAnAccount = 256
}

extension ParityEngine {
    /// Whether records were put on disk.
    package var hasSpilled: Bool { !runs.isEmpty }

    /// Puts the records in memory on disk, where they are more than may be held.
    ///
    /// An engine that was told where to may be asked for this after each feeding. Its verdicts stay
    /// the same.
    /// - Throws: ``ScratchError`` where the disk is full.
    package mutating func spillIfNeeded() throws {
        guard let spilling, heldBytes > spilling.limit else { return }
        let memory = MemoryRun(ledgers: ledgers, held: strays)
        let run = try ScratchRun(
            in: spilling.folder,
            accounts: memory.accounts,
            strays: memory.strays,
            claims: memory.claims
        )
        runs.append(run)
        runSizes.append(1)
        (ledgers, strays, heldBytes) = ([:], StrayRecords(), 0)
        while runSizes.suffix(Spilling.runsAMerge).count == Spilling.runsAMerge,
            Set(runSizes.suffix(Spilling.runsAMerge)).count == 1
        {
            try mergeLastRuns(in: spilling.folder)
        }
    }

    /// Makes one run of the last ones, which are of one size.
    private mutating func mergeLastRuns(in folder: ScratchFolder) throws {
        let merged = Array(runs.suffix(Spilling.runsAMerge))
        let tally = MergeTally(mixesModes: false)
        let run = try ScratchRun(
            in: folder,
            accounts: .merging(try merged.map { try $0.accounts() }) {
                tally.add(redelivered: $0.takeAll($1))
            },
            strays: .merging(try merged.map { try $0.strays() }) {
                tally.add(redelivered: $0.takeAll($1))
            },
            claims: .merging(try merged.map { try $0.claims() }) { $0 = min($0, $1) }
        )
        let size = runSizes.suffix(Spilling.runsAMerge).reduce(0, +)
        runs.replaceSubrange((runs.count - merged.count)..., with: [run])
        runSizes.replaceSubrange((runSizes.count - merged.count)..., with: [size])
        count(redelivered: tally.findings.redelivered)
    }

    /// More records of each kind turned out not to stand.
    mutating func count(redelivered: [Int]) {
        counts.redelivered += redelivered.reduce(0, +)
        activity.add(redelivered: redelivered)
    }
}
