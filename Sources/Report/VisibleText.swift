/// Text from outside made safe to show: nothing in it can act on a page or a terminal, or disguise what stands beside it.
enum VisibleText {
    /// Stands where a text was cut.
    static let cutMark: Character = "…"

    /// The text on one line. White space that breaks lines becomes a blank; control characters, and what Unicode calls no
    /// character, become U+FFFD; characters that cannot be seen and change how others are read (bidirectional controls,
    /// zero-width ones, tags) are named: `[U+202E]`. After `limit` scalars the text is cut and marked.
    static func clean(_ text: String, limit: Int = .max) -> String {
        var result = String.UnicodeScalarView()
        for (count, scalar) in text.unicodeScalars.enumerated() {
            if count == limit {
                result.append(contentsOf: cutMark.unicodeScalars)
                break
            }
            switch scalar.value {
            case 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029: result.append(" ")
            case 0..<0x20, 0x7F..<0xA0: result.append("\u{FFFD}")
            case _ where isNoCharacter(scalar): result.append("\u{FFFD}")
            case _ where isHidden(scalar): result.append(contentsOf: named(scalar).unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    private static func isNoCharacter(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value & 0xFFFE == 0xFFFE || (0xFDD0...0xFDEF).contains(scalar.value)
    }

    /// Characters of Unicode's category Cf and their like, which leave no mark of their own.
    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x80: false
        case 0x034F, 0x115F, 0x1160, 0x3164, 0xFFA0: true
        default: scalar.properties.generalCategory == .format
        }
    }

    private static func named(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "[U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "]"
    }

    // MARK: Columns of a terminal

    /// How many columns of a terminal the text takes.
    static func width(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + width($1) } }

    /// The text in at most `width` columns; one that is longer ends with a mark.
    static func cut(_ text: String, width limit: Int) -> String {
        if width(text) <= limit { return text }
        var result = String.UnicodeScalarView()
        var used = 0
        for scalar in text.unicodeScalars {
            used += width(scalar)
            // One column is the mark's.
            if used > limit - 1 { break }
            result.append(scalar)
        }
        return String(result) + String(cutMark)
    }

    /// 0 for what is put on the letter before it, 2 for East Asian letters and pictures, else 1.
    private static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0..<0x300: return 1
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,
            0x20000...0x3FFFD:
            return 2
        default: break
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: return 1
        }
    }
}
