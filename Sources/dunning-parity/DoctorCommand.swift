import ArgumentParser
import LiveMirror
import ParityReport

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Looks at what a live mirror needs, and says what is wrong and how to mend it.",
        discussion: """
            Reads the configuration and tries what it names, without changing any of it. \
            Exit codes: 0 all is well, 1 something is wrong, 65 the configuration can't be read.

            Example:
              dunning-parity doctor --config watch.yaml
            """
    )

    @OptionGroup var file: WatchFile

    func run() throws {
        do {
            let configuration = try file.read()
            var findings = Doctor.examine(configuration)
            do throws(CommandFailure) {
                _ = try file.settings(configuration)
            } catch {
                findings.append(Finding(.wrong, "judging.policy", error.message))
            }
            do throws(CommandFailure) {
                if let database = try file.database(configuration) {
                    findings += Doctor.examine(database)
                }
            } catch {
                findings.append(Finding(.wrong, "postgres.mapping", error.message))
            }
            do throws(CommandFailure) {
                if let stripe = try file.stripe(configuration) {
                    findings += Doctor.examine(stripe, .system)
                }
            } catch {
                findings.append(Finding(.wrong, "stripe", error.message))
            }
            for finding in findings { print(Self.text(of: finding)) }
            let wrong = findings.count { $0.severity == .wrong }
            print(wrong == 0 ? "nothing is wrong" : "wrong: \(wrong)")
            if wrong > 0 { throw ExitCode(1) }
        } catch let failure as CommandFailure {
            throw failure.exit
        }
    }

    private static func text(of finding: Finding) -> String {
        let head = "\(finding.severity.rawValue): \(finding.part): \(finding.words)"
        guard !finding.remedy.isEmpty else { return PlainText.line(head, most: 1000) }
        return PlainText.line(head, most: 1000) + "\n    "
            + PlainText.line(finding.remedy, most: 1000)
    }
}
