import Atlas
import AtlasClient
import Memory
import Query
import Refunds
import Testing

/// What goes wrong with a connection harms no question but its own.
@Suite("Spoiled connections", .timeLimit(.minutes(2)))
struct SpoiledConnectionTests {
    private static let good = #"{"refundOrders":[],"status":0}"#
    private static let whole = AttemptResult.answer(HTTPAnswer(httpStatus: 200, body: Array(good.utf8)))
    /// An answer as good as any, but to nobody's question.
    private static let stray = Reply.http(200, #"{"refundOrders":null,"status":0}"#).bytes

    /// How an answer leaves its connection behind, by name.
    private static let manners: [String: Reply] = {
        let reply = Reply.http(200, good)
        func next(_ bytes: [UInt8], resets: Bool = false) -> Reply {
            var reply = reply
            reply.next = bytes
            reply.nextResets = resets
            return reply
        }
        return [
            "surplus bytes": Reply(bytes: reply.bytes + Array("surplus".utf8)),
            "a surplus answer": Reply(bytes: reply.bytes + stray),
            "a surplus line end": Reply(bytes: reply.bytes + Array("\r\n".utf8)),
            "closed at once": reply.closing,
            "reset at once": Reply(bytes: reply.bytes, resets: true),
            "closed when asked": next([]),
            "reset when asked": next([], resets: true),
            "surplus bytes when asked": next(Array("surplus".utf8)),
            "a good-bye when asked": next(Array("HTTP/1.1 408 Timeout\r\nConnection: close\r\n\r\n".utf8)),
            "half an answer when asked": next(Array("HTTP/1.1 200 OK\r\nContent-".utf8)),
        ]
    }()

    /// Without any retry, every question is answered, and few requests are sent twice.
    @Test(arguments: manners.keys.sorted())
    func noQuestionIsLost(_ manner: String) async throws {
        let bad = try #require(Self.manners[manner])
        let server = try ScriptedServer { _, number in
            number.isMultiple(of: 10) ? bad : .http(200, Self.good)
        }
        let folder = try Folder()
        var settings = Fake.settings
        settings.attempts = 1
        let once = settings
        let outcome = try await withAtlasClient(server.url) { client in
            let stage = QueryStage(transport: AtlasStatusTransport(client: client), settings: once, judge: Fake.judge)
            return try await stage.run(Fake.questions(1000), workingJournal: folder.file())
        }
        #expect(outcome.counts.ok == 1000)
        #expect(server.requests.count <= 1350)
        #expect(server.connections > 50, "the connections were not spoiled")
        // Each request that was sent is counted; what a reset overtook was not read.
        #expect(server.requests.count <= outcome.counts.attempts)
        let lines = try folder.lines()
        #expect(lines.count == 1000)
        #expect(lines.reduce(0) { $0 + Self.attempts($1) } == outcome.counts.attempts)
    }

    private static func attempts(_ line: String) -> Int {
        line.firstMatch(of: /"attempts":(\d+)/).flatMap { Int($0.1) } ?? 0
    }

    /// A connection on which something comes while nobody asks is not used again.
    @Test(arguments: ["bytes", "an answer", "the end"])
    func aConnectionThatSpeaksUnaskedIsClosed(_ what: String) async throws {
        let server = try ScriptedServer { _, _ in .http(200, Self.good) }
        let results = try await withAtlasClient(server.url) { client in
            var results: [AttemptResult] = []
            for _ in 0..<5 {
                results.append(await client.attempt(.queryRefundOrders, body: [], timeout: .seconds(30)))
                switch what {
                case "bytes": server.push(Array("HTTP/1.1 ".utf8))
                case "an answer": server.push(Self.stray)
                default: server.endConnections()
                }
            }
            return results
        }
        #expect(results == Array(repeating: Self.whole, count: 5))
        #expect(server.connections == 5)
        #expect(server.requests.count == 5)
    }

    /// Every connection answers once and then nothing more: each question is sent again once at the most.
    @Test func theLastResendIsOnANewConnection() async throws {
        var reply = Reply.http(200, Self.good)
        reply.next = []
        let once = reply
        let server = try ScriptedServer { _, _ in once }
        let results = try await withAtlasClient(server.url, concurrency: 1) { client in
            var results: [AttemptResult] = []
            for _ in 0..<20 {
                results.append(await client.attempt(.queryRefundOrders, body: [], timeout: .seconds(30)))
            }
            return results
        }
        #expect(results == Array(repeating: Self.whole, count: 20))
        #expect(server.requests.count < 40)
    }

    /// What goes wrong on a new connection is the question's own, and its retry is not the client's to decide.
    @Test func nothingIsSentAgainOnItsOwnConnection() async throws {
        let server = try ScriptedServer { _, _ in Reply(bytes: [], closes: true) }
        let result = try await withAtlasClient(server.url) { client in
            await client.attempt(.queryRefundOrders, body: [], timeout: .seconds(30))
        }
        #expect(result == .failed(.connection(.closedEarly)))
        #expect(server.requests.count == 1)
    }

    /// A server that answers 408 and keeps the connection means this question.
    @Test func anyOther408IsAnAnswer() async throws {
        let server = try ScriptedServer { _, number in number == 1 ? .http(200, Self.good) : .http(408, "") }
        let results = try await withAtlasClient(server.url) { client in
            [
                await client.attempt(.queryRefundOrders, body: [], timeout: .seconds(30)),
                await client.attempt(.queryRefundOrders, body: [], timeout: .seconds(30)),
            ]
        }
        #expect(results == [Self.whole, .answer(HTTPAnswer(httpStatus: 408))])
        #expect(server.requests.count == 2)
    }

    /// A refund is never sent twice, and not on a connection that might be closed.
    @Test(arguments: [AtlasOperation.refund, .refundQuotation])
    func aRefundIsSentOnce(_ operation: AtlasOperation) async throws {
        let server = try ScriptedServer { request, _ in
            request.hasPrefix("POST /query") ? .http(200, Self.good) : Reply(bytes: [], closes: true)
        }
        let results = try await withAtlasClient(server.url) { client in
            [
                await client.attempt(.queryRefundOrders, body: [], timeout: .seconds(30)),
                await client.attempt(operation, body: [], timeout: .seconds(30)),
            ]
        }
        #expect(results == [Self.whole, .failed(.connection(.closedEarly))])
        #expect(server.requests.count == 2)
        #expect(server.connections == 2)
    }
}
