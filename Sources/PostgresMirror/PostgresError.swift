/// Why the database did not do what was asked.
///
/// Its words name what was done and what the server says of it, without details, which may hold
/// customer data, and without passwords.
package struct PostgresError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was being done.
    package var operation: String
    /// What went wrong, and what to do where that is known.
    package var problem: String
    /// The server's five letters, where it is the server that refused.
    package var state: String?
    /// Whether trying again may help: a connection that was lost, a server that is starting.
    package var isPassing: Bool

    /// An error from its parts.
    package init(
        _ operation: String,
        _ problem: String,
        state: String? = nil,
        isPassing: Bool
    ) {
        self.operation = operation
        self.problem = problem
        self.state = state
        self.isPassing = isPassing
    }

    /// An error that the server reported.
    init(_ operation: String, _ problem: String, serverState: String) {
        self.init(
            operation,
            problem,
            state: serverState,
            isPassing: Self.passingClasses.contains { serverState.hasPrefix($0) }
                || serverState == Self.objectInUse
        )
    }

    /// Lost connections, short resources, operators' doing, and the server's own failures.
    private static let passingClasses = ["08", "53", "57", "58", "XX"]
    /// A slot that is still held by the connection that was lost.
    private static let objectInUse = "55006"

    /// That the caller asked to stop.
    static func stopped(_ operation: String) -> PostgresError {
        PostgresError(operation, "it was asked to stop", isPassing: true)
    }

    /// In a sentence without a capital or a full stop.
    package var description: String {
        "\(operation): \(problem)" + (state.map { " [\($0)]" } ?? "")
    }
}
