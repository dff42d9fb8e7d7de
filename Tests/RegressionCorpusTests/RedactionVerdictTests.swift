import BillingModel
import DivergenceAnalysis
import DunningBrain
import Foundation
import MirrorLog
import RegressionCorpus
import ShadowRun
import Testing

/// A redacted case gives the same verdict.
struct RedactionVerdictTests {
    private static let isWhole = ProcessInfo.processInfo.environment["PARITY_WHOLE_FLEET"] != nil

    @Test("every account of the small fleet keeps its verdicts, with amounts kept and multiplied")
    func smallFleet() async throws {
        let log = try LogByAccount(fleetLines("small"))
        try #require(log.lines.count > 300)
        for amounts in [AmountTreatment.kept, .multiplied(by: 7)] {
            let redaction = try Redaction(secret: testSecret, amounts: amounts, policy: Policy())
            try await expectSame(log, redaction)
        }
    }

    @Test(
        "every account of the incident keeps its verdicts",
        .enabled(if: isWhole, "takes PARITY_WHOLE_FLEET and a build for release")
    )
    func incident() async throws {
        let log = try LogByAccount(fleetLines("seed-incident"))
        try #require(log.lines.count == 40_000)
        try await expectSame(log, Redaction(secret: testSecret, policy: Policy()))
    }

    @Test("every case of the corpus keeps its verdicts")
    func cases() throws {
        let folder = packageRoot.appending(path: "corpora/cases")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        var judged = 0
        var tooLarge = 0
        for name in names {
            let file = folder.appending(path: "\(name)/log.ndjson")
            guard let text = try? Data(contentsOf: file) else { continue }
            let lines = text.split(separator: UInt8(ascii: "\n")).map { Array($0) }
            let log = try LogByAccount(lines)
            let marks = lines.filter { log.isOfAll($0) }
            for (account, theirs) in log.lines.sorted(by: { $0.key < $1.key }) {
                let all = theirs + marks
                let kept = try Redaction(secret: testSecret, policy: Policy())
                let change = try verdictChange(of: account, all, in: log, kept)
                #expect(change == nil, "\(name)")
                judged += 1
                let tripled = try Redaction(
                    secret: testSecret,
                    amounts: .multiplied(by: 3),
                    policy: Policy()
                )
                do throws(RecordError) {
                    _ = try tripled.redact(all)
                } catch {
                    // Some cases are of amounts at the end of 64 bits.
                    #expect(error.reason.contains("do not fit 64 bits"), "\(name)")
                    tooLarge += 1
                    continue
                }
                #expect(try verdictChange(of: account, all, in: log, tripled) == nil, "\(name)")
            }
        }
        #expect(tooLarge < judged / 20)
        #expect(judged > 100)
    }

    @Test("a verdict that is not the same is noticed")
    func canary() throws {
        let log = try LogByAccount(fleetLines("small"))
        let redaction = try Redaction(secret: testSecret, policy: Policy())
        var changed = 0
        for (account, lines) in log.lines.sorted(by: { $0.key < $1.key }) {
            let before = try log.verdicts(account, lines)
            guard before.episodes.contains(where: { $0.divergence != nil }) else { continue }
            let redacted = try redaction.redact(lines)
            let name = AccountID(try #require(redacted.pseudonyms[account.rawValue]))
            // Without what legacy did, no divergence can be what it was.
            let rest = redacted.lines.filter { line in
                let text = String(decoding: line, as: UTF8.self)
                return !text.contains(#""kind":"execution""#)
            }
            let after = try log.verdicts(name, rest)
            #expect(redacted.difference(from: before, to: before) != nil)
            #expect(redacted.difference(from: before, to: after) != nil, "\(account)")
            changed += 1
        }
        #expect(changed > 40)
    }

    @Test("what is redacted may be redacted again")
    func again() throws {
        let log = try LogByAccount(fleetLines("small"))
        let redaction = try Redaction(secret: testSecret, policy: Policy())
        for (account, lines) in log.lines.sorted(by: { $0.key < $1.key }).prefix(40) {
            let once = try redaction.redact(lines)
            let twice = try redaction.redact(once.lines)
            #expect(once.lines.count == twice.lines.count, "\(account)")
            #expect(try redaction.redact(lines).lines == once.lines)
        }
    }

    @Test("no id of the fleet is found in what is redacted, and no text of its paperwork")
    func bytes() throws {
        let log = try LogByAccount(fleetLines("small"))
        let redaction = try Redaction(secret: testSecret, policy: Policy())
        for (account, lines) in log.lines.sorted(by: { $0.key < $1.key }) {
            let redacted = try redaction.redact(lines)
            let text = redacted.lines.map { String(decoding: $0, as: UTF8.self) }.joined()
            #expect(!text.contains("://") && !text.contains("@") && !text.contains(#""4242""#))
            for word in text.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" }) {
                // Names of the fleet end in 22 letters and digits, which no pseudonym does.
                #expect(word.split(separator: "_").last.map { $0.count < 20 } ?? true, "\(account)")
            }
        }
    }

    private func expectSame(_ log: LogByAccount, _ redaction: Redaction) async throws {
        let cases = log.lines.sorted { $0.key < $1.key }
        let share = 512
        try await withThrowingTaskGroup(of: [String].self) { group in
            for start in stride(from: 0, to: cases.count, by: share) {
                group.addTask {
                    try cases[start..<min(start + share, cases.count)].compactMap { entry in
                        try verdictChange(of: entry.key, entry.value, in: log, redaction)
                            .map { "\(entry.key): \($0)" }
                    }
                }
            }
            for try await changes in group {
                for change in changes { Issue.record("\(change)") }
            }
        }
    }
}

extension EpisodeVerdict {
    /// The divergence, where it is one.
    fileprivate var divergence: Divergence? {
        if case .divergent(let divergence) = outcome { divergence } else { nil }
    }
}
