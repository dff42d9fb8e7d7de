import BillingModel
import Foundation
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// A drawing as a browser would take it in: its elements, read as XML.
struct Picture {
    /// One element.
    struct Element {
        let name: String
        let attributes: [String: String]
        /// The text right inside.
        var text = ""
        /// The `title` of the innermost group around it.
        var title: String?
        /// The classes of the groups around it.
        var groups: [String] = []

        /// A number among its attributes.
        func number(_ name: String) -> Int? { attributes[name].flatMap { Int($0) } }

        /// Its classes.
        var classes: [String] {
            (attributes["class"] ?? "").split(separator: " ").map { String($0) }
        }
    }

    /// The elements, in the order in which they begin.
    let elements: [Element]

    /// Reads a drawing; what is not well-formed fails the test.
    init(_ svg: String) throws {
        let reader = Reader()
        let parser = XMLParser(data: Data(svg.utf8))
        parser.delegate = reader
        let isRead = parser.parse()
        try #require(isRead, "\(parser.parserError.map { "\($0)" } ?? "") in \(svg.prefix(200))")
        elements = reader.elements
    }

    /// The size of what is shown.
    var size: (width: Int, height: Int) {
        let box = (elements.first?.attributes["viewBox"] ?? "").split(separator: " ")
        let numbers = box.compactMap { Int($0) }
        return numbers.count == 4 ? (numbers[2], numbers[3]) : (0, 0)
    }

    /// The elements of a class.
    func of(_ style: String) -> [Element] { elements.filter { $0.classes.contains(style) } }

    /// The texts.
    var texts: [Element] { elements.filter { $0.name == "text" } }

    /// What stands at an instant that its title tells, with where it stands.
    var told: [(at: Instant, x: Int)] {
        elements.compactMap { element in
            guard element.name == "circle" || element.name == "path", let title = element.title,
                let at = title.split(separator: ", ").lazy.compactMap({ Instant(rfc3339: $0) })
                    .first
            else { return nil }
            if let x = element.number("cx") { return (at, x) }
            // A decision is a square on its corner, which begins above its middle.
            guard element.classes.contains("sl-b") else { return nil }
            return Pen(element.attributes["d"] ?? "").points.first.map { (at, $0.x) }
        }
    }

    /// All points that something is drawn at.
    var points: [(x: Int, y: Int)] {
        elements.flatMap { element -> [(x: Int, y: Int)] in
            switch element.name {
            case "circle":
                guard let x = element.number("cx"), let y = element.number("cy"),
                    let radius = element.number("r")
                else { return [(-1, -1)] }
                return [(x - radius, y - radius), (x + radius, y + radius)]
            case "rect":
                let (x, y) = (element.number("x") ?? 0, element.number("y") ?? 0)
                guard let width = element.number("width"), let height = element.number("height")
                else { return [(-1, -1)] }
                return [(x, y), (x + width, y + height)]
            case "text":
                guard let x = element.number("x"), let y = element.number("y") else {
                    return [(-1, -1)]
                }
                return [(x, y)]
            case "path": return Pen(element.attributes["d"] ?? "").points
            default: return []
            }
        }
    }

    private final class Reader: NSObject, XMLParserDelegate {
        var elements: [Element] = []
        private var open: [Int] = []
        private var titles: [String?] = []
        private var groups: [[String]] = []

        func parser(
            _ parser: XMLParser,
            didStartElement elementName: String,
            namespaceURI: String?,
            qualifiedName: String?,
            attributes: [String: String]
        ) {
            open.append(elements.count)
            if elementName == "g" { titles.append(nil) }
            let title = titles.last.flatMap { $0 }
            var element = Element(name: elementName, attributes: attributes, title: title)
            element.groups = groups.flatMap { $0 }
            if elementName == "g" { groups.append(element.classes) }
            elements.append(element)
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) {
            if let last = open.last { elements[last].text += string }
        }

        func parser(
            _ parser: XMLParser,
            didEndElement elementName: String,
            namespaceURI: String?,
            qualifiedName: String?
        ) {
            if let last = open.popLast(), elementName == "title", !titles.isEmpty {
                titles[titles.count - 1] = elements[last].text
            }
            if elementName == "g" {
                titles.removeLast()
                groups.removeLast()
            }
        }
    }
}

/// Follows a path of SVG, as far as the drawings use its commands.
struct Pen {
    /// The points it comes by; a corner no drawing has for what can't be read.
    private(set) var points: [(x: Int, y: Int)] = []

    init(_ path: String) {
        var (x, y) = (0, 0)
        for (command, numbers) in Self.commands(path) {
            switch (command, numbers.count) {
            case ("M", 2), ("L", 2): (x, y) = (numbers[0], numbers[1])
            case ("H", 1): x = numbers[0]
            case ("V", 1): y = numbers[0]
            case ("h", 1): x += numbers[0]
            case ("v", 1): y += numbers[0]
            case ("C", 6): (x, y) = (numbers[4], numbers[5])
            case ("m", _), ("l", _):
                for place in stride(from: 0, to: numbers.count - 1, by: 2) {
                    (x, y) = (x + numbers[place], y + numbers[place + 1])
                    points.append((x, y))
                }
                continue
            case ("a", 7): (x, y) = (x + numbers[5], y + numbers[6])
            case ("z", 0): continue
            default: (x, y) = (-1, -1)
            }
            points.append((x, y))
        }
    }

    private static func commands(_ path: String) -> [(Character, [Int])] {
        var result: [(Character, [Int])] = []
        var number = ""
        func close() {
            if !number.isEmpty { result[result.count - 1].1.append(Int(number) ?? -1_000_000) }
            number = ""
        }
        for character in path {
            if character.isLetter {
                close()
                result.append((character, []))
            } else if character == " " || character == "," {
                close()
            } else if character == "-", !number.isEmpty {
                close()
                number = "-"
            } else {
                number.append(character)
            }
        }
        close()
        return result
    }
}
