import BillingModel
import DivergenceAnalysis
import MirrorLog
import ShadowRun
import Testing

/// Row images: absolute, and sometimes the only witness.
struct RowImageTests {
    @Test("an image wins over what an execution claims")
    func absolute() throws {
        let story = SmallestStory.flaggedRightly.image(flagged: false, at: 5)
        let divergence = try story.divergence()
        #expect(divergence.facetNames == ["bad_debt_flag"])
        #expect(divergence.facets.map(\.legacy) == [.bool(false)])
        #expect(try story.judged().unattributed == 1)
    }

    @Test("an image of what an execution did confirms it and adds nothing")
    func confirming() throws {
        let flags = Column.value(UInt64(1) << UInt64(badDebtFlagBit))
        let story = SmallestStory.flaggedRightly
            .image(.account(type: .absent, flags: flags, ban: .value(.badDebt)), at: 2)
        #expect(try story.verdict().gist == "match")
        #expect(try story.judged().unattributed == 0)
        #expect(try story.judged().unconfirmed == [])
    }

    @Test("an image a moment before the effect that it confirms is that effect's echo")
    func early() throws {
        // The flag lands 300 ms after the start of the run.
        let image = Moment(integerLiteral: 1).plus(milliseconds: 299)
        let story = SmallestStory.flaggedRightly.image(flagged: true, at: image)
        #expect(try story.verdict().gist == "match")
        #expect(try story.judged().unattributed == 0)
    }

    @Test("what only an image tells of is legacy's doing, by nobody known")
    func unattributed() throws {
        let story = Scenario().charge(at: 0).image(flagged: true, at: 1)
        let verdicts = try story.judged()
        #expect(verdicts.unattributed == 1)
        #expect(verdicts.episodes.map { $0.settled?.legacy.isFlagged } == [true])
        #expect(verdicts.episodes.map { $0.settled?.brain.isFlagged } == [false])
    }

    @Test("an image that does something opens an episode where none is open")
    func opensEpisode() throws {
        let verdict = try Scenario().image(flagged: true, at: 0).verdict()
        #expect(verdict.openedBy == "change")
        #expect(verdict.gist == "lasting: unexplained")
        #expect(try Scenario().image(flagged: false, at: 0).judged().episodes.isEmpty)
    }

    @Test("an effect without its image is unconfirmed where the log mirrors the table")
    func unconfirmed() throws {
        let bare = SmallestStory.flaggedRightly
        #expect(try bare.judged().unconfirmed == [])

        // The account's row is shown before, so the table is mirrored.
        let mirrored = bare.with { story in
            story.told.insert(
                MirrorRecord(
                    id: RecordID("first-look"),
                    at: Moment(integerLiteral: -60).instant,
                    account: story.account,
                    body: .change(
                        RowChange(
                            op: .update,
                            row: .account(type: .absent, flags: .value(0), ban: .null)
                        )
                    )
                ),
                at: 0
            )
        }
        let unconfirmed = try mirrored.judged().unconfirmed
        // The flag and the ban; nothing shows the customer's row or the subscription's.
        #expect(unconfirmed.map(\.table) == ["subs_account", "subs_account"])
        #expect(unconfirmed.map(\.execution) == [RecordID("run-C"), RecordID("run-C")])
        #expect(try mirrored.judged().episodes.map(\.gist) == ["match"])
    }

    @Test("an image that shows something else confirms nothing")
    func contradicted() throws {
        let story = SmallestStory.flaggedRightly.image(flagged: false, at: 5)
        let unconfirmed = try story.judged().unconfirmed
        #expect(unconfirmed.count == 2)
        #expect(Set(unconfirmed.map(\.table)) == ["subs_account"])
    }

    @Test("a failed effect asks for no image")
    func failedEffect() throws {
        let story = Scenario().owing("in_1").marked("in_1", at: 0)
            .ran(.c, for: "marked-in_1", at: 1, failing: 0, .flagAsBadDebt(at: 1))
            .image(.account(type: .absent, flags: .value(0), ban: .null), at: 5)
        #expect(try story.judged().unconfirmed == [])
    }

    @Test("a ban for abuse and other flags are facts, which hold in both runs")
    func factsInImages() throws {
        let row = RowChange.Row.account(type: .absent, flags: .value(6), ban: .value(.abuse))
        let story = Scenario().charge(at: 0).image(row, at: 1)
        #expect(try story.verdict().gist == "match")
        let final = try #require(story.episodes().first?.timeline.final)
        #expect(final.ban == .abuse)
        #expect(final.flags == 6)
    }

    @Test("a row of subs_dunning stands for Path A, and then every invoice event needs one")
    func dunningRows() throws {
        let row = RowChange.Row.dunning(event: "evt-marked-in_1")
        let recorded = SmallestStory.flaggedRightly.image(row, at: 2)
        #expect(try recorded.verdict().gist == "match")

        let forgotten = SmallestStory.flaggedRightly.voided("in_2", at: 10).image(row, at: 2)
        let divergence = try forgotten.divergence()
        #expect(divergence.classes == [.stuckEvent])
        #expect(divergence.facetNames == ["processed:voided-in_2"])
    }

    @Test("an event in subs_stuck_events counts as stuck until a run of it completes")
    func stuckRows() throws {
        let row = RowChange.Row.stuckEvent(event: "evt-charge", since: .absent)
        let story = Scenario().charge(at: 0).image(row, at: 1)
        #expect(try story.divergence().classes == [.stuckEvent])
        #expect(try story.divergence().facetNames == ["processed:charge"])

        let late = RowChange.Row.stuckEvent(event: "evt-marked-in_1", since: .absent)
        #expect(try SmallestStory.flaggedRightly.image(late, at: 0).verdict().gist == "match")
    }
}
