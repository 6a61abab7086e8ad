import CXlsx
import Refunds

/// How a cell looks. Equal styles share one format of the workbook.
struct CellStyle: Hashable {
    /// How its value is shown.
    enum Number: Hashable {
        case general
        /// Stays text when a person edits it.
        case text
        case count
        case percent
        /// How many checks fail, in words.
        case failures
        case date
        /// With thousands separators, the currency's digits, and negatives in red.
        case amount(digits: Int)

        var code: String? {
            switch self {
            case .general: return nil
            case .text: return "@"
            case .count: return "#,##0"
            case .percent: return "0.0%"
            case .failures: return "0 \"fail\""
            case .date: return "yyyy-mm-dd"
            case .amount(let digits):
                let positive = digits == 0 ? "#,##0" : "#,##0." + String(repeating: "0", count: digits)
                return "\(positive);[Red]-\(positive)"
            }
        }
    }

    enum Alignment: Hashable {
        case natural, left, center, right
        /// Left, a little away from the column before.
        case indented
    }

    var number = Number.general
    var fill: Palette?
    var color: Palette?
    var isBold = false
    var isItalic = false
    var wraps = false
    var points = 11
    var alignment = Alignment.natural
    /// A thin line above.
    var hasRule = false
    var isTop = false
    /// Smaller letters rather than a cut text or `####`.
    var shrinks = false

    static let plain = CellStyle()
    /// An amount that is text because a number would not hold it.
    static let longAmount = CellStyle(number: .text, alignment: .right, shrinks: true)
    static let title = CellStyle(color: .navy, isBold: true, points: 20)
    static let section = CellStyle(color: .navy, isBold: true, points: 13)
    static let header = CellStyle(fill: .navy, color: .white, isBold: true, wraps: true)
    static let label = CellStyle(color: .grey)
    static let note = CellStyle(color: .grey, isItalic: true)
    static let sum = CellStyle(isBold: true, hasRule: true)
    /// Where a person writes.
    static let entry = CellStyle(fill: .cream, wraps: true)

    func with(_ number: Number) -> CellStyle {
        var style = self
        style.number = number
        return style
    }

    func aligned(_ alignment: Alignment) -> CellStyle {
        var style = self
        style.alignment = alignment
        return style
    }

    /// At the top of a cell whose neighbour may have several lines.
    var top: CellStyle {
        var style = self
        style.isTop = true
        return style
    }

    /// With smaller letters rather than `####`.
    var shrunk: CellStyle {
        var style = self
        style.shrinks = true
        return style
    }

    /// Sets the properties of a new format.
    func apply(to format: UnsafeMutablePointer<lxw_format>) {
        if let code = number.code { format_set_num_format(format, code) }
        if let fill { format_set_bg_color(format, fill.rawValue) }
        if let color { format_set_font_color(format, color.rawValue) }
        if isBold { format_set_bold(format) }
        if isItalic { format_set_italic(format) }
        if wraps { format_set_text_wrap(format) }
        if points != 11 { format_set_font_size(format, Double(points)) }
        if shrinks { format_set_shrink(format) }
        if hasRule { format_set_top(format, UInt8(LXW_BORDER_THIN.rawValue)) }
        format_set_align(format, UInt8((wraps || isTop ? LXW_ALIGN_VERTICAL_TOP : LXW_ALIGN_VERTICAL_CENTER).rawValue))
        switch alignment {
        case .natural: break
        case .left: format_set_align(format, UInt8(LXW_ALIGN_LEFT.rawValue))
        case .center: format_set_align(format, UInt8(LXW_ALIGN_CENTER.rawValue))
        case .right: format_set_align(format, UInt8(LXW_ALIGN_RIGHT.rawValue))
        case .indented: format_set_indent(format, 1)
        }
    }
}

extension Palette {
    /// The color of a band that says so.
    init(_ tone: Tone) {
        switch tone {
        case .good: self = .green
        case .wait: self = .amber
        case .bad: self = .red
        case .unknown: self = .purple
        case .neutral: self = .grey
        }
    }
}

/// The workbook's colors, as RGB.
enum Palette: UInt32 {
    case white = 0xFFFFFF
    case navy = 0x1F3864
    case blue = 0x2F75B5
    case grey = 0x595959
    case cream = 0xFFF9E5
    case green = 0x548235
    case lightGreen = 0xE2EFDA
    case amber = 0xBF8F00
    case brown = 0x7F6000
    case lightAmber = 0xFFEB9C
    case red = 0xC00000
    case lightRed = 0xFFC7CE
    case purple = 0x7030A0
}
