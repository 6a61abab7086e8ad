import Testing

@testable import Verify

/// The JSON of a report as `verify` reads it.
@Suite struct JSONTreeTests {
    @Test(arguments: [
        ("0", 0), ("-7", -7), ("1000000000000", 1_000_000_000_000), ("1000000000001", nil), ("-1000000000001", nil),
        ("9223372036854775807", nil), ("-9223372036854775808", nil), ("99999999999999999999", nil), ("1.0", nil),
        ("\"1\"", nil),
    ])
    func counts(text: String, count: Int?) throws {
        let tree = try #require(JSONReading.tree(Array("{\"a\":\(text)}".utf8)))
        #expect(tree["a"]?.count == count)
    }

    /// Looking up each of many members takes time that grows with their number, not with its square.
    @Test(.timeLimit(.minutes(5))) func manyMembers() throws {
        let count = 200_000
        let text = "{" + (0..<count).map { "\"member \($0)\":\($0)" }.joined(separator: ",") + "}"
        let tree = try #require(JSONReading.tree(Array(text.utf8)))
        #expect((0..<count).allSatisfy { tree["member \($0)"]?.count == $0 })
        #expect(tree.members.count == count)
        #expect(tree["another"] == nil)
    }

    /// A short text that would fill the memory is refused before it is taken apart.
    @Test(arguments: [(1_000, true), (3_000_000, false)]) func manyValues(count: Int, isRead: Bool) {
        let bytes = Array("[0".utf8) + Array(repeatElement(Array(",0".utf8), count: count).joined()) + Array("]".utf8)
        #expect((JSONReading.tree(bytes) != nil) == isRead)
    }
}
