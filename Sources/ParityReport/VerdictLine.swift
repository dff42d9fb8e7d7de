package import DivergenceAnalysis
package import MirrorLog

extension EpisodeVerdict {
    /// The verdict on one line, in the words of a report: under `episode` that of `episodes.ndjson`,
    /// and of a divergence that of `report.json`, under `divergence`.
    ///
    /// UTF-8, without a line feed. The same verdict gives the same bytes, whether a replay found it or
    /// a live mirror.
    package var line: [UInt8] {
        var listing = EpisodeListing()
        listing.add(self)
        var line = Array(#"{"episode":"#.utf8) + listing.drain().dropLast()
        if case .divergent(let divergence) = outcome {
            var text = JSONText()
            ParityReport.Entry(episode: self, divergence: divergence).write(into: &text)
            line += Array(#","divergence":"#.utf8) + text.bytes
        }
        return line + Array("}".utf8)
    }
}

extension ListedEpisode {
    /// Reads what a verdict's line says of its episode.
    ///
    /// - Parameter line: What ``DivergenceAnalysis/EpisodeVerdict/line`` gave.
    /// - Throws: ``RecordError`` where it is none.
    package init(verdict line: [UInt8]) throws(RecordError) {
        let object = try StrictObject(JSONTree(line), known: ["episode", "divergence"])
        try self.init(object.required("episode"))
    }
}
