import BillingModel
import DivergenceAnalysis
import MirrorLog
import ParityReport
import ShadowRun

/// A `report.json` made up for a test, without any replay behind it.
struct MadeUpReport {
    /// A divergence.
    struct Episode {
        var account = "acct_1"
        var minute: Int64 = 0
        var classes: [DivergenceClass] = [.race]
        var extent = Divergence.Extent.lasting
        var facets = [Self.flag]
        var breaches: [Int64] = []
        var amounts: [(currency: String, minorUnits: Int64)] = [("usd", 5000)]
        var subscriptions: Int64 = 1
        var story = "somebody was flagged"

        static let flag = difference("bad_debt_flag", .bool(true), .bool(false))
        static let ban = difference("ban", .string("bad_debt"), .null)

        /// Derived from account, opening and facets, as the program derives it.
        var id: String {
            let facets = facets.map(\.shortText).joined()
            return "dv_\(account)_\(minute)_\(facets)"
        }

        private static func difference(
            _ facet: String,
            _ legacy: JSONTree,
            _ brain: JSONTree
        ) -> JSONTree {
            MadeUpReport.object(["facet": .string(facet), "legacy": legacy, "brain": brain])
        }
    }

    /// A standing difference: a flag that only legacy has.
    struct Standing {
        var account = "acct_1"
        var minute: Int64 = 0
        var facet = Episode.flag
        var origin: String?
    }

    var log = String(repeating: "a", count: 64)
    var policy = String(repeating: "b", count: 64)
    var settings: KeyValuePairs<String, JSONTree> = ["settle": .string("15m"), "phase": .null]
    var episodes: [Episode] = []
    var standing: [Standing] = []
    var judged = 100

    static func object(_ members: KeyValuePairs<String, JSONTree>) -> JSONTree {
        .object(members.map { JSONTree.Member($0.key, $0.value) })
    }

    private static func count(_ count: Int) -> JSONTree { .integer(Int64(count)) }

    private static func strings(_ strings: [String]) -> JSONTree {
        .array(strings.map(JSONTree.string))
    }

    private static func time(_ minute: Int64) -> JSONTree { .string(MadeUp.at(minute).description) }

    /// The report as a tree, to be changed before it is read.
    var tree: JSONTree {
        Self.object([
            "schema": .integer(1), "input": input, "summary": summary,
            "divergences": .array(episodes.map(Self.divergence)),
            "standing": .array(
                standing.map { entry in
                    guard case .object(let facet) = entry.facet else { return .null }
                    return .object(
                        [
                            JSONTree.Member("account", .string(entry.account)),
                            JSONTree.Member("since", Self.time(entry.minute)),
                            JSONTree.Member("episodes", .integer(1)),
                            JSONTree.Member("origin", entry.origin.map(JSONTree.string) ?? .null),
                        ] + facet
                    )
                }
            ),
            "unconfirmed": .array([]), "observation": observation, "ledger": .array([]),
            "orphaned": .array([]), "cells": .array([]), "days": .array([]), "noise": .array([]),
        ])
    }

    /// Nothing is told of what the sources delivered.
    private var observation: JSONTree {
        Self.object([
            "from": .null, "longest_silence": .null, "silences": .array([]), "sources": .array([]),
        ])
    }

    private var input: JSONTree {
        Self.object([
            "log": .string(log), "policy": .string(policy), "brain": .string("binary"),
            "program": .string("a test"),
            "settings": .object(settings.map { JSONTree.Member($0.key, $0.value) }),
        ])
    }

