import Memory
import Refunds

/// Text as a cell of a workbook can hold it.
enum CellText {
    /// Excel's limit, in UTF-16 units of the text as the XML has it: an escape such as `_x000D_` counts seven.
    static let limit = 32_767
    /// Stands at the end of a text that was cut.
    static let cutMark = "… [cut]"

    /// Whether the bytes need no escaping in a cell; a fast check that may return false for bytes that need none.
    static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count <= limit, bytes.first != 0x20, bytes.last != 0x20 else { return false }
        var previous: UInt8 = 0
        for byte in bytes {
            if byte < 0x20 || byte == 0xEF || byte == UInt8(ascii: "&") || byte == UInt8(ascii: "<")
                || byte == UInt8(ascii: ">") || (byte == UInt8(ascii: "x") && previous == UInt8(ascii: "_"))
            {
                return false
            }
            previous = byte
        }
        return true
    }

    /// The text with characters that XML forbids replaced by U+FFFD, with carriage returns (of which a parser makes line
    /// feeds) as `_x000D_`, with a literal `_x0041_` and its like escaped (a reader takes it for the character it names),
    /// and cut with a mark if it is too long for a cell.
    static func clean(_ text: String) -> String { isClean(text) ? text : cleaned(text) }

    /// Whether the text can stay as it is; a quick look that may say no without need.
    private static func isClean(_ text: String) -> Bool {
        let answer = text.utf8.withContiguousStorageIfAvailable { bytes in
            guard bytes.count <= limit else { return false }
            var previous: UInt8 = 0
            for byte in bytes {
                // 0xEF begins U+F000…U+FFFF, among them U+FFFE and U+FFFF.
                if byte < 0x20 || byte == 0xEF || (byte == UInt8(ascii: "x") && previous == UInt8(ascii: "_")) {
                    return false
                }
                previous = byte
            }
            return true
        }
        return answer ?? false
    }

    private static func cleaned(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        var units = 0
        /// How many scalars of the result leave room for the mark.
        var resultCount = 0
        var roomCount = 0
        for index in scalars.indices {
            for scalar in piece(scalars, index) {
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

    /// The replacement for one scalar.
    private static func piece(_ scalars: [Unicode.Scalar], _ index: Int) -> [Unicode.Scalar] {
        let scalar = scalars[index]
        switch scalar.value {
        case 0x09, 0x0A: return [scalar]
        case 0x0D: return Array("_x000D_".unicodeScalars)
        case 0..<0x20, 0xFFFE, 0xFFFF: return ["\u{FFFD}"]
        case 0x5F where isEscape(scalars[index...]): return Array("_x005F_".unicodeScalars)
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
    struct XML: Sendable {
        let bytes: [UInt8]
        /// Whether white space at its ends must be kept.
        let keepsSpace: Bool

        init(_ text: String) {
            let clean = CellText.clean(text)
            var bytes: [UInt8] = []
            bytes.reserveCapacity(clean.utf8.count)
            for byte in clean.utf8 {
                switch byte {
                case UInt8(ascii: "&"): bytes.append(literal: "&amp;")
                case UInt8(ascii: "<"): bytes.append(literal: "&lt;")
                case UInt8(ascii: ">"): bytes.append(literal: "&gt;")
                default: bytes.append(byte)
                }
            }
            self.bytes = bytes
            keepsSpace = [bytes.first, bytes.last].contains { $0.map { $0 <= 0x20 } ?? false }
        }
    }

    /// About how many lines a text takes that is broken between words; at least one.
    static func lineCount(_ text: String, width: Int) -> Int {
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
