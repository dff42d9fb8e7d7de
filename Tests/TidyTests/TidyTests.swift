import Testing

/// Rules about the text of the sources that no compiler checks.
struct TidyTests {
    private static let pure = [
        "BillingModel", "MirrorLog", "DunningBrain", "LegacyPaths", "ShadowRun",
        "DivergenceAnalysis", "ParityReport", "CutoverGate", "FleetSimulation",
        "ReportPages",
    ]

    private static let nearMoney = [
        "BillingModel", "DunningBrain", "LegacyPaths", "ShadowRun", "DivergenceAnalysis",
    ]

    private func expectNone(
        of banned: BannedText,
        in targets: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let files = SourceTree.files(of: targets)
        #expect(files.count >= targets.count, "targets without sources")
        for finding in banned.findings(in: files) {
            Issue.record("\(finding)", sourceLocation: sourceLocation)
        }
    }

    @Test("pure targets read no clock")
    func noClock() { expectNone(of: .clock, in: Self.pure) }

    @Test("pure targets leave nothing to chance")
    func noChance() { expectNone(of: .chance, in: Self.pure) }

    @Test("pure targets read no environment")
    func noEnvironment() { expectNone(of: .environment, in: Self.pure) }

    @Test("no floating point stands near money")
    func noFloatingPoint() { expectNone(of: .floatingPoint, in: Self.nearMoney) }

    @Test("no source is left unfinished")
    func nothingUnfinished() { expectNone(of: .unfinished, in: SourceTree.targets) }

    @Test("no source traps where it could answer")
    func noTraps() { expectNone(of: .traps, in: SourceTree.targets) }

    @Test("whatever the compiler is told to trust says why")
    func nothingUnproven() { expectNone(of: .unproven, in: SourceTree.targets) }

    @Test("the mirror log is read by the scanner alone")
    func noSlowJSON() { expectNone(of: .slowJSON, in: ["MirrorLog"]) }

    @Test("every source file stays below 450 lines")
    func shortFiles() {
        for file in SourceTree.files(of: SourceTree.targets) where file.lines.count > 450 {
            Issue.record("\(file.path):450: \(file.lines.count) lines: split it by aspect")
        }
    }

    @Test(
        "the README names every target",
        .enabled(if: SourceTree.file("README.md") != nil, "there is no README.md yet")
    )
    func readmeNamesTargets() throws {
        let readme = try #require(SourceTree.file("README.md"))
        for target in SourceTree.targets
        where !readme.lines.contains(where: { $0.contains(target) }) {
            Issue.record("README.md:1: `\(target)`: say what it is and who imports it")
        }
    }
}

/// Proves that the rules would notice.
struct BannedTextTests {
    private func findings(_ banned: BannedText, _ lines: String...) -> [String] {
        banned.findings(in: [SourceFile(path: "A.swift", lines: lines)])
    }

    @Test(
        "each rule finds what it bans",
        arguments: [
            (BannedText.clock, "let now = Date()"), (.clock, "decide(state, at: .now)"),
            (.clock, "let now = Date.now"), (.chance, "Int.random(in: 0..<3)"),
            (.chance, "let id = UUID()"), (.chance, "values.shuffled()"),
            (.environment, "if getenv(name) != nil {"), (.floatingPoint, "var rate: Double = 0"),
            (.unfinished, "// TODO: all of it"), (.traps, "let text = try! read()"),
            (.traps, "default: fatalError()"), (.unproven, "final class A: @unchecked Sendable {"),
            (.slowJSON, "let value = try JSONDecoder().decode(A.self, from: data)"),
        ]
    )
    func finds(banned: BannedText, line: String) {
        #expect(findings(banned, line).count == 1)
        #expect(findings(banned, line).first?.hasPrefix("A.swift:1: `") == true)
        #expect(findings(banned, line).first?.hasSuffix(banned.replacement) == true)
    }

    @Test(
        "each rule leaves alone what only looks alike",
        arguments: [
            (BannedText.clock, "let other = candidate(run.now)"),
            (.clock, "// never Date()"), (.chance, "values.shuffled(using: &generator)"),
            (.floatingPoint, "func afloat(doubled: Int)"), (.unfinished, "let codes = \"XXXX\""),
            (.traps, "let isThere = value as? Int"), (.traps, "alias!"),
        ]
    )
    func leaves(banned: BannedText, line: String) {
        #expect(findings(banned, line) == [])
    }

    @Test("trust is excused by a sentence within six lines above")
    func excuse() {
        let claim = "final class Page: @unchecked Sendable {"
        #expect(findings(.unproven, "/// Written once, before it is shared.", claim) == [])
        #expect(findings(.unproven, "/// Far.", "", "", "", "", "", "", claim).count == 1)
    }
}
