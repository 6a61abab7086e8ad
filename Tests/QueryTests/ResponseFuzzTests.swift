import Atlas
import AtlasClient
import TestSupport
import Testing

/// Whatever a server sends, the process goes on, and the next question is answered.
@Suite("Any bytes from the server", .timeLimit(.minutes(30)))
struct ResponseFuzzTests {
    private static let good = #"{"refundOrders":[],"status":0}"#

    /// Responses that are sound or nearly so, to be mutated.
    private static let seeds: [[UInt8]] = {
        let packed = Gzip.pack(good)
        let heads = [
            "HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n\(good)",
            "HTTP/1.0 200 OK\r\n\r\n\(good)",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1e\r\n\(good)\r\n0\r\nX: y\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n\(good)",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
            "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nabcde",
            "HTTP/1.1 304 Not Modified\r\n\r\n",
            "HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 401 Who\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 429 Slow\r\nRetry-After: 5\r\nRetry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 503 Busy\r\nContent-Length: -1\r\nConnection: close, keep-alive\r\n\r\n",
            "HTTP/2 200\r\ncontent-length: 18446744073709551617\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1, 30\r\nContent-Length: 30\r\nSet-Cookie: a=b\r\nAlt-Svc: h2=\":1\"\r\n\r\n\(good)",
        ]
        let encodings = ["gzip", "x-gzip", "deflate", "gzip, gzip", "br"].map {
            Reply.http(200, packed, headers: ["Content-Encoding: \($0)"]).bytes
        }
        return heads.map { Array($0.utf8) } + encodings
    }()

    /// Bytes that parsers stumble over.
    private static let morsels: [[UInt8]] = [
        "\r\n", "\r", "\n", "\0", "HTTP/1.1 ", "HTTP/", "Content-Length: ", "Transfer-Encoding: chunked\r\n",
        "0\r\n\r\n",
        "ffffffffffffffff\r\n", "-1", "99999999999999999999", " ", "\t", ":", ";", "\u{FF}", "\r\n\r\n", "\r\n ",
    ].map { Array($0.utf8) }

    private static func response(_ random: inout Seeded) -> [UInt8] {
        if random.once(in: 8) {
            return (0..<random.below(400)).map { _ in UInt8(random.below(256)) }
        }
        var bytes = random.pick(seeds)
        for _ in 0..<random.below(6) {
            let place = random.below(bytes.count + 1)
            switch random.below(6) {
            case 0 where place < bytes.count: bytes[place] = UInt8(random.below(256))
            case 1 where place < bytes.count: bytes.remove(at: place)
            case 2: bytes.insert(contentsOf: random.pick(morsels), at: place)
            case 3: bytes.removeLast(bytes.count - place)
            case 4: bytes += random.pick(seeds)
            default:
                let from = bytes[place...].prefix(random.below(64))
                bytes.insert(contentsOf: from, at: random.below(bytes.count + 1))
            }
        }
        return bytes
    }

    /// A head that begins with the continuation of a line that is not there (libcurl 7.88 took it for one of the last answer's).
    @Test func aHeadThatBeginsWithAFoldedLine() async throws {
        let folded = Array(
            "HTTP/1.1 200 OK\r\n \(String(repeating: "x", count: 5000)): y\r\nContent-Length: 30\r\n\r\n\(Self.good)"
                .utf8)
        let server = try ScriptedServer { _, number in
            number.isMultiple(of: 2) ? Reply(bytes: folded) : .http(200, Self.good, headers: ["X: y"])
        }
        let results = try await withAtlasClient(server.url, concurrency: 1) { client in
            var results: [AttemptResult] = []
            for _ in 0..<200 {
                results.append(await client.attempt(.queryRefundOrders, body: [], timeout: .seconds(20)))
            }
            return results
        }
        // Whether such a head is an answer is libcurl's to say.
        let goodCount = results.count { $0 == .answer(HTTPAnswer(httpStatus: 200, body: Array(Self.good.utf8))) }
        #expect(results.count == 200)
        #expect(goodCount >= 100)
    }

    @Test func theProcessGoesOn() async throws {
        let seed = Seeded().seed
        let count = 2000 * Seeded.soak
        let server = try ScriptedServer { _, number in
            // A client that wants more than comes must not wait for its time limit.
            if number.isMultiple(of: 10) { return .http(200, Self.good).closing }
            var random = Seeded(seed: seed &+ UInt64(number))
            let bytes = Self.response(&random)
            return Reply(bytes: bytes, closes: true, resets: random.once(in: 4))
        }
        let results = try await withAtlasClient(server.url, concurrency: 4) { client in
            try await withThrowingTaskGroup(of: [AttemptResult].self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        var results: [AttemptResult] = []
                        for _ in 0..<count / 4 {
                            results.append(
                                await client.attempt(.queryRefundOrders, body: [0x7B, 0x7D], timeout: .seconds(20)))
                        }
                        return results
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
        }
        try #require(results.count == count)
        let wholeCount = results.count { $0 == .answer(HTTPAnswer(httpStatus: 200, body: Array(Self.good.utf8))) }
        // One in ten is good, and some others are hurt where it does not matter.
        #expect(wholeCount >= count / 11, "seed \(seed)")
        #expect(wholeCount < count, "seed \(seed): nothing was hurt")
        #expect(!results.contains(.failed(.cancelled)), "seed \(seed)")
        #expect(!results.contains(.failed(.timeout)), "seed \(seed)")
    }
}
