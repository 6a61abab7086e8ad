import Foundation
import Synchronization

/// What a scripted server does with one request.
struct Reply: Sendable {
    var bytes: [UInt8]
    /// The connection is cut behind the bytes.
    var closes = false
    /// Cut with a reset.
    var resets = false
    /// Sent byte by byte, so slowly that it never ends within a test.
    var dripsFrom: Int?
    /// What the next request on the connection gets instead of an answer; the connection ends with it.
    var next: [UInt8]?
    /// That end is a reset.
    var nextResets = false

    static func http(_ status: Int, _ body: [UInt8] = [], headers: [String] = [], length: Int? = nil) -> Reply {
        var text = "HTTP/1.1 \(status) X\r\nContent-Type: application/json\r\n"
        text += "Content-Length: \(length ?? body.count)\r\n"
        for header in headers { text += header + "\r\n" }
        return Reply(bytes: Array((text + "\r\n").utf8) + body)
    }

    static func http(_ status: Int, _ body: String, headers: [String] = []) -> Reply {
        http(status, Array(body.utf8), headers: headers)
    }

    var closing: Reply {
        var reply = self
        reply.closes = true
        return reply
    }
}

/// A small HTTP server on a free loopback port that says what a test tells it to, to the byte. It has threads of its own,
/// since it blocks.
final class ScriptedServer: Sendable {
    private struct State {
        var connections = 0
        var open = 0
        var peak = 0
        var requests: [String] = []
        var pieces = 0
        var sockets: Set<Int32> = []
    }

    let port: UInt16
    private let listener: Int32
    private let state = Mutex(State())
    private let greeting: [UInt8]
    private let script: @Sendable (_ request: String, _ number: Int) -> Reply

    /// - Parameters:
    ///   - greeting: what every connection is sent unasked.
    ///   - script: gets a request's head and body, and its number from 1 on.
    init(
        greeting: String = "", _ script: @escaping @Sendable (_ request: String, _ number: Int) -> Reply
    ) throws {
        self.greeting = Array(greeting.utf8)
        self.script = script
        (listener, port) = try LoopbackSocket.open(listens: true)
        let listener = listener
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                guard let self else {
                    close(connection)
                    return
                }
                Thread.detachNewThread { self.serve(connection) }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    var url: String { "http://127.0.0.1:\(port)" }
    var connections: Int { state.withLock { $0.connections } }
    var peakConnections: Int { state.withLock { $0.peak } }
    var requests: [String] { state.withLock { $0.requests } }
    /// In how many pieces the requests came.
    var pieces: Int { state.withLock { $0.pieces } }

    /// Sends bytes that nobody asked for on every open connection; returns when they can be read at the other end.
    func push(_ bytes: [UInt8]) {
        state.withLock { state in
            for socket in state.sockets { _ = Self.send(Reply(bytes: bytes), socket) }
        }
    }

    /// Closes the sending half of every open connection; returns when the other end can see it.
    func endConnections() {
        state.withLock { state in
            for socket in state.sockets { shutdown(socket, Int32(SHUT_WR)) }
        }
    }

    private func serve(_ connection: Int32) {
        state.withLock { state in
            state.sockets.insert(connection)
            state.connections += 1
            state.open += 1
            state.peak = max(state.peak, state.open)
        }
        defer {
            state.withLock { state in
                state.open -= 1
                state.sockets.remove(connection)
            }
            close(connection)
        }
        guard Self.send(Reply(bytes: greeting), connection) else { return }
        var pending: [UInt8] = []
        var spoiled: Reply?
        while let request = readRequest(connection, &pending) {
            let number = state.withLock { state in
                state.requests.append(request)
                return state.requests.count
            }
            let reply = spoiled ?? script(request, number)
            spoiled = reply.next.map { Reply(bytes: $0, closes: true, resets: reply.nextResets) }
            guard Self.send(reply, connection) else { return }
            if reply.resets {
                var linger = linger(l_onoff: 1, l_linger: 0)
                setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
            }
            if reply.closes || reply.resets { return }
        }
    }

    private static func send(_ reply: Reply, _ connection: Int32) -> Bool {
        var done = 0
        while done < reply.bytes.count {
            let isDripping = reply.dripsFrom.map { done >= $0 } ?? false
            let end = isDripping ? done + 1 : reply.dripsFrom ?? reply.bytes.count
            let count = reply.bytes[done..<end].withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            done += count
            if isDripping { usleep(20_000) }
        }
        return true
    }

    /// Head and body of one request; nil at the connection's end.
    private func readRequest(_ connection: Int32, _ pending: inout [UInt8]) -> String? {
        while true {
            let text = String(decoding: pending, as: UTF8.self)
            if let headEnd = text.range(of: "\r\n\r\n") {
                let head = text[..<headEnd.upperBound]
                let length = head.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
                    .flatMap { Int($0.dropFirst("content-length:".count).trimmingCharacters(in: .whitespaces)) }
                let total = head.utf8.count + (length ?? 0)
                if pending.count >= total {
                    pending.removeFirst(total)
                    return String(text.utf8.prefix(total)) ?? text
                }
            }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            state.withLock { $0.pieces += 1 }
            pending += buffer[..<count]
        }
    }
}

/// A free loopback port that refuses every connection for as long as this lives.
final class RefusingPort: Sendable {
    private let bound: Int32
    let port: UInt16

