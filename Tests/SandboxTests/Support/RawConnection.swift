import Glibc

/// A client's end of one TCP connection, and as much of HTTP as the tests need: what comes is kept byte for byte.
final class RawConnection {
    /// How a connection ended.
    enum End: Equatable {
        case closed, reset
        /// Nothing came for ten seconds.
        case silent
    }

    /// One answer off the wire.
    struct Answer {
        var status = 0
        /// By lower-case name.
        var fields: [String: String] = [:]
        /// As it came: gzip is still gzip, chunks are put together.
        var body: [UInt8] = []

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let descriptor: Int32
    private var received: [UInt8] = []

    /// - Parameter lastByte: of the address on loopback, 127.0.0.1 unless another is given.
    init(port: Int, lastByte: UInt32 = 1) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(description: "socket: \(errno)") }
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0000 + lastByte).bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) }
        }
        guard result == 0 else {
            let code = errno
            Glibc.close(descriptor)
            throw Failure(description: "connect: \(code)")
        }
    }

    deinit { Glibc.close(descriptor) }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw Failure(description: "send: \(errno)") }
            rest = rest.dropFirst(count)
        }
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Takes in what comes next; nil if something came, else how the connection ended.
    func receive() -> End? {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count > 0 {
            received.append(contentsOf: buffer[..<count])
            return nil
        }
        if count == 0 { return .closed }
        return errno == ECONNRESET ? .reset : .silent
    }

    /// Everything until the connection ends.
    func receiveAll() -> (bytes: [UInt8], end: End) {
        while true {
            if let end = receive() { return (received, end) }
        }
    }

    /// Everything until so many bytes are there.
    func receive(atLeast count: Int) throws -> [UInt8] {
        while received.count < count {
            if let end = receive() { throw Failure(description: "\(end) after \(received.count) bytes") }
        }
        return received
    }

    /// The next answer, whole, by what its header fields say; informational answers are skipped.
    func answer() throws -> Answer {
        var answer = try head()
        while answer.status < 200 { answer = try head() }
        if answer.fields["transfer-encoding"] == "chunked" { throw Failure(description: "chunked") }
        answer.body = try take(Int(answer.fields["content-length"] ?? "") ?? 0)
        return answer
    }

    /// The next status line with its header fields.
    func head() throws -> Answer {
        let separator = Array("\r\n\r\n".utf8)
        var end = Self.position(of: separator, in: received)
        while end == nil {
            if let ended = receive() {
                throw Failure(description: "\(ended) in the header fields, after \(received.count) bytes")
            }
            end = Self.position(of: separator, in: received)
        }
        let text = String(decoding: try take((end ?? 0) + 4), as: UTF8.self)
        return Self.parseHead(text)
    }

    static func parseHead(_ text: String) -> Answer {
        var answer = Answer()
        for (index, line) in text.split(separator: "\r\n").enumerated() {
            if index == 0 {
                answer.status = Int(line.split(separator: " ")[1]) ?? 0
            } else if let colon = line.firstIndex(of: ":") {
                answer.fields[line[..<colon].lowercased()] = String(line[colon...].dropFirst(2))
            }
        }
        return answer
    }

    private func take(_ count: Int) throws -> [UInt8] {
        let bytes = Array(try receive(atLeast: count).prefix(count))
        received.removeFirst(count)
        return bytes
    }

    static func position(of pattern: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= pattern.count else { return nil }
        return (0...bytes.count - pattern.count).first { bytes[$0..<$0 + pattern.count].elementsEqual(pattern) }
    }
}
