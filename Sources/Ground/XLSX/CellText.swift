import Memory

/// Text as a cell of a workbook can hold it.
public enum CellText {
    /// Excel's limit, in UTF-16 units of the text as the XML has it: an escape such as `_x000D_` counts seven.
    static let limit = 32_767
    /// The end of a text that was cut.
    static let cutMark = "… [cut]"

    /// Whether the bytes can be in a cell as they are, with nothing to escape. It may say no of a text that could.
    static func isPlain(_ bytes: Span<UInt8>) -> Bool {
        if bytes.isEmpty { return true }
        guard bytes[0] != 0x20, bytes[bytes.count - 1] != 0x20 else { return false }
        return isClean(bytes, escaping: true)
    }

    /// Whether the bytes need no cleaning, and no escaping if that is asked. It may say no of a text that needs none.
    @inline(__always)
    private static func isClean(_ bytes: Span<UInt8>, escaping: Bool) -> Bool {
        guard bytes.count <= limit else { return false }
        var previous: UInt8 = 0
        for index in bytes.indices {
            let byte = bytes[index]
            // 0xEF begins U+F000…U+FFFF, among them U+FFFE and U+FFFF.
            if byte < 0x20 || byte == 0xEF || (byte == UInt8(ascii: "x") && previous == UInt8(ascii: "_")) {
                return false
            }
            if escaping, escape(of: byte) != nil { return false }
            previous = byte
        }
        return true
    }

    /// What XML has for a byte that it cannot hold as it is.
    @inline(__always)
    private static func escape(of byte: UInt8) -> StaticString? {
        switch byte {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        default: nil
        }
    }

    /// The text with characters that XML forbids replaced by U+FFFD, with carriage returns (of which a parser makes line
    /// feeds) as `_x000D_`, with a literal `_x0041_` and its like escaped (a reader takes it for the character it names),
    /// and cut with a mark if it is too long for a cell.
    package static func clean(_ text: String) -> String {
        isClean(text.utf8Span.span, escaping: false) ? text : cleaned(text)
    }

    private static func cleaned(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        var units = 0
        /// How many scalars of the result leave room for the mark.
        var resultCount = 0
        var roomCount = 0
        for index in scalars.indices {
            for scalar in replacement(of: scalars[index...]) {
                result.append(scalar)
                resultCount += 1
                units += scalar.value > 0xFFFF ? 2 : 1
            }
            if units <= limit - cutMark.utf16.count { roomCount = resultCount }
            if units > limit {
                return String(String.UnicodeScalarView(result.prefix(roomCount))) + cutMark
            }
        }
        return String(result)
    }

    /// What a cell has for the first of these scalars.
    private static func replacement(of scalars: ArraySlice<Unicode.Scalar>) -> [Unicode.Scalar] {
        let scalar = scalars[scalars.startIndex]
        switch scalar.value {
        case 0x09, 0x0A: return [scalar]
        case 0x0D: return Array("_x000D_".unicodeScalars)
        case 0..<0x20, 0xFFFE, 0xFFFF: return ["\u{FFFD}"]
        case 0x5F where isEscape(scalars): return Array("_x005F_".unicodeScalars)
        default: return [scalar]
        }
    }

    /// Whether the scalars begin with `_xHHHH_`.
    private static func isEscape(_ scalars: ArraySlice<Unicode.Scalar>) -> Bool {
        guard scalars.count >= 7 else { return false }
        let start = scalars.startIndex
        return scalars[start + 1] == "x" && scalars[start + 6] == "_"
            && scalars[start + 2..<start + 6].allSatisfy(\.properties.isASCIIHexDigit)
    }

    /// A text as the XML of a cell holds it.
    public struct XML: Sendable {
        let bytes: [UInt8]
        /// Whether white space at its ends must be kept.
        let keepsSpace: Bool

        package init(_ text: String) {
            var bytes: [UInt8] = []
            for byte in CellText.clean(text).utf8 {
                if let escape = CellText.escape(of: byte) { bytes.append(literal: escape) } else { bytes.append(byte) }
            }
            self.bytes = bytes
            keepsSpace = [bytes.first, bytes.last].contains { $0.map { $0 <= 0x20 } ?? false }
        }
    }

    /// About how many lines a text takes that is broken between words; at least one.
    package static func lineCount(_ text: String, width: Int) -> Int {
        var lines = 1
        var used = 0
        for word in text.unicodeScalars.split(whereSeparator: { $0 == " " || $0 == "\n" || $0 == "\t" }) {
            let needed = used == 0 ? word.count : used + 1 + word.count
            if needed <= width {
                used = needed
            } else {
                // A word that is longer than a line is broken anywhere.
                lines += (used == 0 ? 0 : 1) + (word.count - 1) / width
                used = (word.count - 1) % width + 1
            }
        }
        return lines
    }
}
