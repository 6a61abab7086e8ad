import Atlas
import AtlasClient
import Memory
import Query
import Refunds
import Testing

@Suite("HTTP, over loopback", .timeLimit(.minutes(2)))
struct AtlasHTTPClientTests {
    private static let secret = canarySecret
    private static let good = #"{"refundOrders":[],"status":0}"#

    /// One attempt against a server that gives one reply.
    private func attempt(_ reply: Reply, timeout: Duration = .seconds(30)) async throws -> AttemptResult {
        let server = try ScriptedServer { _, _ in reply }
        return try await withAtlasClient(server.url) { client in
            await client.attempt(.queryRefundOrders, body: Array("{}".utf8), timeout: timeout)
        }
    }

    private func answer(_ text: String, status: Int = 200) -> AttemptResult {
        .answer(HTTPAnswer(httpStatus: status, body: Array(text.utf8)))
    }

    private func broken(_ failure: ConnectionFailure) -> AttemptResult { .failed(.connection(failure)) }

    @Test func theRequestIsAsAtlasWantsIt() async throws {
        let server = try ScriptedServer { _, _ in .http(200, Self.good) }
        let result = try await withAtlasClient(server.url + "/api/") { client in
            await client.attempt(.queryRefundOrders, body: Array(#"{"refundCode":"1"}"#.utf8), timeout: .seconds(30))
        }
        #expect(result == answer(Self.good))
        let request = try #require(server.requests.first)
        #expect(request.hasPrefix("POST /api/queryRefundOrders.do HTTP/1.1\r\n"))
        #expect(request.hasSuffix("\r\n\r\n" + #"{"refundCode":"1"}"#))
        let head = request.lowercased()
        for header in [
            "accept: application/json", "content-type: application/json", "accept-encoding: gzip", "content-length: 18",
            "x-atlas-client-id: the-client", "x-atlas-client-secret: \(Self.secret.lowercased())",
        ] {
            #expect(head.contains("\r\n\(header)\r\n"), "\(header)")
        }
    }

    @Test func connectionsAreKeptAlive() async throws {
        let server = try ScriptedServer { _, number in
            number.isMultiple(of: 3) ? .http(503, "busy") : .http(200, Self.good)
        }
        try await withAtlasClient(server.url) { client in
            for _ in 0..<30 { _ = await client.attempt(.queryRefundOrders, body: [], timeout: .seconds(30)) }
        }
        #expect(server.requests.count == 30)
        #expect(server.connections == 1)
    }

    /// Head and body are one packet each time, not two for which the server is woken twice.
    @Test func aRequestIsSentInOnePiece() async throws {
        let server = try ScriptedServer { _, _ in .http(200, Self.good) }
        try await withAtlasClient(server.url) { client in
            for _ in 0..<30 {
                _ = await client.attempt(.queryRefundOrders, body: Array("{}".utf8), timeout: .seconds(30))
            }
        }
        #expect(server.requests.count == 30)
        #expect(server.pieces == 30)
    }

    @Test(arguments: [1, 8, 64])
    func aRunHasNoMoreConnectionsThanAllowed(_ concurrency: Int) async throws {
        let server = try ScriptedServer { _, _ in .http(200, Self.good) }
        let folder = try Folder()
        var settings = Fake.settings
        settings.concurrency = concurrency
        let outcome = try await withAtlasClient(server.url, concurrency: concurrency) { client in
            try await QueryStage(
                transport: AtlasStatusTransport(client: client), settings: settings, judge: Fake.judge
            ).run(Fake.questions(300), workingJournal: folder.file())
        }
        #expect(outcome.counts.ok == 300)
        #expect(server.requests.count == 300)
        #expect(server.connections <= concurrency)
        #expect(outcome.counts.peakInFlight <= concurrency)
    }

    @Test func bodiesAreBounded() async throws {
        let limit = AtlasHTTPClient.largestBodyByteCount
        let most = [UInt8](repeating: 0x20, count: limit)
        #expect(try await attempt(.http(200, most)) == .answer(HTTPAnswer(httpStatus: 200, body: most)))
        let tooMuch = AttemptResult.failed(.bodyTooLarge(httpStatus: 200))
        #expect(try await attempt(.http(200, most + [0x20])) == tooMuch)
        // Without a length, it shows on the way.
        let chunk = Array("100000\r\n".utf8) + [UInt8](repeating: 0x20, count: 0x100000) + Array("\r\n".utf8)
        let head = Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
        #expect(try await attempt(Reply(bytes: head + chunk + chunk + chunk + chunk + chunk)) == tooMuch)
        // A small body that unpacks to more.
        let bomb = Gzip.pack(Self.good, spaceRuns: limit / 258 + 1)
        #expect(bomb.count < 64 * 1024)
        #expect(try await attempt(.http(200, bomb, headers: ["Content-Encoding: gzip"])) == tooMuch)
        // An error's body is of no interest, however long.
        #expect(try await attempt(.http(503, most + [0x20])) == .answer(HTTPAnswer(httpStatus: 503)))
    }

    @Test func aBodyThatEndsEarlyIsNoAnswer() async throws {
        let body = Array(Self.good.utf8)
        #expect(try await attempt(.http(200, body, length: body.count + 5).closing) == broken(.closedEarly))
        var reset = Reply.http(200, body, length: body.count + 5)
        reset.resets = true
        #expect(try await attempt(reset) == broken(.reset))
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1e\r\n\(Self.good)\r\n"
        #expect(try await attempt(Reply(bytes: Array(chunked.utf8)).closing) == broken(.closedEarly))
        // The body of an error decides nothing.
        #expect(try await attempt(.http(503, body, length: body.count + 5).closing) == answer("", status: 503))
        // One that is longer than it says is cut, and no JSON then; the connection is not used again.
        #expect(try await attempt(.http(200, body, length: 10)) == answer(String(Self.good.prefix(10))))
    }

    @Test func noHTTPIsNoConnection() async throws {
        #expect(try await attempt(Reply(bytes: [], closes: true)) == broken(.closedEarly))
        #expect(try await attempt(Reply(bytes: [], resets: true)) == broken(.reset))
        #expect(try await attempt(Reply(bytes: Array("220 mail.example\r\n\r\n".utf8)).closing) == broken(.notHTTP))
        let start = ContinuousClock.now
        let port = try RefusingPort()
        let refused = try await withAtlasClient(port.url) { client in
            await client.attempt(.refund, body: [], timeout: .seconds(30))
        }
        #expect(refused == broken(.refused))
        #expect(start.duration(to: .now) < .seconds(28))
    }

    /// A status that HTTP does not have, with a body or without; the process goes on, and so does the client.
    @Test(
        arguments: ["000", "001", "042", "099", "1000", "20000", "abc", "2x0", "-1", "+200", "20", "2", ""],
        ["abc", ""])
    func anImpossibleStatusIsNoConnection(_ status: String, _ body: String) async throws {
        let bad = Reply(bytes: Array("HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8))
        let server = try ScriptedServer { _, number in number == 1 ? bad : .http(200, Self.good) }
        let results = try await withAtlasClient(server.url) { client in
            [
                await client.attempt(.queryRefundOrders, body: [], timeout: .seconds(30)),
                await client.attempt(.queryRefundOrders, body: [], timeout: .seconds(30)),
            ]
        }
        #expect(results == [broken(.notHTTP), answer(Self.good)])
        #expect(server.connections == 2, "a connection that spoke so is not used again")
    }

    @Test(arguments: [600, 999]) func anUnusualStatusIsAnAnswer(_ status: Int) async throws {
        #expect(try await attempt(.http(status, "")) == answer("", status: status))
    }

    /// The time limit covers head and body: a server that drips ends it.
    @Test(arguments: [200, 503], [0, 10, 90])
    func aDrippingAnswerRunsIntoTheTimeout(_ status: Int, _ from: Int) async throws {
        var reply = Reply.http(status, [UInt8](repeating: 0x20, count: 100_000))
        reply.dripsFrom = from
        let start = ContinuousClock.now
        #expect(try await attempt(reply, timeout: .milliseconds(300)) == .failed(.timeout))
        #expect(start.duration(to: .now) < .seconds(60))
    }

    @Test func cancellationEndsAnAttempt() async throws {
        var reply = Reply.http(200, [UInt8](repeating: 0x20, count: 100_000))
        reply.dripsFrom = 90
        let (drip, requests) = (reply, AsyncStream<Void>.makeStream())
        let server = try ScriptedServer { _, _ in
            requests.continuation.yield()
            return drip
        }
        let start = ContinuousClock.now
        let result = try await withAtlasClient(server.url) { client in
            await withTaskGroup(of: AttemptResult.self) { group in
                group.addTask { await client.attempt(.queryRefundOrders, body: [], timeout: .seconds(60)) }
                for await _ in requests.stream { break }
                group.cancelAll()
                return await group.next()
            }
        }
        #expect(result == .failed(.cancelled))
        #expect(start.duration(to: .now) < .seconds(45))
    }

    /// An attempt that still waits for a connection ends in time as well.
    @Test func theTimeoutCoversTheWaitForAConnection() async throws {
        var reply = Reply.http(200, [UInt8](repeating: 0x20, count: 100_000))
        reply.dripsFrom = 90
        let (drip, requests) = (reply, AsyncStream<Void>.makeStream())
        let server = try ScriptedServer { _, _ in
            requests.continuation.yield()
            return drip
        }
        let results = try await withAtlasClient(server.url, concurrency: 1) { client in
            await withTaskGroup(of: AttemptResult.self) { group in
                group.addTask { await client.attempt(.queryRefundOrders, body: [], timeout: .seconds(60)) }
                for await _ in requests.stream { break }
                let waiting = await client.attempt(.queryRefundOrders, body: [], timeout: .milliseconds(200))
                group.cancelAll()
                return [waiting, await group.next()]
            }
        }
        #expect(results == [.failed(.timeout), .failed(.cancelled)])
        #expect(server.connections == 1)
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func aRedirectIsNotFollowed(_ status: Int) async throws {
        let other = try ScriptedServer { _, _ in .http(200, Self.good) }
        let result = try await attempt(.http(status, "", headers: ["Location: \(other.url)/queryRefundOrders.do"]))
        #expect(result == .answer(HTTPAnswer(httpStatus: status)))
        #expect(other.connections == 0)
    }

    @Test func retryAfterIsHandedOn() async throws {
        let result = try await attempt(.http(429, "", headers: ["Retry-After: 5", "retry-after: 9"]))
        #expect(result == .answer(HTTPAnswer(httpStatus: 429, retryAfter: ["5", "9"])))
    }

    @Test func aServerThatSpeaksNoTLSIsATLSFailure() async throws {
        let server = try ScriptedServer(greeting: "HTTP/1.1 400 No TLS here\r\n\r\n") { _, _ in .http(200, Self.good) }
        let result = try await withAtlasClient("https://127.0.0.1:\(server.port)") { client in
            await client.attempt(.queryRefundOrders, body: [], timeout: .seconds(30))
        }
        #expect(result == broken(.handshake))
        #expect(server.requests.isEmpty)
    }

    /// A handshake that hangs is cut off like anything else.
    @Test func aSilentServerRunsIntoTheTimeout() async throws {
        let server = try ScriptedServer { _, _ in .http(200, Self.good) }
        let start = ContinuousClock.now
        let result = try await withAtlasClient("https://127.0.0.1:\(server.port)") { client in
            await client.attempt(.queryRefundOrders, body: [], timeout: .milliseconds(200))
        }
        #expect(result == .failed(.timeout))
        #expect(start.duration(to: .now) < .seconds(60))
    }

    /// Every kind of fault, one after the other for each question: all are answered in the end, and the secret is nowhere.
    @Test func aStageOutlastsFaults() async throws {
        let faults: [Reply] = [
            Reply(bytes: [], resets: true), .http(503, "busy"), .http(200, "<html>"), .http(200, #"{"status":2}"#),
            .http(429, "", headers: ["Retry-After: 0"]), .http(200, Array(Self.good.utf8), length: 99).closing,
            .http(200, Array(Gzip.pack(Self.good).dropLast(9)), headers: ["Content-Encoding: gzip"]),
        ]
        let server = try ScriptedServer { _, number in
            number.isMultiple(of: 3) ? faults[number / 3 % faults.count] : .http(200, Self.good)
        }
        let folder = try Folder()
        var settings = Fake.settings
        settings.attempts = 20
        settings.retry.cap = .milliseconds(2)
        let limits = settings
        let outcome = try await withAtlasClient(server.url) { client in
            try await QueryStage(
                transport: AtlasStatusTransport(client: client), settings: limits, judge: Fake.judge
            ).run(Fake.questions(60), workingJournal: folder.file())
        }
        #expect(outcome.counts.ok == 60)
        #expect(outcome.counts.failed == 0)
        #expect(outcome.counts.attempts > 60)
        #expect(!String(decoding: try folder.bytes(), as: UTF8.self).contains(Self.secret))
    }

    @Test func theClientSaysNothingOfItsCredentials() async throws {
        try await withAtlasClient("http://127.0.0.1:1") { client in
            var dumped = ""
            dump(client, to: &dumped)
            for text in ["\(client)", String(reflecting: client), dumped] {
                #expect(!text.contains(Self.secret), "\(text)")
                #expect(!text.contains("the-client"), "\(text)")
            }
        }
    }
}
