import BillingModel
import DivergenceAnalysis
import DunningBrain
import MirrorLog
import ParityReport
import ShadowRun
import Testing

/// What became of divergences: found by episode, never called fixed without proof.
struct ReportDiffTests {
    typealias Episode = MadeUpReport.Episode

    static func diff(
        _ old: MadeUpReport,
        _ new: MadeUpReport,
        acrossLogs: Bool = false
    ) throws -> ReportDiff {
        try ReportDiff(from: old.document(), to: new.document(), acrossLogs: acrossLogs)
    }

    private static func report(_ episodes: Episode...) -> MadeUpReport {
        var report = MadeUpReport()
        report.episodes = episodes
        return report
    }

    // MARK: - Properties

    /// A report on some of twelve episodes, each of them one way or another.
    private static func random(_ numbers: inout SeededNumbers) -> MadeUpReport {
        var report = MadeUpReport()
        for number in 0..<12 where numbers.below(3) > 0 {
            var episode = Episode()
            episode.account = "acct_\(number / 2)"
            episode.minute = Int64(number % 2) * 600
            episode.classes = numbers.pick([
                [.race], [.missingUnflag], [.race, .missingUnflag], [.unexplained], [.brainDefect],
            ])
            episode.extent = numbers.pick([.lasting, .transient])
            episode.facets = numbers.pick([
                [Episode.flag], [Episode.ban], [Episode.flag, Episode.ban],
            ])
            episode.amounts = [(numbers.pick(["usd", "eur"]), Int64(numbers.below(9000)))]
            episode.subscriptions = Int64(numbers.below(4))
            report.episodes.append(episode)
        }
        for number in 0..<6 where numbers.below(3) == 0 {
            report.standing.append(
                .init(
                    account: "acct_\(number)",
                    minute: Int64(numbers.below(2)) * 600,
                    facet: numbers.pick([Episode.flag, Episode.ban])
                )
            )
        }
        return report
    }

    @Test("of a report and itself, everything is unchanged", arguments: 0..<20)
    func same(seed: UInt64) throws {
        var numbers = SeededNumbers(seed: seed)
        let report = Self.random(&numbers)
        let diff = try Self.diff(report, report)
        #expect(diff.unchanged.count == report.episodes.count)
        #expect(diff.isClean)
        #expect(diff.changes.isEmpty)
        #expect(diff.doubts.isEmpty)
        for group in ReportDiff.Group.allCases where group != .unchanged {
            #expect(diff.entries(group).isEmpty, "\(group)")
        }
        #expect(diff.standingIntroduced.isEmpty)
        #expect(diff.standingFixed.isEmpty)
    }

    @Test("the other way round, what was introduced is gone and the reverse", arguments: 0..<100)
    func mirrored(seed: UInt64) throws {
        var numbers = SeededNumbers(seed: seed)
        let (old, new) = (Self.random(&numbers), Self.random(&numbers))
        let there = try Self.diff(old, new)
        let back = try Self.diff(new, old)
        #expect(Set(there.introduced) == Set(back.fixed + back.carried))
        #expect(Set(back.introduced) == Set(there.fixed + there.carried))
        #expect(there.standingIntroduced == back.standingFixed)
        #expect(back.standingIntroduced == there.standingFixed)
        #expect(there.unchanged.map(\.id) == back.unchanged.map(\.id))
        #expect(there.reclassified.map(\.old) == back.reclassified.map(\.new))
        #expect(there.reclassified.map(\.new) == back.reclassified.map(\.old))
    }

