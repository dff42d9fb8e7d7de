import Testing

/// Brains that are broken on purpose can be had in tests and nowhere else.
struct BrokenBrainsTests {
    private static let name = "BrokenBrains"

    /// The declarations of a manifest, other than their own and those of tests, that name them.
    private func findings(in manifest: [String]) -> [String] {
        var kind = ""
        return manifest.filter { line in
            let text = line.drop { $0 == " " }
            if text.hasPrefix("."), let end = text.firstIndex(of: "(") {
                kind = String(text[..<end])
            }
            guard text.contains("\"\(Self.name)\"") else { return false }
            let isTheirOwn = kind == ".target" && text.contains("name: \"\(Self.name)\"")
            return kind != ".testTarget" && !isTheirOwn
        }
    }

    @Test("no target of the product depends on them, and no product holds them")
    func manifest() throws {
        let manifest = try #require(SourceTree.file("Package.swift"))
        #expect(manifest.lines.contains { $0.contains("\"\(Self.name)\"") })
        #expect(findings(in: manifest.lines) == [])
    }

    @Test("no source of the product names them")
    func sources() {
        let files = SourceTree.files(of: SourceTree.targets)
        #expect(!files.isEmpty)
        for file in files where file.lines.contains(where: { $0.contains(Self.name) }) {
            Issue.record("\(file.path): names \(Self.name), which are for tests")
        }
    }

    @Test(
        "a declaration that names them is noticed, in one line and in several",
        arguments: [
            [".target(name: \"A\", dependencies: [\"BrokenBrains\"])"],
            [".executableTarget(", "    name: \"A\",", "    dependencies: [\"BrokenBrains\"]"],
            [".library(name: \"A\", targets: [\"BrokenBrains\"])"],
        ]
    )
    func notices(lines: [String]) {
        #expect(findings(in: lines) == [lines[lines.count - 1]])
    }

    @Test("their own declaration and those of tests are let pass")
    func letsPass() {
        let own = [".target(", "    name: \"BrokenBrains\",", "    path: \"Tests/BrokenBrains\""]
        let test = [".testTarget(", "    name: \"A\",", "    dependencies: [\"BrokenBrains\"]"]
        #expect(findings(in: own + test) == [])
    }
}
