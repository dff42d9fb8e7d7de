import Foundation
import MirrorLog
import MirrorStore
package import PostgresMirror
package import StripeMirror

/// What was looked at before a mirror runs, and what is wrong with it.
package struct Finding: Hashable, Sendable {
    /// How bad it is.
    package var severity: Severity
    /// What was looked at: the key of the configuration.
    package var part: String
    /// What was found.
    package var words: String
    /// What to do about it; empty where nothing is to be done.
    package var remedy: String
    /// Whether it is that the mirror could change what it watches.
    package var isDanger = false

    /// How bad a finding is.
    package enum Severity: String, CaseIterable, Sendable {
        /// As it should be.
        case well
        /// It will run, but somebody should look.
        case doubtful
        /// It will not run, or not do what it is for.
        case wrong
    }

    /// A finding from its parts.
    package init(_ severity: Severity, _ part: String, _ words: String, remedy: String = "") {
        self.severity = severity
        self.part = part
        self.words = words
        self.remedy = remedy
    }
}

extension Finding {
    /// A finding about a database.
    fileprivate init(_ finding: PostgresMirror.Finding, allowsWritingRole: Bool) {
        let severity: Severity =
            switch finding.severity {
            case .warning: .doubtful
            case .broken: .wrong
            case .dangerous: allowsWritingRole ? .doubtful : .wrong
            }
        self.init(severity, "postgres", finding.what, remedy: finding.remedy)
        isDanger = finding.severity == .dangerous
    }
}

/// Looks at what a configuration names, without changing any of it.
package enum Doctor {
    /// Looks at all of it.
    ///
    /// - Parameter configuration: The configuration, which was read.
    /// - Returns: What was found, in the order of the configuration.
    package static func examine(_ configuration: WatchConfiguration) -> [Finding] {
        var findings: [Finding] = []
        switch configuration.store {
        case .file(let path): findings.append(store(path))
        case .postgres(let target, _): findings.append(store(target: target))
        }
        if let policy = configuration.policy { findings.append(readable(policy, "judging.policy")) }
        findings.append(folder(configuration.reports))
        for followed in configuration.follow { findings.append(follow(followed)) }
        if configuration.status == nil {
            findings.append(
                Finding(
                    .doubtful,
                    "status",
                    "nothing tells how the mirror is",
                    remedy: "set `status: 127.0.0.1:9464` and let Prometheus read /metrics there"
                )
            )
        }
        return findings
    }

    /// Looks at the database.
    ///
    /// - Parameter settings: How it is to be watched.
    /// - Returns: What was found, the gravest first.
    package static func examine(_ settings: PostgresSettings) -> [Finding] {
        do throws(PostgresError) {
            let connection = try PostgresConnection(
                settings.target,
                for: .queries,
                shouldStop: { false }
            )
            let found = try SetupCheck.findings(
                connection,
                mapping: settings.mapping,
                publication: settings.publication
            )
            guard !found.isEmpty else {
                return [Finding(.well, "postgres", "it can be watched, and not written to")]
            }
            return found.map { Finding($0, allowsWritingRole: settings.allowsWritingRole) }
        } catch {
            return [Finding(.wrong, "postgres", "\(error)", remedy: "see there")]
        }
    }

    /// Looks at Stripe: at the key by itself, and whether it may read what it must.
    ///
    /// - Parameters:
    ///   - stripe: How it is to be watched.
    ///   - clock: The time.
    /// - Returns: What was found.
    package static func examine(_ stripe: StripeWatch, _ clock: StripeClock) -> [Finding] {
        let check = stripe.keyCheck
        var findings = check.findings.map { finding in
            Finding(
                finding.isRefusal ? .wrong : .doubtful,
                "stripe",
                finding.what,
                remedy: finding.mend
            )
        }
        guard check.isAccepted else { return findings }
        do {
            let refused = try stripe.client(clock).probe(shouldStop: { false })
            findings += refused.map { endPoint, failure in
                Finding(.wrong, "stripe", "\(endPoint): \(failure)", remedy: "see there")
            }
            if refused.isEmpty {
                findings.append(
                    Finding(.well, "stripe", "events, invoices and subscriptions can be read")
                )
            }
        } catch {
            findings.append(Finding(.wrong, "stripe", "\(error)", remedy: "see there"))
        }
        return findings
    }

    private static func store(_ path: String) -> Finding {
        let files = FileManager.default
        guard files.fileExists(atPath: path) else {
            let folder = (path as NSString).deletingLastPathComponent
            guard files.isWritableFile(atPath: folder.isEmpty ? "." : folder) else {
                return Finding(
                    .wrong,
                    "store",
                    "`\(path)` can't be made: its folder is not there or may not be written",
                    remedy: "make the folder, and give it to the user that the mirror runs as"
                )
            }
            return Finding(.well, "store", "`\(path)` will be made")
        }
        do throws(CaptureError) {
            let store = try SQLiteStore(path: path)
            let records = try store.sources().reduce(0) { $0 + $1.kept }
            return Finding(.well, "store", "`\(path)` holds \(records) records")
        } catch {
            return Finding(.wrong, "store", "`\(path)`: \(error)", remedy: "see there")
        }
    }

    private static func store(target: String) -> Finding {
        do throws(PostgresError) {
            let connection = try PostgresConnection(target, for: .queries)
            let answer = try connection.query(
                "SELECT has_database_privilege(current_database(), 'CREATE')",
                [],
                "looking at the store"
            )
            guard answer.first?.first == "t" else {
                return Finding(
                    .doubtful,
                    "store",
                    "its role may not make the schema `dunning_parity`",
                    remedy: "let its owner make it once: CREATE SCHEMA dunning_parity "
                        + "AUTHORIZATION the role"
                )
            }
            return Finding(.well, "store", "PostgreSQL can be reached")
        } catch {
            return Finding(.wrong, "store", "\(error)", remedy: "see there")
        }
    }

    private static func readable(_ path: String, _ part: String) -> Finding {
        FileManager.default.isReadableFile(atPath: path)
            ? Finding(.well, part, "`\(path)` can be read")
            : Finding(
                .wrong,
                part,
                "`\(path)` is not there or can't be read",
                remedy: "check the path, which is taken from the working directory"
            )
    }

    private static func folder(_ path: String) -> Finding {
        var isFolder: ObjCBool = false
        let files = FileManager.default
        guard files.fileExists(atPath: path, isDirectory: &isFolder) else {
            return Finding(.well, "reports.folder", "`\(path)` will be made")
        }
        guard isFolder.boolValue, files.isWritableFile(atPath: path) else {
            return Finding(
                .wrong,
                "reports.folder",
                "`\(path)` is no folder, or may not be written",
                remedy: "name another, or give it to the user that the mirror runs as"
            )
        }
        return Finding(.well, "reports.folder", "`\(path)` can be written")
    }

    private static func follow(_ followed: WatchConfiguration.Followed) -> Finding {
        let part = "follow, `\(followed.name)`"
        guard FileManager.default.fileExists(atPath: followed.file) else {
            return Finding(
                .doubtful,
                part,
                "`\(followed.file)` is not there yet; it is waited for",
                remedy: "check the path, which is taken from the working directory"
            )
        }
        return readable(followed.file, part)
    }
}
