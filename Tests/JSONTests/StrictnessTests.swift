import JSON
import Testing

/// What is JSON and what is none (RFC 8259), class by class; UTF-8 is judged before, by who reads the line.
@Suite struct StrictnessTests {
    static func fault(_ text: String) -> JSONReader.Fault? { fault(Array(text.utf8)) }

    static func fault(_ bytes: [UInt8]) -> JSONReader.Fault? {
        var reader = JSONReader()
        return reader.fault(in: bytes.span)
    }

    static func isSyntaxFault(_ fault: JSONReader.Fault?) -> Bool {
        if case .syntax = fault { return true }
        return false
    }

    private static let numbers = [
        "-", "+", "+1", "++1", "--1", "-+1", "- 1", "-a", "-01", "-012", "01", "012", "00", "-00", "007.5", "1.", "-1.",
        "0.", ".1", "-.1", "+.1", "1.e1", "1.e", "0.e1", ".e1", "1.2.3", "1..2", "1.a", "0.1.", "0x1", "0x", "0xFF",
        "-0x1", "0b1", "0o7", "1e", "1E", "1e+", "1e-", "0e", "0e+", "0E+", "1.0e", "1.0e+", "1.0e-", "1e+-1", "1ee1",
        "1e1e1", "1e1.5", "9.3e+3a", "1a", "1 000", "1_000", "1,000,", "1f", "1L", "1-2", "1+2", "2.0 3", "NaN", "-NaN",
        "nan", "Infinity", "-Infinity", "+Infinity", "Inf", "infinity", "１", "1\u{FF11}", "٣", "∞", "1\u{0}", "-\u{0}",
    ]
    private static let strings = [
        "\"", "\"a", "a\"", "\"\"\"", "\"a\"b\"", "'a'", "'", "a", "`a`", "\u{201C}a\u{201D}", "\"\\\"", "\"\\",
        "\"\\\\\\\"",
        "\"\\a\"", "\"\\'\"", "\"\\0\"", "\"\\v\"", "\"\\x41\"", "\"\\ \"", "\"\\U0041\"", "\"\\N\"", "\"\\é\"",
        "\"\\\u{0}\"", "\"\\\n\"",
        "\"\\u\"", "\"\\u0\"", "\"\\u00\"", "\"\\u004\"", "\"\\u004g\"", "\"\\u 041\"", "\"\\u+041\"", "\"\\u-041\"",
        "\"\\u{41}\"",
        "\"\\u00é\"", "\"\\uD83D\\u\"", "\"\\uD83D\\u1\"", "\"\\uD83D\\uDE0\"", "\"\\uD83D\\uqqqq\"", "\"\\uD83D\\\"",
        "\"\\u004",
        "\\u0041", "\\\"a\\\"", "\"a\nb\"", "\"a\rb\"", "\"a\tb\"", "\"\u{0}\"", "\"\u{1}\"", "\"\u{8}\"", "\"\u{B}\"",
        "\"\u{C}\"",
        "\"\u{1F}\"", "\"abcdefghijklmnop\u{1F}\"", "\"abcdefg\n\"", "\"abcdefghijklmno\\qrstuvw\"",
    ]
    private static let structures = [
        "", " ", "\n", "[", "]", "{", "}", "[[", "[]]", "{}}", "{]", "[}", "[{]}", "[1}", "{\"a\":1]", ",", ":", "[,",
        "[,]", "[,1]",
        "[1,]", "[1,,2]", "[1,", "[1", "[\"a\"", "[\"a", "[\"a\",", "[1 2]", "[1:2]", "[1;2]", "[\"a\":1]", "[\"\":]",
        "[x]", "[1,x]", "[\"a\",\n4\n,1,",
        "{,}", "{,\"a\":1}", "{\"a\":1,}", "{\"a\":1,,}", "{\"a\":1,,\"b\":2}", "{\"a\"", "{\"a\":", "{\"a\":1",
        "{\"a\":1,", "{\"a\"}",
        "{\"a\":}", "{\"a\",1}", "{\"a\" 1}", "{\"a\"::1}", "{\"a\":1:2}", "{:1}", "{1:1}", "{a:1}", "{'a':1}",
        "{null:1}", "{[]:1}", "{\"a\":1 \"b\":2}",
        "{\"a\":\"a\" 1}", "{\"a\":x}", "{\"a\":/*c*/1}", "{\"a\":1}/*c*/", "{\"a\":1}//c", "{\"a\":1}#c", "#c\n{}",
        "//c\n{}", "/**/{}", "[1]x", "[1][2]",
        "[1] [2]", "1 2", "{}{}", "{},{}", "{} x", "[],", "\"a\" \"b\"", "nul", "nulll", "Null", "NULL", "tru", "truee",
        "True", "TRUE", "fals",
        "False", "n", "t", "f", "undefined", "None", "yes", "[nul]", "[tru", "[fals", "[truefalse]", "[true false]",
        "{\"a\":truth}", "<null>", "[<1>]", "@", "*", "\\", "(1)", "{\"a\":(1)}",
        "[\"a\"\u{0}]", "[\u{0}]", "\u{0}", "[1]\u{0}", "{\"a\":\"b\"}#", "[\u{22}a\u{22},\n\u{22}b",
        "{\"a\":{\"b\":1}", "[[1],[2]", "ab", "{{}}", "[{}", "{[", "{\"\":{", "[\"\\", "{\"\\u00",
    ]
    /// White space is space, LF, CR and TAB; nothing else, a byte order mark included.
    private static let spaces = [
        "\u{FEFF}{}", "\u{FEFF}", "[\u{B}]", "[\u{C}]", "\u{C}[]", "[]\u{B}", "[\u{A0}]", "[\u{2028}]", "[\u{2029}]",
        "[\u{2003}]", "[\u{3000}]", "[\u{200B}]",
        "[\u{2060}]", "[\u{85}]", "[\u{1F}]", "[\u{7F}]", "[\u{0}]", "{\"a\"\u{A0}:1}", "[1\u{C}]", "[-\u{20}1]",
        "t rue", "1 .5", "1e 5", "\"\\u00 41\"",
    ]

