import Testing

@testable import Memory

/// Room is made once for each value: the longest of each kind must fit, wherever the writer's memory ends.
@Suite struct ByteWriterTests {
    /// What the longest values are, and how many bytes room is made for.
    private static let longest: [(name: String, most: Int, append: @Sendable (inout ByteWriter) -> Void)] = [
        ("varint", 10, { $0.append(varint: .max) }), ("signed", 10, { $0.append(signed: .min) }),
        ("fixed64", 8, { $0.append(fixed64: .max) }), ("decimal", 20, { $0.append(decimal: .min) }),
        ("digits", 20, { $0.append(decimal: .max, isNegative: false, minorDigits: 0) }),
        ("hexadecimal", 16, { $0.append(hexadecimal: .max) }), ("byte", 1, { $0.append(7) }),
        ("literal", 3, { $0.append(literal: "abc") }), ("text", 6, { $0.append("héllo" as Text) }),
    ]

    private static func bytes(_ append: (inout ByteWriter) -> Void) -> [UInt8] {
        var writer = ByteWriter()
        append(&writer)
        return writer.bytes
    }

    @Test func theLongestValuesAreAsLongAsExpected() {
        for (name, most, append) in Self.longest { #expect(Self.bytes(append).count == most, "\(name)") }
    }

    @Test func nothingIsLostWhereverTheMemoryEnds() {
        for (name, most, append) in Self.longest {
            for room in 0...ByteWriter.mostDecimalBytes {
                var writer = ByteWriter(capacity: 64)
                let before = [UInt8](repeating: 0xAA, count: 64 - room)
                writer.append(before.span)
                #expect(writer.room == room, "\(name)")
                append(&writer)
                #expect(writer.bytes == before + Self.bytes(append), "\(name) with room for \(room) of \(most)")
            }
        }
    }

    @Test(arguments: 0...18) func amountsFitWithAnyNumberOfMinorDigits(minorDigits: Int) {
        let longest = Self.bytes { $0.append(decimal: .max, isNegative: true, minorDigits: minorDigits) }
        #expect(longest.count == (minorDigits == 0 ? 21 : ByteWriter.mostDecimalBytes))
        let least = Self.bytes { $0.append(decimal: 0, isNegative: true, minorDigits: minorDigits) }
        #expect(least.count == (minorDigits == 0 ? 2 : minorDigits + 3))
        var digits = "18446744073709551615"
        if minorDigits > 0 { digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -minorDigits)) }
        #expect(String(decoding: longest, as: UTF8.self) == "-" + digits)
    }

    @Test func whatWasWrittenLastIsTakenBack() {
        var writer = ByteWriter()
        writer.append(literal: "a,b,")
        writer.removeLast(1)
        #expect(writer.bytes == Array("a,b".utf8))
        writer.removeAll()
        #expect(writer.count == 0)
    }
}
