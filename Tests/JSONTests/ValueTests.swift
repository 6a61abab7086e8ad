import JSON
import Memory
import Refunds
import Testing

/// What a parsed document gives, and what is written.
@Suite struct ValueTests {
    /// Calls `body` with the root of a text that must be JSON.
    private static func read<Result>(_ text: String, _ body: (JSONValue) throws -> Result) throws -> Result {
        let document = JSONDocument()
        return try Array(text.utf8).withUnsafeBufferPointer { bytes in
            try #require(document.parse(bytes) == nil)
            return try body(document.root)
        }
    }

    private static func raw(_ value: JSONValue?) -> String? { value.map { String(decoding: $0.raw, as: UTF8.self) } }

    @Test func membersAreFoundByName() throws {
        try Self.read(#"{"a":{"x":[1,{"y":2}]},"b":null,"\u0063":"three","e\"f":4,"g":false,"":5}"#) { root in
            #expect(Self.raw(root["a"]?["x"]?.elements.last?["y"]) == "2")
            #expect(root["b"]?.isNull == true)
            #expect(root.given("b") == nil)
            #expect(root["c"]?.string == "three")
            #expect(root["e\"f"]?.int == 4)
            #expect(root[""]?.int == 5)
            #expect(root["g"]?.bool == false)
            #expect(root["d"] == nil)
            #expect(root["x"] == nil)
            #expect(root["y"] == nil)
            #expect(root.members.map(\.key) == ["a", "b", "c", "e\"f", "g", ""])
            #expect(root["a"]?["x"]?["y"] == nil)
            #expect(root.elements.isEmpty)
            #expect(root["c"]?.members.isEmpty == true)
        }
    }

    @Test(
        "a number keeps its digits",
        arguments: [
            "0", "-0", "1.50", "1e5", "1E+05", "-0.00", "123456789012345678901234567890.123456789012345678901234567890",
            "37.320",
        ])
    func digits(_ number: String) throws {
        try Self.read("[ \(number) ]") { root in
            #expect(Self.raw(root.elements.first) == number)
            #expect(root.elements.first?.kind == .number)
            #expect(String(decoding: JSONTree(root).encoded(), as: UTF8.self) == "[\(number)]")
        }
    }

    @Test(
        "a string's characters",
        arguments: [
            (#""plain é 😀""#, "plain é 😀"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
            (#""\u0041\u00e9\u20AC\uFFFF""#, "Aé€\u{FFFF}"),
            (#""\ud83d\ude00""#, "😀"), (#""\uD800\uDC00\uDBFF\uDFFF""#, "\u{10000}\u{10FFFF}"),
            (#""\\u0041""#, "\\u0041"), (#""\u0000""#, "\u{0}"),
            (#""\uD800""#, nil), (#""\uDC00""#, nil), (#""x\uD83Dx""#, nil), (#""\uDE00\uD83D""#, nil),
            (#""\uD83D\u0041""#, nil), (#""\uD83D\uD83D\uDE00""#, nil), (#""\uD83D\n""#, nil),
        ] as [(String, String?)])
    func characters(_ text: String, _ expected: String?) throws {
        try Self.read(text) { #expect($0.string.map { Array($0.utf8) } == expected.map { Array($0.utf8) }) }
    }

    /// FORMATS.md, "Fields": null, an empty string and an absent key all mean no value; strings are trimmed.
    @Test(
        "fields",
        arguments: [
            ("null", "none"), (#""""#, "none"), (#"" \t ""#, "none"), (#""\u0020\n\u000b""#, "none"),
            (#"" a b ""#, "text a b"), (#""\u0009x\r""#, "text x"), ("12.50", "number 12.50"),
            ("true", "bool true"), ("false", "bool false"), ("[]", "other"), ("{}", "other"), (#""\uD800""#, "other"),
            (#""null""#, "text null"), (#""\u00a0""#, "text \u{A0}"),
        ])
    func fields(_ text: String, _ expected: String) throws {
        try Self.read("{\"k\":\(text)}") { root in
            let found =
                switch root.field("k") {
                case .none: "none"
                case .text(let text): "text \(text.string)"
                case .number(let digits): "number \(String(decoding: digits, as: UTF8.self))"
                case .bool(let value): "bool \(value)"
                case .other: "other"
                }
            #expect(found == expected)
            #expect(root.field("absent").isNone)
            #expect((root.given("k") == nil) == (expected == "none"))
        }
    }

    @Test(
        "what is written is what was read, compact",
        arguments: [
            (
                #" { "b" : [ 1.50 , -0 , 1e5 , true , null , { } , [ ] ] , "a" : "x\u00e9\/\u0001\t" } "#,
                #"{"b":[1.50,-0,1e5,true,null,{},[]],"a":"xé/\u0001\t"}"#
            ),
            (#""\u001f\u007f\"\\\b\f\n\r""#, "\"\\u001f\u{7F}\\\"\\\\\\u0008\\u000c\\n\\r\""),
            (#"{"\n":{"\"":0}}"#, #"{"\n":{"\"":0}}"#), ("[]", "[]"), ("7", "7"),
        ])
    func written(_ text: String, _ expected: String) throws {
        let tree = try Self.read(text) { JSONTree($0) }
        #expect(String(decoding: tree.encoded(), as: UTF8.self) == expected)
        #expect(try Self.read(expected) { JSONTree($0) } == tree)
        #expect(try Self.read(String(decoding: tree.encoded(pretty: true), as: UTF8.self)) { JSONTree($0) } == tree)
    }

    @Test func indented() {
        let tree = JSONTree.object([
            .init("a", .array([.int(1), .text(nil)])), .init("b", .object([])), .init("c", .array([])),
        ])
        #expect(
            String(decoding: tree.encoded(pretty: true), as: UTF8.self)
                == "{\n \"a\": [\n  1,\n  null\n ],\n \"b\": {},\n \"c\": []\n}")
    }
}
