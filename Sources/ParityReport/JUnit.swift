/// Test results as JUnit's XML, which every continuous integration shows.
///
/// It holds no time and no host, so that the same results give the same bytes.
package struct JUnit {
    /// The name of the suite.
    package var suite: String
    /// The results, in order.
    package var cases: [Case]

    /// A suite of results.
    package init(suite: String, cases: [Case]) {
        self.suite = suite
        self.cases = cases
    }

    /// One result.
    package struct Case {
        /// What was tested.
        package var name: String
        /// What is wrong, a line each; none where it passed.
        package var problems: [String]

        /// A result.
        package init(name: String, problems: [String]) {
            self.name = name
            self.problems = problems
        }
    }

    /// The XML.
    package var xml: String {
        let failures = cases.count { !$0.problems.isEmpty }
        let counts = "tests=\"\(cases.count)\" failures=\"\(failures)\""
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        text += "<testsuites \(counts)>\n"
        text += "  <testsuite name=\"\(Self.escaped(suite))\" \(counts) errors=\"0\">\n"
        for result in cases {
            text += "    <testcase classname=\"\(Self.escaped(suite))\" "
            text += "name=\"\(Self.escaped(result.name))\""
            guard let first = result.problems.first else {
                text += "/>\n"
                continue
            }
            let all = result.problems.joined(separator: "\n")
            text += ">\n      <failure message=\"\(Self.escaped(first))\">\(Self.escaped(all))"
            text += "</failure>\n    </testcase>\n"
        }
        return text + "  </testsuite>\n</testsuites>\n"
    }

    /// Text as XML 1.0 may hold it: marks escaped, and what it can't hold at all shown as `�`.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&", "<", ">", "\"": result += Markup.reference(to: scalar) ?? ""
            // As they stand, an attribute's would be read as spaces.
            case "\n": result += "&#10;"
            case "\t": result += "&#9;"
            case "\u{20}"..."\u{7E}", "\u{A0}"..."\u{D7FF}", "\u{E000}"..."\u{FFFD}",
                "\u{10000}"..."\u{10FFFF}":
                result.unicodeScalars.append(scalar)
            default: result += "\u{FFFD}"
            }
        }
        return result
    }
}