    @Test("the counts add up, in all, by class and in money", arguments: 0..<100)
    func sums(seed: UInt64) throws {
        var numbers = SeededNumbers(seed: seed)
        let (old, new) = (Self.random(&numbers), Self.random(&numbers))
        let diff = try Self.diff(old, new)
        let both = diff.unchanged.count + diff.reclassified.count
        #expect(both + diff.fixed.count + diff.carried.count == old.episodes.count)
        #expect(both + diff.introduced.count == new.episodes.count)
        for row in diff.classRows {
            #expect(row.old == old.episodes.count { $0.classes.contains(row.cause) })
            #expect(row.new == new.episodes.count { $0.classes.contains(row.cause) })
            #expect(row.old == row.fixed + row.carried + row.out + row.kept)
            #expect(row.new == row.introduced + row.into + row.kept)
        }
        var amounts = Amounts()
        var subscriptions: Int64 = 0
        let here: [ReportDiff.Group] = [.introduced, .worse, .reclassified, .unchanged]
        for group in here {
            amounts.add(ReportDiff.Sums(diff.entries(group)).amounts)
            subscriptions += Int64(ReportDiff.Sums(diff.entries(group)).subscriptions)
        }
        for currency in ["usd", "eur"] {
            let sum = new.episodes.flatMap(\.amounts).filter { $0.currency == currency }
                .reduce(0) { $0 + $1.minorUnits }
            let found = amounts.sums.first { $0.currency.code == currency }?.minorUnits
            #expect(found ?? 0 == sum)
        }
        #expect(subscriptions == new.episodes.reduce(0) { $0 + $1.subscriptions })
    }

    // MARK: - Matching

    @Test("an episode is the same though its id changes with the facets")
    func matching() throws {
        var after = Episode()
        after.facets = [Episode.flag, Episode.ban]
        #expect(after.id != Episode().id)
        let diff = try Self.diff(Self.report(Episode()), Self.report(after))
        #expect(diff.reclassified.count == 1)
        #expect(diff.introduced.isEmpty)
        #expect(diff.fixed.isEmpty)
    }

    @Test("episodes of one account that open at different times are different ones")
    func twoEpisodes() throws {
        var later = Episode()
        later.minute = 60
        let diff = try Self.diff(Self.report(Episode()), Self.report(later))
        #expect(diff.fixed.map(\.opened) == [MadeUp.at(0)])
        #expect(diff.introduced.map(\.opened) == [MadeUp.at(60)])
    }

    @Test("another story, stake or edit of the same difference is no change")
    func unchanged() throws {
        var after = Episode()
        after.story = "told otherwise"
        after.subscriptions = 7
        let diff = try Self.diff(Self.report(Episode()), Self.report(after))
        #expect(diff.unchanged.count == 1)
        #expect(diff.isClean)
    }

    // MARK: - What counts as introduced

