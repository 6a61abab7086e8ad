import Dispatch
import Glibc
import Synchronization

/// A listener on a free loopback port, without any HTTP library: it sees every byte that arrives.
final class RawListener: Sendable {
    struct CannotListen: Error { let errno: Int32 }

    let port: UInt16
    private let socket: Int32
    private struct State {
        var received: [UInt8] = []
        var isStopped = false
    }
    private let state = Mutex(State())
    private let served = DispatchGroup()

    /// - Parameter answer: sent to each request, whose connection is then closed; nil to accept no connection.
    init(answer: String?) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { throw CannotListen(errno: errno) }
        _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (descriptor, size) = (socket, length)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                if bind(descriptor, pointer, size) != 0 || listen(descriptor, 16) != 0 { return errno }
                return getsockname(descriptor, pointer, &length) == 0 ? 0 : errno
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        guard code == 0 else {
            close(socket)
            throw CannotListen(errno: code)
        }
        if let answer { DispatchQueue.global().async(group: served) { [self] in serve(answer) } }
    }

    deinit { close(socket) }

    /// Everything that came so far.
    var received: [UInt8] { state.withLock { $0.received } }

    /// Whether somebody has connected and was not accepted.
    var hasCaller: Bool {
        var place = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return poll(&place, 1, 0) > 0
    }

    /// Ends the serving.
    func stop() {
        state.withLock { $0.isStopped = true }
        shutdown(socket, Int32(SHUT_RDWR))
        served.wait()
    }

    private func serve(_ answer: String) {
        while !state.withLock({ $0.isStopped }) {
            let connection = accept(socket, nil, nil)
            guard connection >= 0 else { continue }
            readRequest(connection)
            _ = send(connection, answer, answer.utf8.count, Int32(MSG_NOSIGNAL))
            close(connection)
        }
    }

    /// Reads to the end of a JSON body: what the client sends is an object, and nothing follows it.
    private func readRequest(_ connection: Int32) {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            var place = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
            guard poll(&place, 1, 2000) > 0 else { return }
            let count = recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { return }
            state.withLock { $0.received.append(contentsOf: chunk[..<count]) }
            if chunk[count - 1] == UInt8(ascii: "}") { return }
        }
    }
}
