package import BillingModel
import FlyingFox
import FlyingSocks
import Foundation
import Synchronization

/// The HTTP end point that Stripe sends events to.
///
/// It answers 200 once a delivery's records are durable, and never before: whatever else it answers,
/// Stripe sends the event again. It speaks plain HTTP, to be put behind what ends TLS.
package final class WebhookTap: Sendable {
    private let settings: Settings
    private let keeper: WebhookKeeper
    private let now: @Sendable () -> Instant
    private let server: HTTPServer
    private let refused = Mutex<[String: Int]>([:])

    /// Where the tap listens, and what it takes.
    package struct Settings: Sendable {
        /// The address of an interface; by default this machine alone.
        package var host: String
        /// The port; 0 for any that is free.
        package var port: UInt16
        /// The paths that take events.
        package var routes: [WebhookRoute]
        /// How many bytes a body may have; Stripe's have a few hundred thousand at most.
        package var bodyLimit: Int
        /// How many seconds a request may take.
        package var timeoutSeconds: Int

        /// Settings; what is not given is as behind a proxy on the same machine.
        package init(
            host: String = "127.0.0.1",
            port: UInt16,
            routes: [WebhookRoute],
            bodyLimit: Int = 1 << 20,
            timeoutSeconds: Int = 20
        ) {
            self.host = host
            self.port = port
            self.routes = routes
            self.bodyLimit = bodyLimit
            self.timeoutSeconds = timeoutSeconds
        }
    }

    /// The path that says whether deliveries can be kept.
    package static let healthPath = "/healthz"

    /// A tap that does not listen yet.
    ///
    /// - Parameters:
    ///   - settings: Where it listens, and what it takes.
    ///   - keeper: What keeps deliveries.
    ///   - now: The time.
    /// - Throws: ``StripeFailure`` where the address is none.
    package init(
        _ settings: Settings,
        keeper: WebhookKeeper,
        now: @escaping @Sendable () -> Instant
    ) throws(StripeFailure) {
        self.settings = settings
        self.keeper = keeper
        self.now = now
        server = try Self.server(settings)
    }

    /// How many deliveries were refused, by the word for why.
    package var refusals: [String: Int] { refused.withLock { $0 } }

    /// Listens until the task is cancelled or the tap is stopped.
    ///
    /// - Throws: Where the address can't be had.
    package func run() async throws {
        await server.appendRoute("*") { [self] request in await respond(to: request) }
        do {
            try await server.run()
        } catch SocketError.disconnected {
            return  // Stopped.
        } catch is CancellationError {
            return
        }
    }

    /// Stops listening, once the requests under way are answered.
    ///
    /// - Parameter seconds: How long they may take.
    package func stop(within seconds: Int = 5) async {
        await server.stop(timeout: TimeInterval(seconds))
    }

    /// The port that the tap listens on, once it does.
    ///
    /// - Throws: Where it does not within five seconds.
    package func port() async throws -> UInt16 {
        try await server.waitUntilListening(timeout: 5)
        switch await server.listeningAddress {
        case .ip4(_, let port), .ip6(_, let port): return port
        default: throw StripeFailure.transport(.setUp("the tap does not listen on a port"))
        }
    }

    private static func server(_ settings: Settings) throws(StripeFailure) -> HTTPServer {
        do {
            var configuration: HTTPServer.Configuration
            if settings.host.contains(":") {
                let address = try sockaddr_in6.inet6(ip6: settings.host, port: settings.port)
                configuration = .init(address: address, logger: .disabled)
            } else {
                let address = try sockaddr_in.inet(ip4: settings.host, port: settings.port)
                configuration = .init(address: address, logger: .disabled)
            }
            configuration.timeout = TimeInterval(settings.timeoutSeconds)
            // A body is read whole where it may be kept, and never held where it is too long.
            configuration.sharedRequestBufferSize = settings.bodyLimit
            configuration.sharedRequestReplaySize = settings.bodyLimit
            return HTTPServer(config: configuration)
        } catch {
            throw .transport(.setUp("`\(settings.host)` is no address of an interface: \(error)"))
        }
    }

    private func respond(to request: HTTPRequest) async -> HTTPResponse {
        if request.path == Self.healthPath, request.method == .GET { return health }
        guard let route = settings.routes.first(where: { $0.path == request.path }) else {
            return refuse(.unknownPath, "no events are taken at this path", "unknown_path")
        }
        if request.method == .OPTIONS, case .token = route.trust { return handshake(request) }
        guard request.method == .POST else {
            return refuse(.wrongMethod, "events are taken by POST", "wrong_method")
        }
        let body: [UInt8]
        do {
            body = try await self.body(of: request)
        } catch is TooLong {
            let words = "the body is longer than \(settings.bodyLimit) bytes"
            return refuse(.tooLong, words, "too_long")
        } catch {
            return refuse(.refused, "the body broke off", "broken_body")
        }
        let refusal = route.refusal(
            signature: request.headers[HTTPHeader("Stripe-Signature")],
            authorization: request.headers[.authorization],
            body: body,
            at: now()
        )
        if let refusal { return refuse(refusal.status, refusal.words, refusal.name) }
        return response(await kept(body))
    }

    private func kept(_ body: [UInt8]) async -> WebhookAnswer {
        let seen = now()
        return await withCheckedContinuation { continuation in
            keeper.keep(body, seen: seen) { continuation.resume(returning: $0) }
        }
    }

    /// The body; one that is too long is read to its end all the same, lest its rest be taken for the
    /// connection's next request, but is not held.
    private func body(of request: HTTPRequest) async throws -> [UInt8] {
        var body: [UInt8] = []
        var isTooLong = (request.bodySequence.count ?? 0) > settings.bodyLimit
        for try await chunk in request.bodySequence {
            isTooLong = isTooLong || chunk.count > settings.bodyLimit - body.count
            if isTooLong { body = [] } else { body.append(contentsOf: chunk) }
        }
        if isTooLong { throw TooLong() }
        return body
    }

    private struct TooLong: Error {}

    private var health: HTTPResponse {
        let isKeeping = keeper.tally.isKeeping
        return HTTPResponse(
            statusCode: isKeeping ? .ok : .serviceUnavailable,
            body: Data((isKeeping ? "keeping\n" : "deliveries can't be kept\n").utf8)
        )
    }

    /// CloudEvents' question whether events may be sent here.
    private func handshake(_ request: HTTPRequest) -> HTTPResponse {
        let origin = request.headers[HTTPHeader("WebHook-Request-Origin")] ?? "*"
        let headers: HTTPHeaders = [
            HTTPHeader("WebHook-Allowed-Origin"): origin, HTTPHeader("Allow"): "POST",
        ]
        return HTTPResponse(statusCode: .ok, headers: headers)
    }

    private func refuse(
        _ status: WebhookAnswer.Status,
        _ words: String,
        _ name: String
    ) -> HTTPResponse {
        refused.withLock { $0[name, default: 0] += 1 }
        return response(WebhookAnswer(status: status, words: words, name: name))
    }

    private func response(_ answer: WebhookAnswer) -> HTTPResponse {
        var headers: HTTPHeaders = [.contentType: "text/plain; charset=utf-8"]
        if answer.status == .unavailable { headers[HTTPHeader("Retry-After")] = "5" }
        // Head and body go out by two writes, and the second waits for a late acknowledgement of the
        // first: so what is answered a thousand times a second is said in the head alone.
        let words = answer.words.isEmpty ? "" : answer.words + "\n"
        return HTTPResponse(
            statusCode: HTTPStatusCode(answer.status.rawValue, phrase: answer.name),
            headers: headers,
            body: Data(words.utf8)
        )
    }
}
