import Testing

@testable import Sandbox

/// What a careful HTTP server owes its clients.
@Suite struct HTTPTests {
    private static let path = "/queryRefundOrders.do"
    private static let body = queryBody(orderNo: "ORDER-1")

    private static func fields(_ changes: [String: String?]) -> [String: String] {
        var fields = jsonFields
        for (name, value) in changes { fields[name] = value }
        return fields
    }

    /// A request that differs from a good one in one thing.
    struct Case: Sendable {
        var method = "POST"
        var path = HTTPTests.path
        /// Header fields that are put in the place of the good ones; nil takes one away.
        var fields: [String: String?] = [:]
        let status: Int
    }

    private static let cases: [Case] = [
        Case(status: 200), Case(path: path + "?a=b", status: 200),
        Case(path: "/nothing.do", status: 404), Case(path: "/", status: 404),
        Case(method: "GET", status: 405), Case(method: "PUT", status: 405), Case(method: "OPTIONS", status: 405),
        Case(fields: ["Content-Type": "text/plain"], status: 415), Case(fields: ["Content-Type": nil], status: 415),
        Case(fields: ["Content-Type": "application/json; charset=UTF-8"], status: 200),
        Case(fields: ["Content-Type": "application/json; charset=latin1"], status: 415),
        Case(fields: ["Content-Encoding": "gzip"], status: 415),
        Case(fields: ["x-atlas-client-id": nil], status: 401),
        Case(fields: ["x-atlas-client-secret": nil], status: 401),
        Case(fields: ["x-atlas-client-secret": ""], status: 401),
        Case(fields: ["x-atlas-client-secret": testSecret + testSecret], status: 401),
        Case(fields: ["x-atlas-client-secret": "canary-7f3b"], status: 401),
        Case(fields: ["x-atlas-client-id": "client-2"], status: 401),
        // The field twice.
        Case(fields: ["X-ATLAS-CLIENT-ID": "client-1"], status: 401),
        Case(fields: ["x-atlas-client-id": nil, "X-ATLAS-CLIENT-ID": "client-1"], status: 200),
    ]

    @Test(arguments: cases)
    func `the status says what is wrong`(row: Case) async throws {
        try await withSandbox(try TestOrders.data, testConfiguration()) { sandbox in
            let answer = try sandbox.ask(
                row.path, method: row.method, fields: Self.fields(row.fields), body: Self.body)
            #expect(answer.status == row.status)
            #expect(answer.fields["content-type"] == "application/json")
            #expect(answer.body.first == UInt8(ascii: "{"))
            #expect(!answer.text.contains(testSecret))
            #expect((answer.fields["allow"] == "POST") == (row.status == 405))
        }
    }

    @Test(arguments: [(1 << 20, 400), ((1 << 20) + 1, 413), (5 << 20, 413)])
    func `a body over 1 MiB is refused, and the connection goes on`(size: Int, status: Int) async throws {
        try await withSandbox(try TestOrders.data, testConfiguration()) { sandbox in
            let connection = try RawConnection(port: sandbox.port)
            try connection.send(request(Self.path, body: String(repeating: " ", count: size)))
            #expect(try connection.answer().status == status)
            try connection.send(request(Self.path, body: Self.body))
            #expect(try connection.answer().text == TestOrders.answer1)
        }
    }

    @Test func `a chunked body over 1 MiB is refused`() async throws {
        try await withSandbox(try TestOrders.data, testConfiguration()) { sandbox in
            let connection = try RawConnection(port: sandbox.port)
            let head = request(Self.path, fields: Self.fields(["Transfer-Encoding": "chunked"]))
            try connection.send(head.replacing("Content-Length: 0\r\n", with: ""))
            let chunk = "10000\r\n" + String(repeating: " ", count: 0x10000) + "\r\n"
            for _ in 0..<17 { try connection.send(chunk) }
            try connection.send("0\r\n\r\n")
            #expect(try connection.answer().status == 413)
        }
    }

