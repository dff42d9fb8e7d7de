import Testing

/// What the program says of itself.
@Suite(.enabled(if: Tool.isBuilt, Tool.skipped))
struct HelpTests {
    @Test(
        "the help of each command is as it was looked at",
        arguments: [
            ("help", []), ("help-replay", ["replay"]), ("help-explore", ["explore"]),
            ("help-explain", ["explain"]), ("help-pack", ["pack"]),
            ("help-simulate", ["simulate"]), ("help-watch", ["watch"]),
            ("help-doctor", ["doctor"]), ("help-store", ["store"]),
        ]
    )
    func help(name: String, command: [String]) throws {
        let run = try Tool.run(command + ["--help"])
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
        try expectSnapshot(run.output, named: name + ".txt")
    }

    @Test("the help names every exit code that the program gives")
    func exitCodes() throws {
        let help = try Tool.run(["--help"]).output
        for code in ["0", "1", "64", "65", "66", "74"] {
            #expect(help.contains("\(code) "), "exit code \(code)")
        }
    }

    @Test("the version is a line of its own")
    func version() throws {
        let run = try Tool.run(["--version"])
        #expect(run.status == 0)
        let parts = run.output.split(separator: ".")
        #expect(parts.count == 3)
        #expect(run.output.hasSuffix("\n"))
    }

    @Test(
        "wrong usage is exit 64 and says what is right",
        arguments: [
            (["replay"], "log"), (["replay", "--frobnicate", "a.ndjson"], "--frobnicate"),
            (["replay", "a.ndjson", "--settle", "soon"], "`soon` is no time"),
            (["replay", "a.ndjson", "--settle=-5m"], "`-5m` is no time"),
            (["replay", "a.ndjson", "--phase", "5"], "`5` is no phase"),
            (["simulate", "fleet.yaml"], "--out"), (["frobnicate"], "frobnicate"),
        ]
    )
    func usage(arguments: [String], expected: String) throws {
        let run = try Tool.run(arguments)
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains(expected))
    }
}
