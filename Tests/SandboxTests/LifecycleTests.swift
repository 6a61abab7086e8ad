import Glibc
import Testing

@testable import Sandbox

@Suite struct LifecycleTests {
    private struct Stop: Error {}

    @Test(arguments: ["127.0.0.1", "localhost", "127.0.0.2"])
    func `loopback hosts are served`(host: String) async throws {
        try await withSandbox(SandboxData(), testConfiguration { $0.host = host }) { sandbox in
            #expect(sandbox.baseURL == "http://\(host == "localhost" ? "127.0.0.1" : host):\(sandbox.port)")
            #expect(sandbox.port > 0)
        }
    }

    @Test(arguments: ["0.0.0.0", "::", "192.0.2.1", "example.com", "", "127.0.0.1.example.com", "127.1"])
    func `any other host is refused`(host: String) async {
        await #expect(throws: SandboxError.hostNotLoopback(host)) {
            try await withSandbox(SandboxData(), testConfiguration { $0.host = host }) { _ in }
        }
    }

    @Test func `a port that is taken is told`() async throws {
        try await withSandbox(SandboxData(), testConfiguration()) { first in
            let error = await #expect(throws: SandboxError.self) {
                try await withSandbox(SandboxData(), testConfiguration { $0.port = first.port }) { _ in }
            }
            let message = try #require(error).description
            #expect(message.hasPrefix("cannot listen at 127.0.0.1:\(first.port)"))
        }
    }

    /// Nobody else listens at this address, so that a port that was closed is not another test's a moment later.
    private static let ownLastByte: UInt32 = 77
    private static let ownAddress = testConfiguration { $0.host = "127.0.0.\(ownLastByte)" }

    /// Waits until nobody listens any more: a process that another test has just forked holds the port until it executes.
    private static func isClosed(_ port: Int) async throws {
        let end = ContinuousClock.now + .seconds(30)
        while (try? RawConnection(port: port, lastByte: ownLastByte)) != nil {
            try #require(ContinuousClock.now < end, "the port is still open")
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    @Test func `the port and the connections are closed with the scope`() async throws {
        let (port, connection) = try await withSandbox(SandboxData(), Self.ownAddress) { sandbox in
            let connection = try RawConnection(port: sandbox.port, lastByte: Self.ownLastByte)
            try connection.send(request("/queryRefundOrders.do", body: queryBody(orderNo: "A")))
            #expect(try connection.answer().status == 200)
            return (sandbox.port, connection)
        }
        #expect(connection.receive() == .closed)
        try await Self.isClosed(port)
    }

    @Test func `what the scope throws is thrown on, and the port is closed`() async throws {
        var port = 0
        await #expect(throws: Stop.self) {
            try await withSandbox(SandboxData(), Self.ownAddress) { sandbox in
                port = sandbox.port
                throw Stop()
            }
        }
        try await Self.isClosed(port)
    }

    @Test(arguments: [1, 3, 8])
    func `the statistics tell the peak of requests at once`(width: Int) async throws {
        // The answers are held back for so long that all of a round are in flight together.
        let configuration = testConfiguration { $0.latencyMilliseconds = 400 }
        try await withSandbox(try TestOrders.data, configuration) { sandbox in
            let connections = try (0..<width).map { _ in try RawConnection(port: sandbox.port) }
            for _ in 0..<2 {
                for connection in connections {
                    try connection.send(request("/queryRefundOrders.do", body: queryBody(orderNo: "ORDER-1")))
                }
                for connection in connections { #expect(try connection.answer().text == TestOrders.answer1) }
            }
            let statistics = sandbox.statistics
            #expect(statistics.peakConcurrentRequests == width)
            #expect(statistics.concurrentRequests == 0)
            #expect(statistics.requests == width * 2)
            #expect(statistics.connections == width)
        }
    }

    @Test func `the secret is in no description`() {
        let configuration = testConfiguration()
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in [dumped, "\(configuration)", "\(configuration.credentials)", String(reflecting: configuration)] {
            #expect(!text.contains(testSecret))
        }
    }
}
