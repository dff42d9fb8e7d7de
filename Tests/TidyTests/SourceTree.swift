import Foundation

/// A source file of the package, as text.
struct SourceFile: Sendable {
    /// Its path below the package's root.
    let path: String
    /// Its lines, without their ends.
    let lines: [String]
}

/// The package on disk, found from where this file was compiled.
enum SourceTree {
    /// The package's root.
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The names of the targets in `Sources`, sorted.
    static let targets: [String] = {
        let names = try? FileManager.default.contentsOfDirectory(
            atPath: root.appending(path: "Sources").path
        )
        return (names ?? []).filter { !$0.hasPrefix(".") }.sorted()
    }()

    /// The source files of some targets, sorted by path.
    static func files(of targets: [String]) -> [SourceFile] {
        targets.flatMap { target in
            let folder = "Sources/" + target
            let found = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
            let names = (found?.allObjects ?? []).compactMap { $0 as? String }
            return names.filter(isSource).sorted().compactMap { file(folder + "/" + $0) }
        }
    }

    /// A file of the package; `nil` where there is none.
    static func file(_ path: String) -> SourceFile? {
        guard let text = try? String(contentsOf: root.appending(path: path), encoding: .utf8)
        else { return nil }
        return SourceFile(path: path, lines: text.components(separatedBy: "\n"))
    }

    private static func isSource(_ name: String) -> Bool {
        [".swift", ".cpp", ".c", ".h", ".js", ".css", ".mustache"].contains { name.hasSuffix($0) }
    }
}
