import DunningBrain
import MirrorLog
import RegressionCorpus
import Testing

/// Every way in which a case can fail to hold.
struct CaseCheckTests {
    private func problems(of subject: CorpusCase, in region: CorpusRegion = .global) -> [String] {
        CaseCheck(subject, in: region).problems
    }

    /// A case with another text in place of one in its expectation.
    private func expecting(_ old: String, _ new: String) throws -> CorpusCase {
        var subject = try KeptCorpus.sound()
        let text = String(decoding: try #require(subject.expectation), as: UTF8.self)
        let changed = text.replacing(old, with: new)
        try #require(changed != text)
        subject.expectation = Array(changed.utf8)
        return subject
    }

    @Test("the cases that these tests break hold as they are")
    func sound() throws {
        for subject in [try KeptCorpus.sound(), try KeptCorpus.refused()] {
            let check = CaseCheck(subject, in: .global)
            #expect(check.holds)
            #expect(check.name == subject.name)
            #expect(check.claim == subject.claim)
        }
    }

    @Test(
        "an outcome that is another one is told with its place",
        arguments: [
            ("\"read\": 6", "\"read\": 7", "records.read: expected 7, came 6"),
            (
                "\"voided_invoice_flag\"\n", "\"race\"\n",
                #"divergences[0].classes[0]: expected "race", came "voided_invoice_flag""#
            ),
            (
                "\"lasting\"", "\"transient\"",
                #"divergences[0].extent: expected "transient", came "lasting""#
            ),
            (
                #""legacy": "bad_debt","brain": null"#, #""legacy": "abuse","brain": null"#,
                #"divergences[0].facets[2].legacy: expected "abuse", came "bad_debt""#
            ),
            (
                "\"rule\": \"clear\"", "\"rule\": \"inDebt\"",
                #"decisions[0].last.rule: expected "inDebt", came "clear""#
            ), ("\"phase\": 1", "\"phase\": 2", "episodes[0].phase: expected 2, came 1"),
            (
                "10:15:43Z", "10:15:44Z",
                #"episodes[0].closed: expected "2026-03-02T10:15:44Z", came "2026-03-02T10:15:43Z""#
            ),
        ]
    )
    func changed(old: String, new: String, problem: String) throws {
        #expect(problems(of: try expecting(old, new)) == [problem])
    }

    @Test("a member of the outcome that nobody knows shows as one that does not come")
    func unknownMember() throws {
        let more = try expecting("\"standing\": []", "\"standing\": [], \"mood\": \"good\"")
        #expect(problems(of: more) == [#"mood: expected "good", came nothing"#])
        let misspelt = try expecting("\"breaches\"", "\"braeches\"")
        #expect(
            problems(of: misspelt) == [
                "divergences[0].braeches: expected [], came nothing",
                "divergences[0].breaches: expected nothing, came []",
            ]
        )
    }

    @Test("another story in the log shows, whatever is expected of it")
    func changedLog() throws {
        let subject = try KeptCorpus.sound()
        #expect(
            !problems(of: subject.replacing(#""status":"void""#, with: #""status":"open""#)).isEmpty
        )
        #expect(!problems(of: subject.replacing("\"set_ban\"", with: "\"unheard_of\"")).isEmpty)
        #expect(problems(of: subject.replacing("\"livemode\":true", with: "\"x\":0")).isEmpty)
    }

    @Test("another brain shows")
    func brain() throws {
        let cases = try KeptCorpus.cases()
        let idle = Brain(name: "idle") { _, _, _ in Decision(rule: .clear) }
        let failing = CorpusCheck(cases, in: .global, brain: idle).failures.count
        #expect(failing > cases.count / 4)
    }

    @Test(
        "a README without a claim at its head is a problem",
        arguments: ["", "\n\n", "A void\n", "#A void\n", "## A void\n", "text\n# A void\n"]
    )
    func noClaim(readme: String) throws {
        var subject = try KeptCorpus.sound()
        subject.readme = readme
        #expect(problems(of: subject) == ["README.md does not begin with `# ` and a claim"])
    }

    @Test("a case without an expect.json says how to write one")
    func noExpectation() throws {
        var subject = try KeptCorpus.sound()
        subject.expectation = nil
        let wanted = "there is no expect.json; write one with `corpus accept \(subject.name)`"
        #expect(problems(of: subject) == [wanted])
    }

    @Test("an expect.json that can't be read is told with its place")
    func badExpectation() throws {
        let double = try expecting("\"read\": 6", "\"read\": 6, \"read\": 6")
        let wanted = "expect.json: outcome.records: `read` stands there twice"
        #expect(problems(of: double) == [wanted])
        var broken = try KeptCorpus.sound()
        broken.expectation = Array("{".utf8)
        let problem = try #require(problems(of: broken).first)
        #expect(problem.hasPrefix("expect.json: "))
    }

    @Test("a log that is refused needs a name that says so, and the other way round")
    func prefix() throws {
        var refused = try KeptCorpus.refused()
        refused.name = "path-f"
        #expect(
            problems(of: refused) == [
                "the log is refused, but the name does not begin with `fail-`"
            ]
        )
        var judged = try KeptCorpus.sound()
        judged.name = "fail-" + judged.name
        #expect(problems(of: judged) == ["the name says that the log is refused, and it is not"])
    }

