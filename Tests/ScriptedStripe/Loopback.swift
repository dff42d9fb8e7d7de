import Foundation

/// Sockets on this machine.
package enum Loopback {
    /// Why there is no socket.
    package struct Failure: Error {
        /// The system's number for it.
        package var number: Int32
    }

    /// A socket that listens on a free port of 127.0.0.1, and which.
    static func listen() throws -> (socket: Int32, port: UInt16) {
        let listener = try openSocket()
        var address = address(of: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, size) == 0 && Glibc.listen(listener, 128) == 0
                    && getsockname(listener, pointer, &size) == 0
            }
        }
        guard isListening else { throw Failure(number: errno) }
        return (listener, UInt16(bigEndian: address.sin_port))
    }

    /// A port of 127.0.0.1 that nobody has at the moment.
    package static func freePort() throws -> UInt16 {
        let (listener, port) = try listen()
        close(listener)
        return port
    }

    /// A connection to a port of 127.0.0.1.
    package static func connect(to port: UInt16) throws -> Int32 {
        let connection = try openSocket()
        var address = address(of: port)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(connection, $0, size)
            }
        }
        guard result == 0 else { throw Failure(number: errno) }
        return connection
    }

    /// Sends all bytes; `false` where the other side is gone.
    package static func send(_ bytes: [UInt8], to connection: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// The next byte; `nil` where no more comes.
    package static func receive(from connection: Int32) -> UInt8? {
        var byte: UInt8 = 0
        return recv(connection, &byte, 1, 0) == 1 ? byte : nil
    }

    /// Closes a connection.
    package static func close(_ connection: Int32) { _ = Glibc.close(connection) }

    private static func openSocket() throws -> Int32 {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { throw Failure(number: errno) }
        var one: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &one, size)
        return socket
    }

    private static func address(of port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }
}

/// A client of HTTP that sends what it is told to, and reads one answer after the other.
///
/// Proof for `Sendable`: its one member is a number that never changes.
package final class PlainClient: Sendable {
    private let connection: Int32

    /// A connection to a port of this machine.
    package init(port: UInt16) throws { connection = try Loopback.connect(to: port) }

    deinit { Loopback.close(connection) }

    /// Sends a request and waits for its answer.
    ///
    /// - Parameters:
    ///   - line: Method and path.
    ///   - head: The head's lines but for host and length.
    ///   - body: The body.
    /// - Returns: The answer; `nil` where none comes.
    package func send(
        _ line: String,
        _ head: [String] = [],
        _ body: [UInt8] = []
    ) async -> (status: Int, head: String, body: String)? {
        // On a thread of its own: a test that blocks one of the few of its pool starves its server.
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in
                continuation.resume(returning: sendNow(line, head, body))
            }
        }
    }

    /// Sends a request and waits for its answer on the calling thread.
    package func sendNow(
        _ line: String,
        _ head: [String] = [],
        _ body: [UInt8] = []
    ) -> (status: Int, head: String, body: String)? {
        let lines = ["\(line) HTTP/1.1", "Host: tap", "Content-Length: \(body.count)"] + head
        let request = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
        guard Loopback.send(request, to: connection) else { return nil }
        return answer()
    }

    private func answer() -> (status: Int, head: String, body: String)? {
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            guard let byte = Loopback.receive(from: connection) else { return nil }
            head.append(byte)
        }
        let text = String(decoding: head, as: UTF8.self)
        let lines = text.lowercased().components(separatedBy: "\r\n")
        let length = lines.first { $0.hasPrefix("content-length:") }?.dropFirst(15) ?? "0"
        var body: [UInt8] = []
        while body.count < Int(length.trimmingCharacters(in: .whitespaces)) ?? 0 {
            guard let byte = Loopback.receive(from: connection) else { return nil }
            body.append(byte)
        }
        let status = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return (status, text, String(decoding: body, as: UTF8.self))
    }
}
