import BillingModel
import MirrorLog
import StripeMirror
import Testing

struct RawJSONTests {
    @Test("a member is cut out as it is written, and of two the last")
    func member() throws {
        let text = try RawJSON.slice(
            #" {"a" : "x,]}\"", "b":[1, {"c" : 2}] ,"n":-1.50e+3,"a":{"a":null}, "é":true} "#
        )
        #expect(RawJSON.member("a", of: text)?.text == #"{"a":null}"#)
        #expect(RawJSON.member("b", of: text)?.text == #"[1, {"c" : 2}]"#)
        #expect(RawJSON.member("n", of: text)?.text == "-1.50e+3")
        #expect(RawJSON.member("é", of: text)?.text == "true")
        #expect(RawJSON.member("c", of: text) == nil)
        #expect(RawJSON.member("a", of: try RawJSON.slice("[1]")) == nil)
        #expect(RawJSON.member("a", of: try RawJSON.slice("{}")) == nil)
    }

    @Test("an array is cut into its elements")
    func elements() throws {
        let elements = RawJSON.elements(of: try RawJSON.slice(#"[ 1,"a]" ,[ ],{"b":[2]},null ]"#))
        #expect(elements?.map(\.text) == ["1", #""a]""#, "[ ]", #"{"b":[2]}"#, "null"])
        #expect(RawJSON.elements(of: try RawJSON.slice("[]"))?.isEmpty == true)
        #expect(RawJSON.elements(of: try RawJSON.slice("{}")) == nil)
    }

    @Test(
        "a text that is no JSON is not cut",
        arguments: ["", "{", #"{"a":1"#, "[1,]", "nul", "{}{}", "\u{0}", "[1 2]"]
    )
    func noJSON(text: String) {
        #expect(throws: RecordError.self) { try RawJSON.slice(text) }
    }

    @Test("on one line it is the same JSON, and loses nothing but line breaks", arguments: 1...200)
    func random(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let text = RandomJSON.text(&random, depth: 4)
        let slice = try RawJSON.slice(text)
        let line = RawJSON.onOneLine(slice)
        #expect(!line.contains(UInt8(ascii: "\n")))
        #expect(try JSONTree(line) == JSONTree(text.bytes))
        #expect(line == Array(slice).filter { $0 != 0x0A })
        try expectSame(slice, try JSONTree(text.bytes))
    }

    /// Holds what is cut against the tree that the scanner makes.
    private func expectSame(_ slice: RawJSON.Slice, _ tree: JSONTree) throws {
        #expect(try JSONTree(Array(slice)) == tree)
        if case .array(let elements) = tree {
            let cut = try #require(RawJSON.elements(of: slice))
            #expect(cut.count == elements.count)
            for (slice, element) in zip(cut, elements) { try expectSame(slice, element) }
        }
        if case .object(let members) = tree {
            for key in Set(members.map(\.key)).sorted() {
                let last = try #require(members.last { $0.key == key })
                try expectSame(try #require(RawJSON.member(key, of: slice)), last.value)
            }
        }
    }
}

/// JSON with much that could be mistaken: brackets in strings, escapes, white space, names twice.
enum RandomJSON {
    static func text(_ random: inout SplitMix64, depth: Int) -> String {
        let space = [" ", "", "", "\n", "\r\n\t"]
        let pad = { (random: inout SplitMix64) in space[random.below(space.count)] }
        let value: String
        switch random.below(depth > 0 ? 7 : 5) {
        case 0: value = ["null", "true", "false"][random.below(3)]
        case 1: value = ["0", "-1", "1.5e-3", "9007199254740993"][random.below(4)]
        case 2, 3, 4: value = string(&random)
        case 5:
            let elements = (0..<random.below(4)).map { _ in text(&random, depth: depth - 1) }
            value = "[" + pad(&random) + elements.joined(separator: ",") + "]"
        default:
            let members = (0..<random.below(5)).map { _ in
                ["\"a\"", "\"b\"", "\"a b\"", "\"}\""][random.below(4)] + pad(&random) + ":"
                    + text(&random, depth: depth - 1)
            }
            value = "{" + pad(&random) + members.joined(separator: ",") + "}"
        }
        return pad(&random) + value + pad(&random)
    }

    private static func string(_ random: inout SplitMix64) -> String {
        let parts = ["a", "{", "}", "[", "]", ",", ":", "\\\"", "\\\\", "\\n", "é", "\\u0022", " "]
        return "\"" + (0..<random.below(6)).map { _ in parts[random.below(parts.count)] }.joined()
            + "\""
    }
}
