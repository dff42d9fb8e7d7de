import BillingModel
import MirrorLog

/// A run in a file without a name, gone with the last that reads it.
struct ScratchRun: RecordRun {
    private let file: ScratchFile
    /// Where each part lies in the file, in the order of the parts.
    private let ranges: [Range<Int>]

    /// Writes a run.
    ///
    /// - Parameters:
    ///   - folder: Where to.
    ///   - accounts: The records of each account.
    ///   - strays: The records of each customer.
    ///   - claims: Whose each customer is.
    /// - Throws: ``ScratchError`` where the disk is full, and what reading throws.
    init(
        in folder: ScratchFolder,
        accounts: SortedStream<AccountID, AccountRecords>,
        strays: SortedStream<CustomerID, AccountRecords> = .empty,
        claims: SortedStream<CustomerID, AccountID> = .empty
    ) throws {
        var writer = try ScratchWriter(in: folder)
        var ends = [0]
        try Self.write(accounts, to: &writer)
        ends.append(writer.count)
        try Self.write(strays, to: &writer)
        ends.append(writer.count)
        try Self.write(claims, to: &writer)
        ends.append(writer.count)
        file = try writer.finish()
        ranges = zip(ends, ends.dropFirst()).map { $0..<$1 }
    }

    private static func write<Kind>(
        _ stream: SortedStream<Identifier<Kind>, some Packable>,
        to writer: inout ScratchWriter
    ) throws {
        var value = PackedWriter()
        while let entry = try stream.next() {
            value.removeAll()
            value.write(entry.value)
            try writer.write(run: entry.key.rawValue.utf8)
            try writer.write(run: value.bytes)
        }
    }

    func entries(of section: RunSection) -> () throws -> RunEntry? {
        var reader = ScratchReader(file, ranges[section.rawValue])
        return {
            guard let key = try reader.run().map({ String(decoding: $0, as: UTF8.self) }),
                let value = try reader.run().map({ Array($0) })
            else { return nil }
            return RunEntry(key: key, value: value)
        }
    }
}
