import ArgumentParser

struct GateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gate",
        abstract: "Answers whether a phase may cut over: GO, NO-GO or INSUFFICIENT.",
        discussion: """
            The gate reads reports and fails closed: what is missing is never a pass, and nothing \
            missing hides a failure. Several reports are read as one observation; each is a folder \
            that `replay --out` wrote.

            Examples:
              dunning-parity gate --phase 1 reports/today --corpus corpora/cases
              dunning-parity gate --phase 1 reports/* --waivers waivers.yaml --record reports/gates
              dunning-parity gate verify reports/gates
              dunning-parity gate history reports/gates
            """,
        subcommands: [
            GateDecideCommand.self, GateVerifyCommand.self, GateHistoryCommand.self,
            GateRollbackCommand.self,
        ],
        defaultSubcommand: GateDecideCommand.self
    )
}
