import MirrorLog
import RegressionCorpus
import Testing

/// Differences between two values, each with its place.
struct TreeDifferenceTests {
    private func differences(_ expected: String, _ actual: String) throws -> [String] {
        TreeDifference.between(
            expected: try JSONTree(Array(expected.utf8)),
            actual: try JSONTree(Array(actual.utf8))
        ).map(\.description)
    }

    @Test("a value does not differ from itself, nor from itself with its members in another order")
    func same() throws {
        let value = #"{"a":[1,{"b":null}],"c":"x"}"#
        #expect(try differences(value, value).isEmpty)
        #expect(try differences(value, #"{"c":"x","a":[1,{"b":null}]}"#).isEmpty)
        #expect(try differences("{}", "{}").isEmpty)
    }

    @Test(
        "each difference is told on a line, with its place",
        arguments: [
            (#"{"a":1}"#, #"{"a":2}"#, ["a: expected 1, came 2"]),
            (
                #"{"a":{"b":[{"c":true}]}}"#, #"{"a":{"b":[{"c":false}]}}"#,
                [
                    "a.b[0].c: expected true, came false"
                ]
            ),
            (
                #"{"a":[1,2,3]}"#, #"{"a":[1,9]}"#,
                [
                    "a[1]: expected 2, came 9", "a[2]: expected 3, came nothing",
                ]
            ),
            (#"{"a":[]}"#, #"{"a":[{"x":1}]}"#, ["a[0].x: expected nothing, came 1"]),
            (
                #"{"a":1,"b":2}"#, #"{"b":2,"c":3}"#,
                [
                    "a: expected 1, came nothing", "c: expected nothing, came 3",
                ]
            ),
            (#"{"a":null}"#, "{}", ["a: expected null, came nothing"]),
            (#"{"a":"1"}"#, #"{"a":1}"#, [#"a: expected "1", came 1"#]),
            (#"{"a":[]}"#, #"{"a":{}}"#, ["a: expected [], came {}"]),
            (#"{"a":"x\ny"}"#, #"{"a":"x"}"#, [#"a: expected "x\ny", came "x""#]),
            (
                #"{"a":1.5}"#, #"{"a":1}"#,
                [
                    "a: expected a number that is no 64-bit integer, came 1"
                ]
            ),
        ]
    )
    func told(expected: String, actual: String, lines: [String]) throws {
        #expect(try differences(expected, actual) == lines)
    }

    @Test("an order of elements is part of a value")
    func order() throws {
        #expect(try differences(#"{"a":[1,2]}"#, #"{"a":[2,1]}"#).count == 2)
    }

    @Test("of two values that differ something is told, and the same many things both ways")
    func complete() throws {
        let outcomes = try ["void-43-seconds-after-mark", "paid-three-times", "fail-path-f"].map {
            try CaseExpectation(reading: #require(try KeptCorpus.named($0).expectation))
                .outcome
        }
        for expected in outcomes {
            for actual in outcomes {
                let there = TreeDifference.between(expected: expected, actual: actual)
                let back = TreeDifference.between(expected: actual, actual: expected)
                #expect(there.isEmpty == (expected == actual))
                #expect(Set(there.map(\.place)) == Set(back.map(\.place)))
                #expect(there.count == Set(there.map(\.place)).count)
            }
        }
    }
}
