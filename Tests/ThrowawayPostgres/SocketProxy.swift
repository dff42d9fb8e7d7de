import Foundation
import Glibc
import Synchronization

/// Stands between a client and a server's socket, and cuts connections when it is told to.
package final class SocketProxy: Sendable {
    /// The folder of its own socket, to connect through.
    package let folder: String
    private let listener: Int32
    private let server: String
    private let state: Mutex<State>

    private struct State {
        var allowances: [Int]
        var cuts = 0
        var isStopped = false
    }

    /// Opens a proxy.
    ///
    /// - Parameters:
    ///   - sockets: The folder of the server's socket.
    ///   - allowances: How many bytes each connection in turn may have from the server before it is
    ///     cut; those behind the last may have all.
    /// - Throws: ``ThrowawayPostgres/Failure`` where it can't listen.
    package init(to sockets: String, cutting allowances: [Int]) throws {
        var name = Array((NSTemporaryDirectory() + "/proxy-XXXXXX").utf8CString)
        guard mkdtemp(&name) != nil else {
            throw ThrowawayPostgres.Failure(description: "no temporary folder")
        }
        folder = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        server = sockets + "/.s.PGSQL.5432"
        state = Mutex(State(allowances: allowances))
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let path = folder + "/.s.PGSQL.5432"
        guard Self.address(path, { bind(listener, $0, $1) }) == 0, listen(listener, 16) == 0 else {
            throw ThrowawayPostgres.Failure(description: "the proxy can't listen")
        }
        Thread.detachNewThread { [self] in accept() }
    }

    /// How many connections were cut.
    package var cuts: Int { state.withLock { $0.cuts } }

    /// Lets nobody through any more.
    package func stop() {
        state.withLock { $0.isStopped = true }
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func accept() {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { return }
            let upstream = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            guard Self.address(server, { connect(upstream, $0, $1) }) == 0 else {
                close(client)
                close(upstream)
                continue
            }
            let allowance = state.withLock { state in
                state.allowances.isEmpty ? Int.max : state.allowances.removeFirst()
            }
            Thread.detachNewThread { [self] in pump(client, upstream, allowance) }
        }
    }

    private func pump(_ client: Int32, _ upstream: Int32, _ allowance: Int) {
        var left = allowance
        var buffer = [UInt8](repeating: 0, count: 16_384)
        defer {
            close(client)
            close(upstream)
        }
        while true {
            var entries = [
                pollfd(fd: client, events: Int16(POLLIN), revents: 0),
                pollfd(fd: upstream, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&entries, 2, -1) > 0 else { return }
            if entries[0].revents != 0 {
                let count = read(client, &buffer, buffer.count)
                guard count > 0, Self.writeAll(upstream, buffer, count) else { return }
            }
            if entries[1].revents != 0 {
                let count = read(upstream, &buffer, min(buffer.count, max(1, left)))
                guard count > 0 else { return }
                guard Self.writeAll(client, buffer, count) else { return }
                left -= count
                guard left > 0 else {
                    state.withLock { $0.cuts += 1 }
                    return
                }
            }
        }
    }

    private static func writeAll(_ target: Int32, _ buffer: [UInt8], _ count: Int) -> Bool {
        var done = 0
        while done < count {
            let sent = buffer.withUnsafeBytes { bytes in
                send(target, bytes.baseAddress.map { $0 + done }, count - done, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return false }
            done += sent
        }
        return true
    }

    private static func address(
        _ path: String,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { target in
            target.copyBytes(from: Array(path.utf8.prefix(target.count - 1)))
        }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
