import Compression
import Testing

@testable import Sandbox

@Suite struct SandboxDataTests {
    private static let order = #"{"orderNo":"A","refundOrders":[]}"#

    private static let texts: [(String, Int)] = [
        (order, 1), ("", 0), ("\n\n", 0), (order + "\n", 1), ("\u{FEFF}" + order, 1), (order + "\r\n\r\n", 1),
        (#"{"orderNo":" ","airlinePNR":"P","carrier":"U2"}"#, 1),
        (order + "\n" + #"{"airlinePNR":"P","carrier":"U2"}"# + "\n" + #"{"airlinePNR":"P","carrier":"U2"}"#, 3),
    ]

    @Test(arguments: texts)
    func `lines are orders`(text: String, count: Int) throws {
        #expect(try SandboxData.parse(Array(text.utf8), name: "f").count == count)
    }

    private static let badLines: [(String, String)] = [
        ("{", "not JSON"), ("[]", "not a JSON object"), (#"{"orderNo":"A","orderNo":"A"}"#, "appears twice"),
        (#"{"orderNo":"A","refundOrder":[]}"#, "unknown member \"refundOrder\""),
        (#"{"orderNo":1}"#, "strings or null"), (#"{"orderNo":null,"airlinePNR":"P"}"#, "neither orderNo"),
        (#"{"orderNo":"A","refund":[]}"#, "objects or null"),
        (#"{"orderNo":"A","refundOrders":{}}"#, "array of objects"),
        (#"{"orderNo":"A","refundOrders":[1]}"#, "array of objects"), (order, "a line before has the orderNo \"A\""),
        (#"{"orderNo":"A","faults":["nonsense"]}"#, "faults holds"), (#"{"orderNo":"A","faults":"503"}"#, "array"),
    ]

    @Test(arguments: badLines)
    func `a bad line is told with file and line`(line: String, reason: String) throws {
        let error = #expect(throws: SandboxError.self) {
            try SandboxData.parse(Array((Self.order + "\n\n" + line).utf8), name: "orders.jsonl")
        }
        let message = try #require(error).description
        #expect(message.hasPrefix("orders.jsonl:3: "))
        #expect(message.contains(reason), "\(message)")
    }

    @Test func `a line that is no UTF-8 is told`() {
        let line = Array(#"{"orderNo":""#.utf8) + [0xFF] + Array(#""}"#.utf8)
        #expect(throws: SandboxError.badLine(path: "f", line: 1, reason: "no UTF-8")) {
            try SandboxData.parse(line, name: "f")
        }
    }

    @Test func `a file is read plain and through gzip`() throws {
        let text = Array(TestOrders.lines.joined(separator: "\n").utf8)
        let packed = try CompressedFormat.gzip.deflate(text)
        #expect(try withTemporaryFile(text) { try SandboxData.load(path: $0).count } == 4)
        #expect(try withTemporaryFile(packed, suffix: ".gz") { try SandboxData.load(path: $0).count } == 4)
        // Two members, one after the other, are one file.
        let twice = packed + (try CompressedFormat.gzip.deflate(Array("\n{\"orderNo\":\"Z\"}".utf8)))
        #expect(try withTemporaryFile(twice, suffix: ".gz") { try SandboxData.load(path: $0).count } == 5)
    }

    @Test func `a gzip that is cut off or none is told`() throws {
        let packed = try CompressedFormat.gzip.deflate(Array(TestOrders.lines.joined().utf8))
        for bytes in [Array(packed.dropLast(1)), Array(packed.prefix(40)), Array("{}".utf8)] {
            let error = #expect(throws: SandboxError.self) {
                try withTemporaryFile(bytes, suffix: ".gz") { try SandboxData.load(path: $0) }
            }
            guard case .cannotRead = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    @Test(arguments: ["/nonexistent/orders.jsonl", "/nonexistent/orders.jsonl.gz"])
    func `a file that is missing is told`(path: String) {
        #expect(throws: SandboxError.cannotOpen(path: path, reason: "No such file or directory")) {
            try SandboxData.load(path: path)
        }
    }
}
