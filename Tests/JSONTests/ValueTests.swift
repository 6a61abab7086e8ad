import JSON
import Memory
import Refunds
import Testing

/// What a parsed document gives, and what is written.
@Suite struct ValueTests {
    /// Calls `body` with the root of a text that must be JSON.
    private static func read<Result>(_ text: String, _ body: (JSONView) throws -> Result) throws -> Result {
        var reader = JSONReader()
        let bytes = Array(text.utf8)
        guard let root = reader.read(bytes.span).acceptable else { throw MalformedBytes() }
        return try body(root)
    }

    /// The names of an object's members.
    private static func names(_ value: JSONView) -> [String?] {
        var children = value.children
        var names: [String?] = []
        while let child = children.next() { names.append(child.name) }
        return names
    }

    @Test func membersAreFoundByName() throws {
        try Self.read(#"{"a":{"x":[1,{"y":2}]},"b":null,"\u0063":"three","e\"f":4,"g":false,"":5}"#) { root in
            guard let list = root["a"]?["x"] else {
                Issue.record("no list at a.x")
                return
            }
            var elements = list.children
            let first = elements.next()?.int
            let second = elements.next()?["y"]?.raw.string
            #expect(first == 1)
            #expect(second == "2")
            let isNull = root["b"]?.isNull
            #expect(isNull == true)
            let isGiven = root.given("b") != nil
            #expect(!isGiven)
            let texts = [root["c"]?.string, root["d"]?.raw.string, root["x"]?.raw.string, root["y"]?.raw.string]
            #expect(texts == ["three", nil, nil, nil])
            let numbers = [root["e\"f"]?.int, root[""]?.int, root["a"]?["x"]?["y"]?.int]
            #expect(numbers == [4, 5, nil])
            let flag = root["g"]?.bool
            #expect(flag == false)
            let names = Self.names(root)
            #expect(names == ["a", "b", "c", "e\"f", "g", ""])
            let count = root["c"]?.childCount
            #expect(count == 0)
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
            var elements = root.children
            guard let first = elements.next() else { throw MalformedBytes() }
            let (raw, kind) = (first.raw.string, first.kind)
            #expect(raw == number)
            #expect(kind == .number)
            let tree = JSONTree(root)
            #expect(String(decoding: tree.encoded(), as: UTF8.self) == "[\(number)]")
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
        let found = try Self.read(text) { $0.string }
        #expect(found.map { Array($0.utf8) } == expected.map { Array($0.utf8) })
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
                case .number(let digits): "number \(digits.string)"
                case .bool(let value): "bool \(value)"
                case .other: "other"
                }
            #expect(found == expected)
            let (isNone, isGiven) = (root.field("absent").isNone, root.given("k") != nil)
            #expect(isNone)
            #expect(isGiven == (expected != "none"))
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
