import JSON
import Testing

@Suite struct StringOutputTests {
    /// A character at every place of texts of every length, among bytes that are next to those which must be escaped.
    @Test(arguments: Array(UInt8.min...0x7F))
    func everyCharacterIsEscapedWhereItMustBe(_ byte: UInt8) {
        let mustBeEscaped = byte < 0x20 || byte == 0x22 || byte == 0x5C
        for filler in [UInt8(0x20), 0x21, 0x23, 0x5B, 0x5D, 0x7F, 0x80, 0xC3, 0xFF] {
            for count in 1...20 {
                for place in 0..<count {
                    var text = [UInt8](repeating: filler, count: count)
                    text[place] = byte
                    let isPlain = JSONText.isPlain(text.span)
                    #expect(isPlain == !mustBeEscaped)
                }
            }
        }
    }

    @Test func escapes() {
        var bytes: [UInt8] = []
        bytes.append(jsonString: "a\"b\\c\nd\re\tf\u{1}g\u{1F}h\u{7F}é€😀")
        #expect(String(decoding: bytes, as: UTF8.self) == #""a\"b\\c\nd\re\tf\u0001g\u001fh\#u{7F}é€😀""#)
    }
}
