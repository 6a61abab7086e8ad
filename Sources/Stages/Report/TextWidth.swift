import Memory
import Refunds

/// Columns of a terminal.
extension VisibleText {
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

    /// 0 for a mark on the letter before it, 2 for East Asian letters and pictures, else 1.
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
