package import BillingModel
import FlyingFox
import FlyingSocks
import Foundation
import ServiceLifecycle

/// Serves metrics at `/metrics` and health at `/health`.
package struct StatusServer: Service {
    private let address: WatchConfiguration.Address
    private let status: WatchStatus
    private let now: @Sendable () -> Instant

    /// A server; nothing listens until it runs.
    ///
    /// - Parameters:
    ///   - address: Where it listens.
    ///   - status: What it tells.
    ///   - now: The time.
    package init(
        _ address: WatchConfiguration.Address,
        _ status: WatchStatus,
        now: @escaping @Sendable () -> Instant
    ) {
        self.address = address
        self.status = status
        self.now = now
    }

    package func run() async throws {
        let server = HTTPServer(
            address: try .inet(ip4: address.host, port: address.port),
            logger: .disabled
        )
        let (status, now) = (status, now)
        await server.appendRoute("GET /metrics") { _ in
            let text = MetricsText(status.facts, at: now()).text
            return HTTPResponse(
                statusCode: .ok,
                headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: Data(text.utf8)
            )
        }
        await server.appendRoute("GET /health") { _ in
            let troubles = status.facts.troubles.map { "\($0.part): \($0.words)\n" }.joined()
            return HTTPResponse(
                statusCode: troubles.isEmpty ? .ok : .serviceUnavailable,
                headers: [.contentType: "text/plain; charset=utf-8"],
                body: Data((troubles.isEmpty ? "well\n" : troubles).utf8)
            )
        }
        try await withGracefulShutdownHandler {
            do {
                try await server.run()
            } catch  where Task.isShuttingDownGracefully {
                // A server that was told to stop ends with an error of its own.
            }
        } onGracefulShutdown: {
            Task { await server.stop(timeout: 1) }
        }
    }
}