    @Test(arguments: [
        ("gzip", true), ("GZIP", true), ("deflate, gzip;q=0.5", true), ("*", true), ("x-gzip", true), ("br", false),
        ("identity", false), ("", false), ("gzip;q=0", false), ("gzip; q=0.000, *", false), ("*;q=0", false),
    ])
    func `gzip where the client allows it`(acceptEncoding: String, isGzip: Bool) async throws {
        try await withSandbox(try TestOrders.data, testConfiguration()) { sandbox in
            let fields = Self.fields(["Accept-Encoding": acceptEncoding])
            let answer = try sandbox.ask(Self.path, fields: fields, body: Self.body)
            #expect(answer.fields["content-encoding"] == (isGzip ? "gzip" : nil))
            #expect(answer.fields["vary"] == "Accept-Encoding")
            let body = isGzip ? try gunzip(answer.body) : answer.body
            #expect(String(decoding: body, as: UTF8.self) == TestOrders.answer1)
        }
    }

    @Test func `a connection serves request after request, also sent ahead`() async throws {
        try await withSandbox(try TestOrders.data, testConfiguration()) { sandbox in
            let connection = try RawConnection(port: sandbox.port)
            let other = request(Self.path, body: queryBody(orderNo: "ORDER-2"))
            try connection.send(request(Self.path, body: Self.body) + other + request("/nothing.do") + other)
            #expect(try connection.answer().text == TestOrders.answer1)
            #expect(try connection.answer().text == TestOrders.answer(TestOrders.entry3))
            #expect(try connection.answer().status == 404)
            #expect(try connection.answer().text == TestOrders.answer(TestOrders.entry3))
            #expect(sandbox.statistics.connections == 1)
            #expect(sandbox.statistics.requestsByPath == [Self.path: 3, "/nothing.do": 1])
        }
    }

    @Test(arguments: [["Connection": "close"], ["Connection": "Upgrade", "Upgrade": "h2c"]])
    func `a client that ends HTTP has its answer, and its connection closed`(fields: [String: String]) async throws {
        try await withSandbox(try TestOrders.data, testConfiguration()) { sandbox in
            let connection = try RawConnection(port: sandbox.port)
            try connection.send(request(Self.path, fields: Self.fields(fields), body: Self.body))
            let (bytes, end) = connection.receiveAll()
            #expect(end == .closed)
            #expect(String(decoding: bytes, as: UTF8.self).hasSuffix(TestOrders.answer1))
        }
    }

    @Test func `an answer to HEAD has no body`() async throws {
        try await withSandbox(try TestOrders.data, testConfiguration()) { sandbox in
            let connection = try RawConnection(port: sandbox.port)
            try connection.send(request(Self.path, method: "HEAD", fields: Self.fields(["Connection": "close"])))
            let (bytes, end) = connection.receiveAll()
            #expect(end == .closed)
            #expect(bytes.suffix(4) == Array("\r\n\r\n".utf8)[...])
        }
    }

    @Test func `what is no HTTP is told so`() async throws {
        try await withSandbox(try TestOrders.data, testConfiguration()) { sandbox in
            let connection = try RawConnection(port: sandbox.port)
            try connection.send("\u{16}\u{3}\u{1} nonsense\r\n\r\n")
            #expect(try connection.answer().status == 400)
            #expect(connection.receive() == .closed)
        }
    }

    @Test func `a client that waits for leave to send its body gets it`() async throws {
        try await withSandbox(try TestOrders.data, testConfiguration()) { sandbox in
            let text = request(Self.path, fields: Self.fields(["Expect": "100-continue"]), body: Self.body)
            let connection = try RawConnection(port: sandbox.port)
            try connection.send(String(text.dropLast(Self.body.count)))
            #expect(try connection.head().status == 100)
            try connection.send(Self.body)
            #expect(try connection.answer().text == TestOrders.answer1)
        }
    }
}
