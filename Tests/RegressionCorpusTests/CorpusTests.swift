import DunningBrain
import Foundation
import MirrorLog
import RegressionCorpus
import Testing

/// The corpus of this repository.
struct CorpusTests {
    @Test("all committed cases hold")
    func hold() throws {
        let check = CorpusCheck(try KeptCorpus.cases(), in: .global)
        #expect(check.holds)
        for failure in check.failures {
            Issue.record("\(failure.name): \(failure.problems.joined(separator: "\n  "))")
        }
    }

    @Test("there are more than 250 cases, and each folder is found")
    func count() throws {
        #expect(try KeptCorpus.names().count >= 250)
        #expect(try KeptCorpus.cases().map(\.name) == KeptCorpus.names())
    }

    @Test("the corpus says whose data it holds")
    func region() throws {
        #expect(try KeptCorpus.region() == .global)
    }

    @Test("a folder holds the files of a case and nothing else")
    func files() throws {
        let known = ["README.md", "expect.json", "log.ndjson", "policy.yaml"]
        for name in try KeptCorpus.names() {
            let place = KeptCorpus.folder.appending(path: name)
            let files = try FileManager.default.contentsOfDirectory(atPath: place.path)
            #expect(Set(files).subtracting(known).isEmpty, "\(name)")
            #expect(Set(known.prefix(3)).isSubset(of: files), "\(name)")
        }
    }

    @Test("a name is words of small letters and digits with dashes between")
    func names() throws {
        for name in try KeptCorpus.names() {
            #expect(name.wholeMatch(of: #/[a-z0-9]+(-[a-z0-9]+)*/#) != nil, "\(name)")
        }
    }

    @Test("no two cases prove the same")
    func claims() throws {
        var met: [String: String] = [:]
        for subject in try KeptCorpus.cases() {
            let claim = try #require(subject.claim, "\(subject.name)")
            #expect(met.updateValue(subject.name, forKey: claim) == nil, "\(claim)")
        }
    }

    @Test("a README says in a few lines of at most 100 columns what is right and why")
    func readmes() throws {
        for subject in try KeptCorpus.cases() {
            let lines = subject.readme.split(separator: "\n", omittingEmptySubsequences: false)
            for line in lines { #expect(line.count <= 100, "\(subject.name): \(line)") }
            #expect(lines.count { !$0.isEmpty } >= 3, "\(subject.name) gives no reason")
            #expect(subject.readme.hasSuffix("\n"), "\(subject.name)")
        }
    }

    @Test("a log is of a few records, and each of its lines is one where none is to be refused")
    func logs() throws {
        for subject in try KeptCorpus.cases() {
            let lines = subject.log.split(separator: UInt8(ascii: "\n"))
            #expect(lines.count <= 40, "\(subject.name)")
            if !subject.mustBeRefused {
                #expect(subject.log.last == UInt8(ascii: "\n"), "\(subject.name)")
            }
        }
    }

    @Test("accepting a case that holds changes not a byte of it")
    func acceptance() throws {
        let cases = try KeptCorpus.cases()
        for (subject, result) in zip(cases, CaseAcceptance.all(of: cases, in: .global)) {
            let acceptance = try result.get()
            #expect(acceptance.text == subject.expectation, "\(subject.name)")
            #expect(acceptance.changes.isEmpty && acceptance.problems.isEmpty, "\(subject.name)")
        }
    }
}

/// What is told of a corpus that does not hold.
struct CorpusCheckTests {
    /// Cases of which none holds, with texts that mean something elsewhere.
    private func hostile(_ count: Int) throws -> [CorpusCase] {
        let sound = try KeptCorpus.sound()
        return (0..<count).map { number in
            var subject = sound
            subject.name = "case-\(number)"
            subject.readme = "# \u{1B}[31m<b>|`\(String(repeating: "&[x](y)", count: 500))\n"
            let outcome = (0..<50).map {
                #""\#($0)\u001b<]]>":"\#(String(repeating: "[]", count: 500))""#
            }
            subject.expectation = Array(
                #"{"schema":1,"outcome":{\#(outcome.joined(separator: ","))}}"#.utf8
            )
            return subject
        }
    }

    @Test("the Markdown fits a comment, whatever there is to tell")
    func markdown() throws {
        for count in [1, 2, 60] {
            let check = CorpusCheck(try hostile(count), in: .global)
            #expect(check.failures.count == count)
            let text = check.markdown
            #expect(text.utf8.count < 65_536)
            #expect(text.hasPrefix("# Regression corpus\n\n**\(count) of \(count) cases "))
            #expect(!text.contains("<b>") && !text.contains("\u{1B}"))
            #expect(text.contains("### case-0"))
        }
        #expect(CorpusCheck(try hostile(60), in: .global).markdown.hasSuffix(" more cases.\n"))
    }

    @Test("a terminal gets no control characters, and no endless lines")
    func text() throws {
        let text = CorpusCheck(try hostile(3), in: .global).text
        #expect(
            !text.unicodeScalars.contains {
                $0 != "\n" && $0.properties.generalCategory == .control
            }
        )
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 400 })
        #expect(text.contains("  and "))
    }

    @Test("the same cases give the same bytes, in whatever order they are given")
    func order() throws {
        let cases = try KeptCorpus.cases().filter { $0.name.hasPrefix("p") } + hostile(5)
        let once = CorpusCheck(cases, in: .global)
        let again = CorpusCheck(cases.reversed(), in: .global)
        #expect(once.text == again.text)
        #expect(once.junit == again.junit)
        #expect(once.markdown == again.markdown)
    }
}
