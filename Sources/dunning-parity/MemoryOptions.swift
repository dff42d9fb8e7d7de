import ArgumentParser
import DivergenceAnalysis
import Glibc
import MirrorLog

/// How much of a log is held in memory, and where the rest goes: the options of every command that
/// reads a whole log.
struct MemoryOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How much memory records may take before they go to disk: 64M, 2G. "
                + "The report is the same.",
            valueName: "size"
        ),
        transform: byteCount
    )
    var memory = ByteCount(bytes: 512 << 20, text: "512M")

    @Option(
        help: ArgumentHelp(
            "The folder for what does not fit; TMPDIR or else /tmp unless given.",
            valueName: "folder"
        )
    )
    var spillFolder: String?

    /// How many episodes of a listing may be kept beside the records.
    var mostEpisodes: Int { Self.mostEpisodes(limit: memory.bytes) }

    /// How many episodes may be kept beside records of a number of bytes: at some 200 bytes each they
    /// take up to an eighth of that.
    static func mostEpisodes(limit: Int) -> Int { limit / 1600 }

    /// Where records go that don't fit, and divergences as well.
    var spilling: Spilling { Self.spilling(limit: memory.bytes, folder: spillFolder) }

    /// Where records go that don't fit into a number of bytes, and divergences as well.
    ///
    /// - Parameters:
    ///   - limit: The bytes.
    ///   - folder: The folder; `nil` for the usual one.
    /// - Returns: What memory has room for, and where the rest goes.
    static func spilling(limit: Int, folder: String? = nil) -> Spilling {
        let usual = getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
        return Spilling(limit: limit, folder: ScratchFolder(folder ?? usual ?? "/tmp"))
    }
}

/// A size in bytes, as it was written.
struct ByteCount: CustomStringConvertible {
    let bytes: Int
    let text: String

    var description: String { text }
}

/// Reads a size such as 512M.
@Sendable
private func byteCount(_ text: String) throws -> ByteCount {
    let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
    guard let unit = text.last.flatMap({ units[$0] }), let number = Int(text.dropLast()),
        text.first?.isNumber == true, number > 0
    else {
        throw ValidationError("`\(text)` is no size; give one such as 64M, 512M or 2G")
    }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: unit)
    guard !overflow else { throw ValidationError("`\(text)` is more than can be counted") }
    return ByteCount(bytes: bytes, text: text)
}