    init() throws { (bound, port) = try LoopbackSocket.open(listens: false) }

    deinit { close(bound) }

    var url: String { "http://127.0.0.1:\(port)" }
}

enum LoopbackSocket {
    struct CannotOpen: Error {}

    /// A socket on a free port of 127.0.0.1.
    static func open(listens: Bool) throws -> (socket: Int32, port: UInt16) {
        let opened = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isOpen = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(opened, address, length) == 0 && (!listens || listen(opened, 128) == 0)
                    && getsockname(opened, address, &length) == 0
            }
        }
        guard isOpen else { throw CannotOpen() }
        return (opened, UInt16(bigEndian: address.sin_port))
    }
}

/// Enough of gzip for a test: literals, then as many spaces as wanted in runs of 258.
enum Gzip {
    static func pack(_ text: String, spaceRuns: Int = 0) -> [UInt8] {
        var bits = BitWriter()
        bits.write(0b011, 3)
        let literals = Array(text.utf8) + (spaceRuns > 0 ? [0x20] : [])
        for byte in literals { bits.writeCode(0x30 + UInt32(byte), 8) }
        for _ in 0..<spaceRuns {
            bits.writeCode(0b1100_0101, 8)
            bits.writeCode(0, 5)
        }
        bits.writeCode(0, 7)
        let plain = literals + [UInt8](repeating: 0x20, count: spaceRuns * 258)
        let trailer = [crc(plain), UInt32(plain.count)].flatMap { number in
            (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
        }
        return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + bits.bytes + trailer
    }

    /// Any bytes as one member, stored as they are.
    static func wrap(_ plain: [UInt8]) -> [UInt8] {
        var blocks: [UInt8] = []
        var rest = plain[...]
        repeat {
            let block = rest.prefix(65_535)
            rest = rest.dropFirst(block.count)
            let length = UInt16(block.count)
            blocks += [rest.isEmpty ? 1 : 0, UInt8(length & 255), UInt8(length >> 8)]
            blocks += [UInt8(~length & 255), UInt8(~length >> 8)] + block
        } while !rest.isEmpty
        let trailer = [crc(plain), UInt32(plain.count)].flatMap { number in
            (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
        }
        return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + blocks + trailer
    }

    /// The deflated text alone.
    static func raw(_ text: String) -> [UInt8] { Array(pack(text).dropFirst(10).dropLast(8)) }

    /// The deflated text with zlib's header and checksum (RFC 1950).
    static func zlib(_ text: String) -> [UInt8] {
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in text.utf8 {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        let sum = high << 16 | low
        return [0x78, 0x9C] + raw(text) + (0..<4).reversed().map { UInt8(truncatingIfNeeded: sum >> ($0 * 8)) }
    }

    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        var table = [UInt32](repeating: 0, count: 256)
        for index in 0..<256 {
            var value = UInt32(index)
            for _ in 0..<8 { value = value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
            table[index] = value
        }
        return ~bytes.reduce(~UInt32(0)) { crc, byte in table[Int((crc ^ UInt32(byte)) & 0xFF)] ^ crc >> 8 }
    }

    private struct BitWriter {
        var bytes: [UInt8] = []
        private var used = 8

        mutating func write(_ value: UInt32, _ count: Int) {
            for index in 0..<count {
                if used == 8 {
                    bytes.append(0)
                    used = 0
                }
                bytes[bytes.count - 1] |= UInt8(value >> index & 1) << used
                used += 1
            }
        }

        /// Huffman codes stand with their highest bit first.
        mutating func writeCode(_ code: UInt32, _ count: Int) {
            for index in stride(from: count - 1, through: 0, by: -1) { write(code >> index & 1, 1) }
        }
    }
}
