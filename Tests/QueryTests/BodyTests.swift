import Atlas
import AtlasClient
import Testing

/// Bodies as servers send them: docs/FORMATS.md, "Bodies as they come".
@Suite("Bodies as they come", .timeLimit(.minutes(2)))
struct BodyTests {
    private static let good = #"{"refundOrders":[],"status":0}"#
    private static let halves = (#"{"refundOrders":["#, #"],"status":0}"#)
    private static let packed = Gzip.pack(good)

    private func attempt(_ body: [UInt8], _ coding: String) async throws -> AttemptResult {
        let reply = Reply.http(200, body, headers: ["Content-Encoding: \(coding)"])
        let server = try ScriptedServer { _, _ in reply }
        return try await withAtlasClient(server.url) { client in
            await client.attempt(.queryRefundOrders, body: Array("{}".utf8), timeout: .seconds(30))
        }
    }

    private static let whole: [(name: String, coding: String, body: [UInt8])] = [
        ("gzip", "gzip", packed),
        ("by its old name", "x-gzip", packed),
        ("in capitals", "GZip", packed),
        ("not packed", "identity", Array(good.utf8)),
        ("two members", "gzip", Gzip.pack(halves.0) + Gzip.pack(halves.1)),
        ("an empty member", "gzip", Gzip.pack("") + packed),
        ("zeros behind it", "gzip", packed + [UInt8](repeating: 0, count: 512)),
        ("zeros behind two members", "gzip", Gzip.pack(halves.0) + Gzip.pack(halves.1) + [0]),
        ("a line end behind it", "gzip", packed + [0x0A]),
        ("text behind it", "gzip", packed + Array("text".utf8)),
        ("packed twice", "gzip, gzip", Gzip.wrap(packed)),
        ("deflate with zlib's header", "deflate", Gzip.zlib(good)),
        ("deflate without", "deflate", Gzip.raw(good)),
        ("zeros behind deflate", "deflate", Gzip.zlib(good) + [0, 0]),
        ("a byte order mark", "identity", [0xEF, 0xBB, 0xBF] + Array(good.utf8)),
        ("a byte order mark, packed", "gzip", Gzip.wrap(Array(("\u{FEFF}" + good).utf8))),
    ]

    @Test(arguments: whole.map(\.name))
    func itIsUnpacked(_ name: String) async throws {
        let body = try #require(Self.whole.first { $0.name == name })
        let result = try await attempt(body.body, body.coding)
        #expect(result == .answer(HTTPAnswer(httpStatus: 200, body: Array(Self.good.utf8))))
    }

    private static let damaged: [(name: String, coding: String, body: [UInt8])] = {
        var flipped = packed
        flipped[packed.count - 6] ^= 1
        let wrongSum: [UInt8] = Gzip.zlib(good).dropLast(1) + [0]
        var table: [(name: String, coding: String, body: [UInt8])] = [
            ("a bit flipped", "gzip", flipped),
            ("not packed at all", "gzip", Array(good.utf8)),
            ("a second member cut short", "gzip", packed + packed.dropLast(1)),
            ("only the beginning of a second member", "gzip", packed + packed.prefix(2)),
            ("another checksum of deflate's", "deflate", wrongSum),
            ("deflate cut short", "deflate", Gzip.raw(good).dropLast(1)),
            ("gzip called deflate", "deflate", packed),
            ("packed once, not twice", "gzip, gzip", packed),
            ("what was not asked for", "br", Array(good.utf8)),
            ("what does not exist", "gzip, nothing", packed),
        ]
        for cut in [1, 8, 9, 12, packed.count - 10, packed.count - 3, packed.count] {
            table.append(("cut by \(cut)", "gzip", packed.dropLast(cut)))
        }
        return table
    }()

    @Test(arguments: damaged.map(\.name))
    func damageIsNoAnswer(_ name: String) async throws {
        let body = try #require(Self.damaged.first { $0.name == name })
        #expect(try await attempt(body.body, body.coding) == .failed(.badEncoding(httpStatus: 200)))
    }

    @Test func aBodyMayGrow() async throws {
        let result = try await attempt(Gzip.pack(Self.good, spaceRuns: 10), "gzip")
        let spaces = String(repeating: " ", count: 2581)
        #expect(result == .answer(HTTPAnswer(httpStatus: 200, body: Array((Self.good + spaces).utf8))))
    }

    /// Each member below the limit, all of them over it.
    @Test func membersAreBoundedTogether() async throws {
        let runs = AtlasHTTPClient.largestBodyByteCount / 258 / 2 + 1
        let half = Gzip.pack("", spaceRuns: runs)
        #expect(try await attempt(half + half, "gzip") == .failed(.bodyTooLarge(httpStatus: 200)))
        let twice = Gzip.wrap(Gzip.pack("", spaceRuns: 2 * runs))
        #expect(try await attempt(twice, "gzip, gzip") == .failed(.bodyTooLarge(httpStatus: 200)))
    }

    /// The marks of UTF-16 are no JSON: they are handed on for the reader to refuse.
    @Test func anotherMarkStays() async throws {
        let body: [UInt8] = [0xFF, 0xFE, 0x7B, 0, 0x7D, 0]
        #expect(try await attempt(body, "identity") == .answer(HTTPAnswer(httpStatus: 200, body: body)))
    }
}