    private var summary: JSONTree {
        let none = JSONTree.integer(0)
        let fidelity = Self.object(["executions": none, "exact": none])
        let classes = DivergenceClass.allCases.map { cause in
            JSONTree.Member(
                cause.rawValue,
                Self.count(episodes.count { $0.classes.contains(cause) })
            )
        }
        return Self.object([
            "records": .integer(1000), "rejected": none, "redelivered": none, "unmapped": none,
            "accounts": .integer(50),
            "episodes": Self.object([
                "judged": Self.count(judged), "match": Self.count(judged - episodes.count),
                "divergent": Self.count(episodes.count), "open": none, "incomplete": none,
                "out_of_scope": none,
            ]),
            "incomplete": Self.object(["gap": none, "no_baseline": none, "missing_facts": none]),
            "divergences": .object(classes),
            "fidelity": Self.object([
                "A": fidelity, "B": fidelity, "C": fidelity, "D": fidelity, "E": fidelity,
            ]),
            "types": Self.object(["pay_go": .integer(50)]), "unknown_types": .array([]),
            "tag_drift": none, "unconfirmed": none, "unattributed": none,
            "standing": Self.count(standing.count), "horizon": Self.time(10_000),
            "paths": Self.strings(["A", "B", "C", "D", "E"]),
        ])
    }

    private static func divergence(_ episode: Episode) -> JSONTree {
        object([
            "id": .string(episode.id), "account": .string(episode.account),
            "account_type": .string("pay_go"), "opened": time(episode.minute),
            "closed": time(episode.minute + 15), "trigger": .string("invoice.paid"),
            "phase": .integer(1), "extent": .string(episode.extent.rawValue),
            "since": time(episode.minute), "until": .null,
            "classes": strings(episode.classes.map(\.rawValue)), "facets": .array(episode.facets),
            "effect": .string("prevents"),
            "intervention": .array([
                object([
                    "class": .string("race"), "execution": .string("ex_1"), "invoice": .null,
                    "at": time(episode.minute),
                ])
            ]),
            "breaches": .array(
                episode.breaches.map { number in
                    object(["invariant": .integer(number), "detail": .string("it broke")])
                }
            ),
            "story": .string(episode.story), "records": strings(["evt_1", "ex_1"]),
            "reproducer": strings(["b_1", "evt_1"]),
            "stake": object([
                "amounts": .object(
                    episode.amounts.map { JSONTree.Member($0.currency, .integer($0.minorUnits)) }
                ),
                "subscriptions": .integer(episode.subscriptions),
            ]),
            "taken": object(["legacy": strings(["flag"]), "brain": .array([])]),
        ])
    }

    /// The report, read.
    func document() throws -> ReportDocument { try ReportDocument(json: tree.bytes) }
}

extension JSONTree {
    /// The text of it.
    var bytes: [UInt8] {
        var text = JSONText()
        text.value(self)
        return text.bytes
    }

    /// The value on one line.
    var shortText: String { String(decoding: bytes, as: UTF8.self) }

    /// What the value at a path is replaced by; the path `["divergences", "0", "id"]` is a
    /// divergence's id.
    func replacing(_ path: some Collection<String>, with value: JSONTree?) -> JSONTree {
        guard let step = path.first else { return value ?? .null }
        let rest = path.dropFirst()
        switch self {
        case .object(var members):
            guard let place = members.firstIndex(where: { $0.key == step }) else { return self }
            if rest.isEmpty, value == nil {
                members.remove(at: place)
            } else {
                members[place].value = members[place].value.replacing(rest, with: value)
            }
            return .object(members)
        case .array(var elements):
            guard let place = Int(step), elements.indices.contains(place) else { return self }
            if rest.isEmpty, value == nil {
                elements.remove(at: place)
            } else {
                elements[place] = elements[place].replacing(rest, with: value)
            }
            return .array(elements)
        default: return self
        }
    }

    /// The paths of all values below this one.
    var paths: [[String]] {
        switch self {
        case .object(let members):
            members.flatMap { member in
                [[member.key]] + member.value.paths.map { [member.key] + $0 }
            }
        case .array(let elements):
            elements.enumerated().flatMap { place, element in
                [["\(place)"]] + element.paths.map { ["\(place)"] + $0 }
            }
        default: []
        }
    }
}

/// A seeded source of numbers (SplitMix64), so that a failure names the seed that shows it again.
struct SeededNumbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(max(1, bound)))
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }
}
