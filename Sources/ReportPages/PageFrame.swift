import Crypto
import Mustache

/// What all pages have in common: templates, style, program, and the policy that keeps a page from
/// asking the network for anything.
enum PageFrame {
    /// A template of this program.
    enum Template: String {
        case report, gate

        fileprivate var text: String {
            switch self {
            case .report: String(decoding: PackageResources.report_mustache, as: UTF8.self)
            case .gate: String(decoding: PackageResources.gate_mustache, as: UTF8.self)
            }
        }
    }

    /// The style of all pages, and of the drawings within them.
    static let style =
        String(decoding: PackageResources.page_css, as: UTF8.self) + SwimlaneDrawing.style + "\n"

    /// The program of `report.html`.
    static let script = String(decoding: PackageResources.report_js, as: UTF8.self)

    /// Fills a template in.
    ///
    /// - Parameters:
    ///   - template: The template.
    ///   - model: Its values, by name; texts are ``HTML``.
    /// - Returns: The page.
    /// - Throws: ``PageError/template(_:)``.
    static func render(_ template: Template, _ model: some Sendable) throws(PageError) -> String {
        do {
            return try MustacheTemplate(string: template.text).render(model)
        } catch {
            throw .template(template.rawValue)
        }
    }

    /// A Content-Security-Policy under which nothing is fetched, and only what this program wrote runs.
    ///
    /// - Parameters:
    ///   - style: The text of the page's style.
    ///   - script: The text of its program; `nil` where it has none.
    /// - Returns: The policy.
    static func policy(style: String, script: String? = nil) -> HTML {
        let scripts = script.map { "'sha256-\(digest($0))'" } ?? "'none'"
        return HTML(
            markup: "default-src 'none'; base-uri 'none'; form-action 'none'; "
                + "style-src 'sha256-\(digest(style))'; script-src \(scripts)"
        )
    }

    private static func digest(_ text: String) -> String {
        let digest = Array(SHA256.hash(data: Array(text.utf8)))
        return String(decoding: Packed.base64(digest), as: UTF8.self)
    }
}
