import Foundation
import Synchronization

/// A server on this machine that answers requests as a test tells it to, and remembers each of them.
///
/// It speaks HTTP by raw sockets, for it must be able to speak it badly: half a body, garbage, nothing.
package final class ScriptedStripe: Sendable {
    /// What it answers to a request; the number counts requests from 0.
    package typealias Script = @Sendable (ReceivedRequest, Int) -> ScriptedReply

    /// The port it listens on.
    package let port: UInt16
    private let listener: Int32
    private let script: Script
    private let state = Mutex(State())

    private struct State {
        var received: [ReceivedRequest] = []
        var connections: [Int32] = []
        var isStopped = false
    }

    /// A server that listens on a port of its own.
    ///
    /// - Throws: Where no port can be had.
    package init(_ script: @escaping Script) throws {
        (listener, port) = try Loopback.listen()
        self.script = script
        Thread.detachNewThread { [self] in accept() }
    }

    /// Every request so far, in the order in which they came.
    package var received: [ReceivedRequest] { state.withLock { $0.received } }

    /// The address, as a client is given it.
    package var address: String { "http://127.0.0.1:\(port)" }

    /// Cuts all connections and listens no more.
    package func stop() {
        let connections = state.withLock { state in
            state.isStopped = true
            defer { state.connections = [] }
            return state.connections
        }
        for connection in connections { _ = shutdown(connection, Int32(SHUT_RDWR)) }
        _ = shutdown(listener, Int32(SHUT_RDWR))
    }

    private func accept() {
        while true {
            let connection = Glibc.accept(listener, nil, nil)
            let isStopped = state.withLock { state in
                if connection >= 0 { state.connections.append(connection) }
                return state.isStopped
            }
            guard connection >= 0, !isStopped else { break }
            Thread.detachNewThread { [self] in serve(connection) }
        }
        _ = close(listener)
    }

    private func serve(_ connection: Int32) {
        defer {
            state.withLock { $0.connections.removeAll { $0 == connection } }
            _ = close(connection)
        }
        while let request = ReceivedRequest(from: connection) {
            let number = state.withLock { state in
                state.received.append(request)
                return state.received.count - 1
            }
            guard send(script(request, number), to: connection) else { return }
        }
    }

    /// Sends a reply; `false` where the connection ends with it.
    private func send(_ reply: ScriptedReply, to connection: Int32) -> Bool {
        switch reply {
        case .answer(let answer):
            return Loopback.send(answer.bytes, to: connection)
        case .half(let answer):
            _ = Loopback.send(Array(answer.bytes.dropLast(answer.body.count / 2)), to: connection)
            return false
        case .stalled(let answer):
            _ = Loopback.send(Array(answer.bytes.dropLast(1)), to: connection)
            _ = Loopback.receive(from: connection)  // Until the client leaves, or is cut off.
            return false
        case .raw(let bytes):
            _ = Loopback.send(bytes, to: connection)
            return false
        case .hangUp:
            return false
        }
    }
}

/// What the server does with a request.
package enum ScriptedReply: Sendable {
    /// Answers.
    case answer(ScriptedAnswer)
    /// Answers, and closes in the middle of the body.
    case half(ScriptedAnswer)
    /// Answers but for the last byte, and waits.
    case stalled(ScriptedAnswer)
    /// Sends these bytes and closes.
    case raw([UInt8])
    /// Closes.
    case hangUp

    /// An answer of JSON.
    package static func json(status: Int = 200, _ body: String) -> ScriptedReply {
        .answer(ScriptedAnswer(status: status, body: Array(body.utf8)))
    }
}

/// An answer that HTTP knows.
package struct ScriptedAnswer: Sendable {
    /// The status.
    package var status: Int
    /// The head's lines but for the length, without their ends.
    package var head: [String]
    /// The body.
    package var body: [UInt8]

    /// An answer.
    package init(status: Int = 200, head: [String] = [], body: [UInt8] = []) {
        self.status = status
        self.head = head
        self.body = body
    }

    /// The answer as it is sent.
    package var bytes: [UInt8] {
        let lines = ["HTTP/1.1 \(status) Scripted", "Content-Length: \(body.count)"] + head
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
    }
}

/// A request as it came.
package struct ReceivedRequest: Hashable, Sendable {
    /// The first line: method, target and version.
    package var line: String
    /// The further lines of the head.
    package var head: [String]
    /// The body; empty for a request that only reads.
    package var body: [UInt8]

    /// The method.
    package var method: String { String(line.prefix { $0 != " " }) }

    /// Path and query.
    package var target: String {
        let parts = line.split(separator: " ")
        return parts.count == 3 ? String(parts[1]) : ""
    }

    /// A field of the head, by its name in lower case.
    package func field(_ name: String) -> String? {
        for line in head where line.lowercased().hasPrefix(name + ":") {
            return line.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)
        }
        return nil
    }

    /// Waits for the next request of a connection; `nil` where none comes.
    init?(from connection: Int32) {
        var bytes: [UInt8] = []
        let end = Array("\r\n\r\n".utf8)
        while !bytes.suffix(4).elementsEqual(end) {
            guard let byte = Loopback.receive(from: connection) else { return nil }
            bytes.append(byte)
        }
        let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
        line = lines.first ?? ""
        head = lines.dropFirst().filter { !$0.isEmpty }
        body = []
        let length = field("content-length").flatMap { Int($0) } ?? 0
        while body.count < length {
            guard let byte = Loopback.receive(from: connection) else { return nil }
            body.append(byte)
        }
    }
}
