extension SwimlaneDrawing {
    /// The rules of every drawing, for the style of a page that holds some.
    ///
    /// Light and dark follow the reader's system. What is told by colour is told by form as well:
    /// dashes for what would have been, stripes for where legacy and brain differ.
    package static let style = """
        .sl{--i:#1f2328;--m:#59636e;--g:#8b949e;--p:#9a4a00;--y:#e0a15e;--b:#0969da;--d:#9cc7f7;\
        --w:#116329;--v:#a5d6b0;--x:#b3004b;--z:#fff;max-width:100%;height:auto;\
        font:11px system-ui,sans-serif;color:var(--i)}
        @media (prefers-color-scheme:dark){.sl{--i:#e6edf3;--m:#9198a1;--g:#6e7681;--p:#ffa657;\
        --y:#8a5316;--b:#79b8ff;--d:#1f4f8a;--w:#56d364;--v:#1b5e2c;--x:#ff7eb6;--z:#0d1117}}
        .sl text{fill:var(--i)}.sl circle{fill:var(--i)}.sl path{fill:none;stroke:var(--i)}
        .sl-bg{fill:var(--z)}.sl .sl-d,.sl .sl-n,.sl .sl-r text{fill:var(--m)}.sl-n{text-anchor:middle}
        .sl-r{text-anchor:end}.sl .sl-l{stroke:var(--g);stroke-opacity:.35}
        .sl .sl-g{fill:var(--g);fill-opacity:.1;stroke:none}.sl .sl-z{stroke:var(--m)}
        .sl .sl-m text{fill:var(--m)}.sl .sl-i text{fill:var(--b)}
        .sl-k text,.sl text.sl-k{font-weight:700}.sl .sl-e{fill:var(--z);stroke:currentColor}
        .sl .sl-p rect{fill:var(--y);stroke:var(--p)}.sl .sl-p.sl-k rect{stroke-width:2.5}
        .sl .sl-p .sl-t{stroke:var(--p);stroke-width:2.5}
        .sl .sl-w rect{fill:none;stroke:var(--w);stroke-dasharray:4 3}
        .sl .sl-w .sl-t{stroke:var(--w);stroke-width:2.5}.sl .sl-w text{fill:var(--w)}
        .sl .sl-w circle{stroke:var(--w)}.sl g.sl-w path.sl-b{stroke:var(--w);stroke-dasharray:2 2}
        .sl path.sl-b{fill:var(--d);stroke:var(--b)}.sl path.sl-b.sl-e{fill:var(--z)}
        .sl .sl-h{stroke:var(--b);stroke-dasharray:1 4;stroke-width:2;stroke-linecap:round}
        .sl .sl-a path{stroke:var(--x);stroke-width:2}
        .sl .sl-a .sl-c{stroke-width:1.5;stroke-dasharray:2 3}.sl .sl-s{stroke:var(--x);stroke-width:2}
        .sl path.sl-y{fill:var(--y);stroke:var(--p)}
        .sl path.sl-w{fill:var(--v);stroke:var(--w);stroke-dasharray:4 3}
        .sl .sl-f{stroke:var(--g);stroke-width:2}
        .sl .sl-x{stroke:var(--x);stroke-width:9;stroke-dasharray:1.5 5}
        .sl .sl-v text{fill:var(--i);font-size:9px;paint-order:stroke;stroke:var(--z);stroke-width:3px}
        .sl .sl-o text{text-decoration:line-through}.sl .sl-q{opacity:.65}
        .sl .sl-u{stroke-width:6;stroke-linecap:round}
        """

    /// How high the legend is.
    static let legendHeight = 44

    /// What the forms mean, for a page that shows several drawings.
    package static var legend: String {
        "<svg\(namespace) class=\"sl\" role=\"img\" "
            + "viewBox=\"0 0 720 \(legendHeight)\" width=\"720\"><title>How to read it</title>"
            + legend(at: 0) + "</svg>"
    }

    /// What the forms mean, below a drawing.
    static func legend(at y: Int) -> String {
        let (one, two) = (y + 14, y + 34)
        let box = "width=\"24\" height=\"12\" rx=\"3\"/>"
        return "<path class=\"sl-l\" d=\"M0 \(y)H720\"/>"
            + "<circle cx=\"14\" cy=\"\(one)\" r=\"5\"/>" + text("event", 24, one + 4, nil)
            + "<circle class=\"sl-e\" cx=\"78\" cy=\"\(one)\" r=\"4\"/>"
            + text("read, or echo of a path", 88, one + 4, nil)
            + "<g class=\"sl-p\"><rect x=\"246\" y=\"\(one - 6)\" \(box)"
            + "<path class=\"sl-t\" d=\"M262 \(one - 6)v12\"/></g>"
            + text("a path runs and writes", 276, one + 4, nil)
            + "<g class=\"sl-w\"><rect x=\"438\" y=\"\(one - 6)\" \(box)</g>"
            + text("what would have been", 468, one + 4, nil)
            + "<path class=\"sl-b\" d=\"M624 \(one - 6)l6 6-6 6-6-6z\"/>"
            + text("brain decides", 636, one + 4, nil)
            + text("bold: in the smallest reproducer", 8, two + 4, "sl-k")
            + "<path class=\"sl-x\" d=\"M246 \(two)h24\"/>"
            + text("legacy differs from brain", 276, two + 4, nil)
            + "<g class=\"sl-a\"><path d=\"M438 \(two)h24m-6-4l6 4-6 4\"/></g>"
            + text("from a read to a write that was out of date", 468, two + 4, nil)
    }
}
