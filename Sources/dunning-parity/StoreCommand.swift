import ArgumentParser
import Glibc
import LiveMirror
import MirrorLog
import MirrorStore
import ParityReport

struct StoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Shows what a live mirror keeps: its log, verdicts, rejects and sources.",
        discussion: """
            The store may be looked at while the mirror runs. The log and the rejects hold customer \
            data.

            Examples:
              dunning-parity store log --config watch.yaml | dunning-parity replay -
              dunning-parity store verdicts --config watch.yaml | grep '"outcome":"divergent"'
              dunning-parity store sources --config watch.yaml
            """,
        subcommands: [Log.self, Verdicts.self, Rejects.self, Sources.self]
    )

    struct Log: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints the mirror log, in the order in which it became durable."
        )
        @OptionGroup var file: WatchFile

        func run() throws {
            try StoreCommand.show(file) { store, out throws(CaptureError) in
                var offset: Int64 = 0
                while true {
                    let records = try store.records(after: offset, limit: 4096)
                    guard let last = records.last else { return }
                    for record in records { out(record.line) }
                    offset = last.offset
                }
            }
        }
    }

    struct Verdicts: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints the verdicts of settled episodes, a line of JSON each."
        )
        @OptionGroup var file: WatchFile

        func run() throws {
            try StoreCommand.show(file) { store, out throws(CaptureError) in
                try store.forEachVerdict { out($0.content) }
            }
        }
    }

    struct Rejects: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints what could not be read, a line of JSON each."
        )
        @OptionGroup var file: WatchFile

        func run() throws {
            try StoreCommand.show(file) { store, out throws(CaptureError) in
                try store.forEachReject { rejected in
                    var text = JSONText()
                    text.object { text in
                        text.member("source", rejected.source)
                        text.member("place", rejected.reject.place)
                        text.member("reason", rejected.reject.reason)
                        let content = String(decoding: rejected.reject.content, as: UTF8.self)
                        text.member("content", content)
                    }
                    out(text.bytes)
                }
            }
        }
    }

    struct Sources: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints what each source has delivered, and how far it has come."
        )
        @OptionGroup var file: WatchFile

        func run() throws {
            try StoreCommand.show(file) { store, out throws(CaptureError) in
                var table = TextTable([
                    ("source", .left), ("kept", .right), ("redelivered", .right),
                    ("rejected", .right), ("position", .left),
                ])
                for counts in try store.sources() {
                    table.add([
                        PlainText.line(counts.source, most: 40),
                        Figures.grouped(counts.kept),
                        Figures.grouped(counts.redelivered),
                        Figures.grouped(counts.rejected),
                        PlainText.line(counts.position ?? "-", most: 40),
                    ])
                }
                out(Array(table.text.utf8.dropLast()))
            }
        }
    }

    /// Opens the store and prints lines of it.
    private static func show(
        _ file: WatchFile,
        _ body: (any MirrorStore, _ out: ([UInt8]) -> Void) throws(CaptureError) -> Void
    ) throws {
        do throws(CommandFailure) {
            let store = try file.existingStore(file.read())
            do throws(CaptureError) {
                try body(store) { line in print(String(decoding: line, as: UTF8.self)) }
            } catch {
                throw CommandFailure(code: .inputOutput, message: error.description)
            }
        } catch {
            throw error.exit
        }
    }
}

extension WatchFile {
    /// Opens the store of a mirror that has run.
    fileprivate func existingStore(
        _ configuration: WatchConfiguration
    ) throws(CommandFailure) -> any MirrorStore {
        if case .file(let path) = configuration.store, access(path, F_OK) != 0 {
            throw CommandFailure(
                code: .noInput,
                message: "`\(path)` is not there: no mirror has run with this "
                    + "configuration, in this working directory"
            )
        }
        return try store(configuration)
    }
}