    @Test(
        "no JSON", arguments: [numbers, strings, structures, spaces].joined(),
        [("", ""), ("[", "]"), ("{\"k\":", "}"), ("[0,", "]")])
    func none(_ text: String, _ around: (String, String)) {
        // Some of what is none alone is some within a container.
        let whole = around.0 + text + around.1
        guard
            around.0.isEmpty
                || !Self.isElements(text, inObject: around.0.hasPrefix("{"), isAfterComma: around.0.hasSuffix(","))
        else { return }
        #expect(Self.isSyntaxFault(Self.fault(whole)), "\(whole.debugDescription)")
    }

    private static func isElements(_ text: String, inObject: Bool, isAfterComma: Bool) -> Bool {
        if [" ", "\n", ""].contains(text) { return !inObject && !isAfterComma }
        if ["[],{}", "{},{}"].contains(text) { return !inObject }
        return false
    }

    @Test(
        "JSON",
        arguments: [
            "0", "-0", "1", "-1", "10", "1234567890", "0.0", "-0.0", "0.5", "1.0", "1.50", "-1.25", "1e5", "1E5",
            "1e+5", "1E-5", "0e1", "0e+1", "0.1e-2", "-1.5E+10",
            "123456789012345678901234567890", "0.000000000000000000000000000000000000000001", "1e400", "-1e-9999",
            "123.456e78",
            "\"\"", "\"a\"", "\" \"", "\"/\"", "\"\\/\"", "\"\\\"\"", "\"\\\\\"", "\"\\b\\f\\n\\r\\t\"", "\"\\u0000\"",
            "\"\\u0041\"", "\"\\uaBcD\"", "\"\\u00e9\"", "\"\\uFFFF\"", "\"\\uFFFE\"",
            "\"\\uD83D\\uDE00\"", "\"\\ud83d\\ude00\"", "\"é😀\"", "\"\u{7F}\"", "\"\u{80}\"", "\"\u{2028}\u{2029}\"",
            "\"\u{FEFF}\"", "\"\u{FFFF}\"", "\"\u{10FFFF}\"", "\"'\"", "\"//c\"", "\"/*c*/\"", "\"\\\\u0041\"",
            "\"\\\\\\\"\"", "\"a\\u0022b\"",
            // Halves of surrogate pairs are JSON's grammar, though no Unicode.
            "\"\\uD800\"", "\"\\uDFFF\"", "\"\\uD800\\uD800\"", "\"\\uDE00\\uD83D\"", "\"\\uD83Dx\"", "\"\\uD83D\\n\"",
            "\"\\uD83D\\u0041\"", "\"\\uDBFFa\\uDFFF\"",
            "true", "false", "null", "[]", "{}", "[ ]", "{ }", "[[]]", "[{}]", "[[],{}]", "[1]", "[1,2]",
            "[null,1,\"2\",{}]", "[1\n]", " [1]", "[2] ", "[]\n", "\t\r\n []\t\r\n ", "{\"a\":1}",
            "{\"a\":1,\"b\":2}", " { \"a\" : [ 1 , { } ] } ", "{\r\n\t\"a\"\t:\n1\r}", "{\"\":0}", "{\"\\u0000\":0}",
            "{\"a\":{\"a\":{\"a\":1}}}", "[{\"a\":1},{\"a\":1}]", "{\"a\":\"a\",\"A\":1}", "{\"a\":[],\"a \":{}}",
            "[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]", "[1.5e1]", "[-0]",
            "\"abcdefghijklmnopqrstuvwxyz 0123456789 \\n abcdefghijklmnopqrstuvwxyz\"",
        ])
    func json(_ text: String) { #expect(Self.fault(text) == nil) }

    @Test("escapes and control characters are found wherever a string's words of eight bytes begin", arguments: 0..<40)
    func positions(_ length: Int) {
        let lead = String(repeating: "x", count: length)
        for trail in ["", "y", String(repeating: "y", count: 17)] {
            #expect(Self.fault("\"\(lead)\\n\(trail)\"") == nil)
            #expect(Self.isSyntaxFault(Self.fault("\"\(lead)\\q\(trail)\"")))
            for control in 0..<UInt8(0x20) {
                #expect(Self.isSyntaxFault(Self.fault("\"\(lead)\(Character(.init(control)))\(trail)\"")))
            }
            // Above the limit, and next to a quote, whose borrow must not show.
            for fine in ["\u{20}", "\u{21}", "\u{23}", "\u{5B}", "\u{5D}", "\u{7F}", "é", "\u{A0}", "\u{DC}"] {
                #expect(Self.fault("\"\(lead)\(fine)\(trail)\"") == nil)
            }
        }
    }

    @Test("a cut document is none, wherever it is cut")
    func cut() {
        let text = #"{"a":[1.5e-3,true,null,"x\u00e9\n"],"b":{"c":false}}"#
        let bytes = Array(text.utf8)
        for end in bytes.indices { #expect(Self.isSyntaxFault(Self.fault(Array(bytes[..<end])))) }
        #expect(Self.fault(bytes) == nil)
    }

    @Test("nesting has no limit and takes no stack", arguments: [100_000])
    func deep(_ depth: Int) {
        func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }
        #expect(Self.isSyntaxFault(Self.fault(repeated("[", depth))))
        #expect(Self.isSyntaxFault(Self.fault(repeated("{\"a\":", depth))))
        #expect(Self.isSyntaxFault(Self.fault(repeated("[{\"\":", depth))))
        #expect(Self.isSyntaxFault(Self.fault(repeated("[", depth) + repeated("]", depth - 1))))
        #expect(Self.isSyntaxFault(Self.fault(repeated("[", depth) + repeated("]", depth + 1))))
        #expect(Self.fault(repeated("[", depth) + repeated("]", depth)) == nil)
        #expect(Self.fault(repeated("{\"a\":", depth) + "1" + repeated("}", depth)) == nil)
    }

    @Test("the fault says where") func offset() {
        #expect(Self.fault("{\"a\":x}") == .syntax(offset: 5))
        #expect(Self.fault("") == .syntax(offset: 0))
        #expect(Self.fault("[1,2") == .syntax(offset: 4))
        #expect(Self.fault("{} x") == .syntax(offset: 3))
    }

    @Test func noBytesAtAll() {
        var reader = JSONReader()
        for (text, isJSON) in [("", false), ("[1]", true), ("", false)] {
            let fault = reader.fault(in: Array(text.utf8).span)
            #expect(Self.isSyntaxFault(fault) != isJSON)
            #expect((fault == nil) == isJSON)
        }
    }
}