    @Test("a log without a record is refused, and one with a bad line among good ones is not")
    func refusal() throws {
        var empty = try KeptCorpus.sound()
        empty.name = "fail-empty"
        empty.log = []
        #expect(problems(of: try empty.accepted()).isEmpty)
        var mixed = try KeptCorpus.sound()
        mixed.log += Array("{}\n".utf8)
        #expect(problems(of: try mixed.accepted()).isEmpty)
        #expect(problems(of: mixed).contains { $0.hasPrefix("refused[0].line: expected nothing") })
    }

    @Test("an account of the legal entity cn may stand in a corpus of its region only")
    func region() throws {
        for spelling in ["cn", "CN", "Cn"] {
            let subject = try KeptCorpus.sound().replacing(
                #""legal_entity":"global""#,
                with: #""legal_entity":"\#(spelling)""#
            )
            #expect(problems(of: subject) == [CorpusRegion.global.refusal(of: .cn)])
            #expect(problems(of: subject, in: .cn).isEmpty)
        }
        #expect(problems(of: try KeptCorpus.sound(), in: .cn).isEmpty)
    }

    @Test(
        "a policy.yaml that can't be read is a problem of its own",
        arguments: [
            ("confirmation: soon\n", "policy.yaml: `confirmation` is `soon`"),
            ("confirmatoin: 15m\n", "policy.yaml: `confirmatoin` is not known"),
            ("- a\n", "policy.yaml: it is no mapping"), ("a: [\n", "policy.yaml: "),
            ("threshold: -1\n", "policy.yaml: `threshold` is `-1`"),
        ]
    )
    func badPolicy(yaml: String, problem: String) throws {
        var subject = try KeptCorpus.sound()
        subject.policy = yaml
        let found = problems(of: subject)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix(problem) == true, "\(found)")
    }

    @Test("a policy is judged under, and so are the settings of the expectation")
    func settings() throws {
        var late = try KeptCorpus.sound()
        late.policy = "confirmation: 40s\n"
        #expect(!problems(of: late).isEmpty)
        let settled = try expecting(
            "\"outcome\": {",
            "\"settings\": {\"settle\": \"40m\"}, \"outcome\": {"
        )
        #expect(problems(of: settled).contains { $0.hasPrefix("episodes[0].closed: ") })
    }

    @Test("a corpus holds where there are cases and all of them hold")
    func corpus() throws {
        let sound = try KeptCorpus.sound()
        var broken = sound
        broken.expectation = nil
        broken.name = "a-broken-one"
        broken.readme = "# Another claim\n"
        #expect(CorpusCheck([sound], in: .global).holds)
        let check = CorpusCheck([sound, broken], in: .global)
        #expect(!check.holds)
        #expect(check.checks.map(\.name) == [broken.name, sound.name])
        #expect(check.headline == "1 of 2 cases does not hold")
        let nothing = CorpusCheck([], in: .global)
        #expect(!nothing.holds)
        #expect(nothing.headline == "there is no case: nothing was shown")
    }
}