    @Test("reclassified for the better is no harm, and for the worse is")
    func gains() throws {
        func gains(_ change: (inout Episode, inout Episode) -> Void) throws -> [ReportDiff.Gain] {
            var (before, after) = (Episode(), Episode())
            change(&before, &after)
            let diff = try Self.diff(Self.report(before), Self.report(after))
            #expect(diff.reclassified.count == 1)
            #expect(diff.isClean == diff.worse.isEmpty)
            return diff.reclassified.flatMap(\.gains)
        }
        #expect(try gains { $1.classes = [.missingUnflag] }.isEmpty)
        #expect(try gains { $1.classes = [.unexplained] } == [.blocking(.unexplained)])
        #expect(try gains { $1.classes = [.race, .brainDefect] } == [.blocking(.brainDefect)])
        #expect(
            try gains {
                $0.classes = [.unexplained]; $1.classes = [.race]
            }.isEmpty
        )
        #expect(
            try gains {
                $1.extent = .transient; $0.extent = .lasting
            }.isEmpty
        )
        #expect(
            try gains {
                $0.extent = .transient; $1.extent = .lasting
            } == [.lasting]
        )
        #expect(
            try gains {
                $1.facets.append(Episode.ban); _ = $0
            } == [.facet(.ban)]
        )
        #expect(
            try gains {
                $0.facets.append(Episode.ban); _ = $1
            }.isEmpty
        )
        let breaches = try gains {
            $0.classes = [.brainDefect]
            $1.classes = [.brainDefect]
            $0.breaches = [3]
            $1.breaches = [3, 1]
        }
        #expect(breaches == [.breach(.nothingTakenWithoutDebt)])
    }

    @Test("other values of the same facet are a change, but no harm")
    func values() throws {
        var after = Episode()
        after.facets = [
            MadeUpReport.object([
                "facet": .string("bad_debt_flag"), "legacy": .bool(false), "brain": .bool(true),
            ])
        ]
        let diff = try Self.diff(Self.report(Episode()), Self.report(after))
        #expect(diff.reclassified.count == 1)
        #expect(diff.isClean)
    }

    // MARK: - What is not fixed

    @Test("fewer judged episodes of the same log are no fix")
    func judgedFewer() throws {
        var new = MadeUpReport()
        new.judged = 88
        let diff = try Self.diff(Self.report(Episode()), new)
        #expect(diff.lostEpisodes == 12)
        #expect(!diff.isClean)
        #expect(!diff.knowsWhatIsFixed)
        #expect(diff.doubts == [.judgedFewer(old: 100, new: 88)])
        #expect(
            diff.headline
                == "**12 episodes judged no more**; at most 1 fixed, 0 reclassified, 0 unchanged."
        )
        #expect(diff.text().contains("beware: NEW judged 88 episodes"))
        #expect(diff.markdown().contains("| fixed, or not judged | 1 |"))
    }

    @Test("reports on different logs are compared only where that is asked for")
    func differentLogs() throws {
        let old = Self.report(Episode())
        var new = MadeUpReport()
        new.log = String(repeating: "c", count: 64)
        new.judged = 40
        #expect(throws: ReportDiff.Refusal.differentLogs) { try Self.diff(old, new) }
        let diff = try Self.diff(old, new, acrossLogs: true)
        #expect(diff.doubts == [.differentLogs])
        #expect(diff.isClean)
        #expect(diff.headline.contains("at most 1 fixed"))
    }

    @Test("a report in which nothing was judged shows nothing")
    func nothingJudged() throws {
        var new = MadeUpReport()
        new.judged = 0
        #expect(throws: ReportDiff.Refusal.nothingJudged) { try Self.diff(new, new) }
        #expect(throws: ReportDiff.Refusal.nothingJudged) {
            try Self.diff(Self.report(Episode()), new, acrossLogs: true)
        }
    }

    @Test("another settle time or scope makes other episodes, and that is said")
    func otherEpisodes() throws {
        var new = Self.report(Episode())
        new.settings = ["settle": .string("30m"), "phase": .integer(1), "tiers": .array([])]
        let diff = try Self.diff(Self.report(Episode()), new)
        #expect(diff.changes.map(\.name) == ["settle", "phase", "tiers"])
        #expect(diff.changes.map(\.old) == ["15m", "null", "-"])
        #expect(diff.changes.map(\.new) == ["30m", "1", "[]"])
        #expect(diff.doubts.count == 2)
        #expect(diff.text().contains("beware: The setting settle was 15m and is 30m"))
    }

    @Test("a difference that comes into its episode now is not fixed")
    func carried() throws {
        var later = Episode()
        later.minute = 60
        var new = MadeUpReport()
        new.standing = [.init(minute: 30)]
        let diff = try Self.diff(Self.report(later), new)
        #expect(diff.carried.count == 1)
        #expect(diff.fixed.isEmpty)
        // It was there before, so it was not introduced either.
        #expect(diff.isClean)
        #expect(diff.headline.contains("1 standing now"))
    }

    @Test("a difference that stands elsewhere, or later, is no reason to doubt a fix")
    func notCarried() throws {
        for standing in [
            MadeUpReport.Standing(account: "acct_2", minute: 0),
            MadeUpReport.Standing(minute: 1), MadeUpReport.Standing(facet: Episode.ban),
        ] {
            var new = MadeUpReport()
            new.standing = [standing]
            #expect(try Self.diff(Self.report(Episode()), new).fixed.count == 1)
        }
    }

    @Test("a standing difference out of nowhere is introduced, and one with an origin counts there")
    func standing() throws {
        var new = MadeUpReport()
        new.standing = [.init()]
        let diff = try Self.diff(MadeUpReport(), new)
        #expect(diff.standingIntroduced.count == 1)
        #expect(!diff.isClean)
        #expect(diff.headline.hasPrefix("**1 standing difference introduced**"))
        #expect(try Self.diff(new, MadeUpReport()).standingFixed.count == 1)

        var old = Self.report(Episode())
        old.standing = [.init(minute: 60, origin: Episode().id)]
        #expect(try Self.diff(old, old).isClean)
        let arisen = try Self.diff(MadeUpReport(), old)
        #expect(arisen.introduced.count == 1)
        #expect(arisen.standingIntroduced.isEmpty)
    }
}
