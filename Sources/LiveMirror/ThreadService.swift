import Foundation
import ServiceLifecycle
import Synchronization

/// Work that blocks, on a thread of its own, as a service that can be stopped.
package struct ThreadService: Service {
    private let name: String
    private let body: @Sendable (_ shouldStop: @escaping @Sendable () -> Bool) throws -> Void

    /// A service.
    ///
    /// - Parameters:
    ///   - name: The thread's name.
    ///   - body: The work. It asks often whether to stop, and returns soon after it was told to.
    package init(
        _ name: String,
        _ body: @escaping @Sendable (_ shouldStop: @escaping @Sendable () -> Bool) throws -> Void
    ) {
        self.name = name
        self.body = body
    }

    package func run() async throws {
        let flag = StopFlag()
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await withCheckedThrowingContinuation {
                (done: CheckedContinuation<Void, any Error>) in
                let thread = Thread { [body] in
                    done.resume(with: Result { try body { flag.isSet } })
                }
                thread.name = name
                thread.start()
            }
        } onCancelOrGracefulShutdown: {
            flag.set()
        }
    }

    private final class StopFlag: Sendable {
        private let value = Atomic(false)
        var isSet: Bool { value.load(ordering: .acquiring) }
        func set() { value.store(true, ordering: .releasing) }
    }
}
