import Foundation
import Testing

/// Compares text with a file that was looked at and kept.
///
/// With `RECORD_SNAPSHOTS=1` in the environment the file is written, and the test still fails: what
/// was recorded is to be read before it counts. A file that is missing fails and is not written.
func expectSnapshot(
    _ text: String,
    named name: String,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Snapshots").appending(path: name)
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
        try Data(text.utf8).write(to: file)
        Issue.record("recorded \(name): read it, then run again", sourceLocation: sourceLocation)
        return
    }
    guard let kept = try? Data(contentsOf: file) else {
        Issue.record("there is no snapshot \(name)", sourceLocation: sourceLocation)
        return
    }
    #expect(text == String(decoding: kept, as: UTF8.self), sourceLocation: sourceLocation)
}
