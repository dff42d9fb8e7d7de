import BillingModel
package import DivergenceAnalysis
package import MirrorLog
import ShadowRun

extension EpisodeExposure {
    /// Writes the exposure as an object.
    package func write(into text: inout JSONText) {
        text.object { text in
            text.member("account", account.rawValue)
            text.member("opened", episode.openedAt.description)
            text.member("closed", episode.closesAt.description)
            text.member("divergence", divergence)
            text.member("classes", classes.map(\.rawValue))
            text.object("legacy") { text in legacy.write(into: &text, episode.timeline) }
            text.object("brain") { text in brain.write(into: &text, episode.timeline) }
        }
    }
}

extension LegacyExposure {
    fileprivate func write(into text: inout JSONText, _ timeline: Timeline) {
        text.key("schedules")
        // Beyond the largest number the count is not known.
        if schedules == .max { text.null() } else { text.integer(schedules) }
        text.member("explored", Int64(explored))
        text.member("exhaustive", isExhaustive)
        text.member("diverging", Int64(diverging))
        guard let worst else {
            text.member("worst", String?.none)
            return
        }
        text.object("worst") { text in
            text.member("extent", worst.comparison.statesAgree ? "transient" : "lasting")
            text.array("facets") { text in
                for difference in worst.comparison.differences { difference.write(into: &text) }
            }
            text.member("legacy_only", worst.comparison.legacyOnly.map(\.words))
            text.member("brain_only", worst.comparison.brainOnly.map(\.words))
            ScheduleStory(worst, of: timeline).write(into: &text)
        }
    }
}

extension BrainExposure {
    fileprivate func write(into text: inout JSONText, _ timeline: Timeline) {
        text.member("wakes", Int64(wakes))
        text.member("points", Int64(points))
        text.member("positions", Int64(positions))
        text.member("exhaustive", isExhaustive)
        text.member("proved", isProved)
        guard let found = counterexample else {
            text.member("counterexample", String?.none)
            return
        }
        text.object("counterexample") { text in
            text.member("woken", found.wakes.map(\.description))
            text.array("facets") { text in
                for difference in found.differences { difference.write(into: &text) }
            }
            text.member("taken", found.taken.map(\.words))
            ScheduleStory(found, of: timeline).write(into: &text)
        }
    }
}

extension ScheduleStory {
    fileprivate func write(into text: inout JSONText) {
        text.array("steps") { text in
            for line in lines {
                text.object { text in
                    text.member("after_microseconds", line.after.microseconds)
                    text.member("who", line.who)
                    text.member("what", line.what)
                }
            }
        }
    }
}

extension ExposureStudy {
    /// Writes the study as an object.
    package func write(into text: inout JSONText) {
        text.object { text in
            text.member("sample", Int64(sample))
            text.member("seed", seed.description)
            text.member("bound", Int64(bound))
            text.array("classes") { text in for row in rows { row.write(into: &text) } }
            text.object("brain") { text in
                text.member("explored", Int64(brain.explored))
                text.member("proved", Int64(brain.proved))
                text.member("cut", Int64(brain.cut))
                text.member("diverging", Int64(brain.diverging))
                text.member("positions", Int64(brain.positions))
                text.key("counterexample")
                if let found = brain.counterexample {
                    found.write(into: &text)
                } else {
                    text.null()
                }
            }
        }
    }
}

extension ExposureStudy.Row {
    fileprivate func write(into text: inout JSONText) {
        text.object { text in
            text.member("class", cause?.rawValue ?? "match")
            text.member("episodes", Int64(episodes))
            text.member("open", Int64(open))
            text.member("explored", Int64(explored))
            text.member("schedules", Int64(schedules))
            text.member("diverging", Int64(diverging))
            text.member("share_millionths", Int64(share))
            text.member("in_some", Int64(some))
            text.member("in_all", Int64(all))
        }
    }
}
