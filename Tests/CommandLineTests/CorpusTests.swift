import Foundation
import Testing

/// The commands `corpus check`, `corpus list` and `corpus accept`, end to end.
@Suite(.enabled(if: Tool.isBuilt, Tool.skipped))
struct CorpusTests {
    private let corpus: CorpusFixture

    init() throws {
        corpus = try CorpusFixture()
    }

    // MARK: - Check

    @Test("a corpus of which all cases hold is exit 0, and nothing is written")
    func holds() throws {
        let before = try corpus.state()
        let run = try corpus.run("check", corpus.path)
        #expect(run.status == 0)
        #expect(run.output == "all 3 cases hold\n")
        #expect(run.errors.isEmpty)
        #expect(try corpus.state() == before)
    }

    @Test("the committed corpus holds")
    func committed() throws {
        let run = try corpus.run("check", CorpusFixture.committed)
        #expect(run.status == 0)
        #expect(run.output.contains(#/^all \d+ cases hold\n$/#))
    }

    @Test("a case that does not hold is exit 1, with what is different, and nothing is written")
    func holdsNot() throws {
        try corpus.replace("\"lasting\"", with: "\"transient\"", in: "paid-three-times")
        let before = try corpus.state()
        let run = try corpus.run("check", corpus.path)
        #expect(run.status == 1)
        #expect(run.output.hasPrefix("paid-three-times: Two runs of Path D"))
        #expect(
            run.output.contains(
                #"  divergences[0].extent: expected "transient", came "lasting""#
            )
        )
        #expect(run.output.hasSuffix("\n1 of 3 cases does not hold\n"))
        #expect(try corpus.state() == before)
    }

    @Test("JUnit's XML and Markdown are written where they are asked for, and nothing else is")
    func files() throws {
        try corpus.replace("\"lasting\"", with: "\"transient\"", in: "paid-three-times")
        let before = try corpus.state()
        let (junit, markdown) = (corpus.folder.path("c.xml"), corpus.folder.path("c.md"))
        let arguments = ["corpus", "check", corpus.path, "--junit", junit, "--markdown", markdown]
        #expect(try Tool.run(arguments).status == 1)
        let xml = String(decoding: try corpus.folder.read("c.xml"), as: UTF8.self)
        #expect(xml.contains("<testsuites tests=\"3\" failures=\"1\">"))
        #expect(xml.contains("name=\"fail-path-f\"/>"))
        let comment = String(decoding: try corpus.folder.read("c.md"), as: UTF8.self)
        #expect(comment.hasPrefix("# Regression corpus\n\n**1 of 3 cases does not hold**\n"))
        var after = try corpus.state()
        #expect(after.removeValue(forKey: "c.xml") != nil)
        #expect(after.removeValue(forKey: "c.md") != nil)
        #expect(after == before)
        #expect(try Tool.run(arguments).status == 1)
        #expect(try Data(xml.utf8) == corpus.folder.read("c.xml"))
    }

    @Test("a corpus that is not there is exit 66; one that can't be read, or is empty, is exit 65")
    func noCorpus() throws {
        let missing = try corpus.run("check", corpus.folder.path("nowhere"))
        #expect(missing.status == 66)
        #expect(missing.errors.contains("there is no corpus at"))
        let empty = try CorpusFixture(cases: [])
        let none = try empty.run("check", empty.path)
        #expect(none.status == 65)
        #expect(none.errors.contains("holds no case"))
        #expect(none.output == "there is no case: nothing was shown\n")
        try empty.folder.write("corpus/corpus.yaml", ["region: mars"])
        let unread = try empty.run("check", empty.path)
        #expect(unread.status == 65)
        #expect(unread.errors.contains("corpus.yaml says one thing only"))
        try FileManager.default.removeItem(at: empty.folder.url("corpus/corpus.yaml"))
        #expect(try empty.run("check", empty.path).status == 65)
    }

    @Test("a file that is no part of a case is told of, and the other cases are checked")
    func strangeFile() throws {
        try corpus.folder.write("corpus/paid-three-times/expected.json", ["{}"])
        let run = try corpus.run("check", corpus.path)
        #expect(run.status == 1)
        #expect(run.output.contains("paid-three-times/expected.json` is no part of a case"))
        #expect(run.output.hasSuffix("\n1 of 3 cases does not hold\n"))
    }

    @Test("a case without a log does not hold, and a report that can't be written is exit 74")
    func noLog() throws {
        let nowhere = corpus.folder.path("nowhere/at/all")
        for option in ["--junit", "--markdown"] {
            #expect(try corpus.run("check", corpus.path, option, nowhere).status == 74)
        }
        let log = corpus.folder.url("corpus/paid-three-times/log.ndjson")
        try FileManager.default.removeItem(at: log)
        let junit = corpus.folder.path("junit.xml")
        let run = try corpus.run("check", corpus.path, "--junit", junit)
        #expect(run.status == 1)
        #expect(run.output.contains("paid-three-times/log.ndjson"))
        #expect(run.output.hasSuffix("\n1 of 3 cases does not hold\n"))
        #expect(try String(contentsOfFile: junit, encoding: .utf8).contains("failures=\"1\""))
    }

    // MARK: - List

    @Test("the list tells of each case, and of what none covers, within 100 columns")
    func list() throws {
        let run = try corpus.run("list", corpus.path)
        #expect(run.status == 0)
        #expect(run.output.contains("\nvoid-43-seconds-after-mark\n  BILLACCT-1076  voided_inv"))
        #expect(run.output.contains("\ntickets: 2 of 7 covered\n  not yet: BILLACCT-288, "))
        let all = try corpus.run("list", CorpusFixture.committed)
        #expect(all.status == 0)
        #expect(all.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
        #expect(try corpus.run("list", corpus.folder.path("nowhere")).status == 66)
    }

    @Test("the wide list has a line for each case")
    func wideList() throws {
        let run = try corpus.run("list", corpus.path, "--wide")
        let line = run.output.split(separator: "\n").first { $0.hasPrefix("void-43") }
        let words = line?.split(separator: " ")
        #expect(
            words == [
                "void-43-seconds-after-mark", "BILLACCT-1076", "voided_invoice_flag", "pay_go",
                "y2019",
            ]
        )
    }

    @Test("a list of what can't be read is exit 65, with the case")
    func badList() throws {
        try corpus.replace("\"schema\": 1", with: "\"schema\": 2", in: "paid-three-times")
        let run = try corpus.run("list", corpus.path)
        #expect(run.status == 65)
        #expect(run.errors.contains("case `paid-three-times`: expect.json: `schema` is 2"))
    }

    // MARK: - Accept

    @Test("accepting writes what came and says what changed; then the case holds")
    func accept() throws {
        let sound = try corpus.text("paid-three-times")
        try corpus.replace("\"lasting\"", with: "\"transient\"", in: "paid-three-times")
        let run = try corpus.run("accept", "paid-three-times", "--corpus", corpus.path)
        #expect(run.status == 0)
        #expect(
            run.output == """
                paid-three-times: 1 changed
                  divergences[0].extent: expected "transient", came "lasting"

                """
        )
        #expect(try corpus.text("paid-three-times") == sound)
        #expect(try corpus.run("check", corpus.path).status == 0)
    }

    @Test("accepting a second time changes nothing, not even a time")
    func acceptTwice() throws {
        let before = try corpus.state()
        for arguments in [CorpusFixture.names, ["--all"]] {
            let run = try Tool.run(["corpus", "accept", "--corpus", corpus.path] + arguments)
            #expect(run.status == 0)
            #expect(try corpus.state() == before)
        }
        let one = try corpus.run("accept", "fail-path-f", "--corpus", corpus.path)
        #expect(one.output == "fail-path-f: nothing changed\n")
    }

    @Test("all cases are accepted at once, and only those that changed are told of")
    func acceptAll() throws {
        try corpus.replace("\"lasting\"", with: "\"transient\"", in: "paid-three-times")
        let expectation = corpus.folder.url("corpus/fail-path-f/expect.json")
        try FileManager.default.removeItem(at: expectation)
        let run = try corpus.run("accept", "--all", "--corpus", corpus.path)
        #expect(run.status == 0)
        #expect(run.output.hasPrefix("fail-path-f: 9 changed\n  records.read: expected nothing, "))
        #expect(run.output.contains("\npaid-three-times: 1 changed\n"))
        #expect(!run.output.contains("void-43"))
        #expect(run.output.hasSuffix("\n3 cases, 2 changed, 0 refused\n"))
        #expect(try corpus.run("check", corpus.path).status == 0)
    }

    @Test("a ticket is written where one is given, and kept where none is")
    func ticket() throws {
        let name = "paid-three-times"
        let arguments = ["corpus", "accept", name, "--corpus", corpus.path]
        let run = try Tool.run(arguments + ["--ticket", "BILLACCT-1"])
        #expect(run.status == 0)
        #expect(run.output.contains("1 changed\n  ticket: expected "))
        #expect(try corpus.text(name).contains("\"ticket\": \"BILLACCT-1\""))
        #expect(try Tool.run(arguments).status == 0)
        #expect(try corpus.text(name).contains("\"ticket\": \"BILLACCT-1\""))
    }

    @Test("a case that can't hold whatever is expected is exit 1, and nothing is written for it")
    func cannotHold() throws {
        let manager = FileManager.default
        try manager.moveItem(
            at: corpus.folder.url("corpus/fail-path-f"),
            to: corpus.folder.url("corpus/path-f")
        )
        try corpus.replace(
            #""legal_entity":"global""#,
            with: #""legal_entity":"cn""#,
            in: "paid-three-times",
            "log.ndjson"
        )
        let before = try corpus.state()
        let run = try corpus.run("accept", "--all", "--corpus", corpus.path)
        #expect(run.status == 1)
        #expect(run.errors.contains("path-f: the log is refused, but the name does not begin"))
        #expect(
            run.errors.contains("paid-three-times: the log holds an account of the legal entity")
        )
        #expect(try corpus.state() == before)
    }

    @Test("a case that is not there is exit 66, and one that can't be read stops no other")
    func badAccept() throws {
        let missing = try corpus.run("accept", "nobody", "--corpus", corpus.path)
        #expect(missing.status == 66)
        #expect(missing.errors.contains("there is no case `nobody`"))
        try corpus.replace("\"ticket\"", with: "\"tikcet\"", in: "paid-three-times")
        let before = try corpus.state()
        let run = try corpus.run("accept", "paid-three-times", "--corpus", corpus.path)
        #expect(run.status == 1)
        #expect(run.errors.contains("paid-three-times: expect.json: `tikcet` is not known"))
        #expect(try corpus.state() == before)
        try corpus.replace("\"ticket\": null", with: "\"ticket\": \"T\"", in: "fail-path-f")
        let all = try corpus.run("accept", "--all", "--corpus", corpus.path)
        #expect(all.status == 1)
        #expect(all.output.hasSuffix("3 cases, 0 changed, 1 refused\n"))
    }

    @Test("two cases that claim the same do not hold")
    func claimedTwice() throws {
        try FileManager.default.copyItem(
            at: corpus.folder.url("corpus/paid-three-times"),
            to: corpus.folder.url("corpus/paid-thrice")
        )
        let run = try corpus.run("check", corpus.path)
        #expect(run.status == 1)
        #expect(run.output.contains("its claim is that of `paid-three-times` too"))
    }

    // MARK: - Usage

    @Test(
        "wrong usage is exit 64 and says what is right",
        arguments: [
            (["check", "a", "b"], "b"), (["check", "--frobnicate"], "--frobnicate"),
            (["check", "--junit"], "--junit"), (["accept"], "name a case to accept, or say --all"),
            (["accept", "--all", "a"], "name none beside it"),
            (["accept", "--all", "--ticket", "T"], "not all cases come from one ticket"),
            (["add"], "report"), (["add", "r", "d", "--name", "n", "--secret", "s"], "--log"),
            (["add", "r", "d", "--log", "l", "--secret", "s"], "--name"),
            (["add", "r", "d", "--log", "l", "--name", "n"], "--secret"),
            (["add", "r", "d", "--log", "l", "--name", "n", "--secret", "s", "--scale", "x"], "x"),
            (["minimize"], "log"), (["minimize", "-"], "can't be standard input"),
            (["minimize", "a", "--settle", "soon"], "`soon` is no time"),
            (["frobnicate"], "frobnicate"),
        ]
    )
    func usage(arguments: [String], expected: String) throws {
        let run = try Tool.run(["corpus"] + arguments)
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains(expected))
    }

    @Test(
        "the help of each command is as it was looked at",
        arguments: ["", "-check", "-list", "-accept", "-add", "-minimize"]
    )
    func help(name: String) throws {
        let run = try Tool.run(
            ["corpus"] + name.split(separator: "-").map(String.init) + ["--help"]
        )
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
        try expectSnapshot(run.output, named: "help-corpus\(name).txt")
    }
}
