import Memory
import Refunds
import Testing

/// What a terminal, a log or a mail is shown of a text from outside.
@Suite struct VisibleTextTests {
    /// A text, how a message shows it, and how a cell of a table does.
    private static let texts: [(text: String, escaped: String, clean: String)] = [
        ("plain, é, 東京, 🎫", "plain, é, 東京, 🎫", "plain, é, 東京, 🎫"),
        ("a\nb\r\nc\td", #"a\nb\r\nc\td"#, "a b  c d"), (#"a\nb"#, #"a\nb"#, #"a\nb"#),
        ("\u{1B}[31m\u{7}\u{0}", #"\u001B[31m\u0007\u0000"#, "\u{FFFD}[31m\u{FFFD}\u{FFFD}"),
        ("\u{7F}\u{9B}2J\u{90}", #"\u007F\u009B2J\u0090"#, "\u{FFFD}\u{FFFD}2J\u{FFFD}"),
        ("\u{85}\u{2028}\u{2029}\u{B}\u{C}", #"\u0085\u2028\u2029\u000B\u000C"#, "     "),
        ("\u{202E}evil\u{202C}", #"\u202Eevil\u202C"#, "[U+202E]evil[U+202C]"),
        // A tag is written as JSON writes it, in two parts.
        ("\u{E0041}", #"\uDB40\uDC41"#, "[U+E0041]"),
    ]

    @Test(arguments: texts) func shown(_ text: (text: String, escaped: String, clean: String)) {
        #expect(VisibleText.escaped(text.text) == text.escaped)
        #expect(VisibleText.clean(text.text) == text.clean)
    }

    private static let hidden: [UInt32] =
        Array(0x200B...0x200F) + Array(0x202A...0x202E) + Array(0x2060...0x2069) + [
            0x61C, 0xFEFF, 0xAD, 0x180E, 0x3164,
        ]

    @Test(arguments: hidden) func hiddenCharacters(_ value: UInt32) throws {
        let character = try #require(Unicode.Scalar(value))
        let digits = String(value, radix: 16, uppercase: true)
        let name = String(repeating: "0", count: 4 - digits.count) + digits
        #expect(VisibleText.escaped("a\(character)b") == "a\\u\(name)b")
        #expect(VisibleText.clean("a\(character)b") == "a[U+\(name)]b")
    }

    @Test(arguments: [0xFDD0, 0xFFFE, 0xFFFF]) func noCharacters(_ value: UInt32) throws {
        let text = String(try #require(Unicode.Scalar(value)))
        #expect(VisibleText.escaped(text) == "\\u" + String(value, radix: 16, uppercase: true))
        #expect(VisibleText.clean(text) == "\u{FFFD}")
    }

    @Test func aLongTextIsCut() { #expect(VisibleText.clean("abcdef", limit: 3) == "abc…") }

    @Test func lines() {
        #expect(VisibleText.escapedLines("{\"a\":\"\u{9B}\"}\n{}\n") == #"{"a":"\u009B"}"# + "\n{}\n")
        #expect(
            VisibleText.escapedCSV("a,b\r\n\"x\r\ny\"\"\u{1B}\",\"\n\"\r\n") == "a,b\r\n"
                + #""x\r\ny""\u001B","\n""# + "\r\n")
    }
}
