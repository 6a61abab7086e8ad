import Glibc

/// The sockets of the connections that libcurl keeps, by their local port, so that one can be looked at before it is used
/// again. libcurl sees that a connection was closed; that something came on it which nobody asked for, it does not see.
final class PooledConnections {
    private var sockets: [Int32: Int32] = [:]

    /// A transfer has ended on this connection. Replaces the note about an earlier connection on the same port.
    func note(_ socket: Int32, localPort: Int32) { sockets[localPort] = socket }

    /// Whether unread bytes have come. They cannot be an answer to a request that is still to be sent.
    func hasInput(localPort: Int32) -> Bool {
        guard let socket = sockets[localPort] else { return false }
        var byte: UInt8 = 0
        return unsafe recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) > 0
    }
}
