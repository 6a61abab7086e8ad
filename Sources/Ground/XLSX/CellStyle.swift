import CXlsx

/// How a cell looks. Equal styles share one format of the workbook.
package struct CellStyle: Hashable, Sendable {
    /// How its value is shown.
    package enum Number: Hashable, Sendable {
        case general
        /// Stays text when a person edits it.
        case text
        case count
        case percent
        /// A count with the word for what is counted.
        case counted(String)
        case date
        /// With thousands separators, so many digits after the point, and negatives in red.
        case decimal(digits: Int)

        /// The format's code in the file; nil for the general one.
        package var code: String? {
            switch self {
            case .general: return nil
            case .text: return "@"
            case .count: return "#,##0"
            case .percent: return "0.0%"
            case .counted(let word): return "0 \"\(word)\""
            case .date: return "yyyy-mm-dd"
            case .decimal(let digits):
                let positive = digits == 0 ? "#,##0" : "#,##0." + String(repeating: "0", count: digits)
                return "\(positive);[Red]-\(positive)"
            }
        }
    }

    package enum Alignment: Hashable, Sendable {
        case natural, left, center, right
        /// Left, a little away from the column before.
        case indented
    }

    package var number = Number.general
    package var fill: Palette?
    package var color: Palette?
    package var isBold = false
    package var isItalic = false
    package var wraps = false
    package var points = 11
    package var alignment = Alignment.natural
    /// A thin line above.
    package var hasRule = false
    package var isTop = false
    /// Smaller letters rather than a cut text or `####`.
    package var shrinks = false

    package init(
        number: Number = .general, fill: Palette? = nil, color: Palette? = nil, isBold: Bool = false,
        isItalic: Bool = false, wraps: Bool = false, points: Int = 11, alignment: Alignment = .natural,
        hasRule: Bool = false
    ) {
        self.number = number
        self.fill = fill
        self.color = color
        self.isBold = isBold
        self.isItalic = isItalic
        self.wraps = wraps
        self.points = points
        self.alignment = alignment
        self.hasRule = hasRule
    }

    package static let plain = CellStyle()
    /// A decimal number that is text because a cell cannot hold all its digits.
    package static let longDecimal = CellStyle(number: .text, alignment: .right).shrunk
    package static let title = CellStyle(color: .navy, isBold: true, points: 20)
    package static let section = CellStyle(color: .navy, isBold: true, points: 13)
    package static let header = CellStyle(fill: .navy, color: .white, isBold: true, wraps: true)
    package static let label = CellStyle(color: .grey)
    package static let note = CellStyle(color: .grey, isItalic: true)
    package static let sum = CellStyle(isBold: true, hasRule: true)
    /// Where a person writes.
    package static let entry = CellStyle(fill: .cream, wraps: true)

    package func with(_ number: Number) -> CellStyle {
        var style = self
        style.number = number
        return style
    }

    package func aligned(_ alignment: Alignment) -> CellStyle {
        var style = self
        style.alignment = alignment
        return style
    }

    /// At the top of a cell whose neighbour may have several lines.
    package var top: CellStyle {
        var style = self
        style.isTop = true
        return style
    }

    /// With smaller letters rather than `####`.
    package var shrunk: CellStyle {
        var style = self
        style.shrinks = true
        return style
    }

    /// Sets the properties of a new format.
    func apply(to format: UnsafeMutablePointer<lxw_format>) {
        if let code = number.code { unsafe format_set_num_format(format, code) }
        if let fill { unsafe format_set_bg_color(format, fill.rawValue) }
        if let color { unsafe format_set_font_color(format, color.rawValue) }
        if isBold { unsafe format_set_bold(format) }
        if isItalic { unsafe format_set_italic(format) }
        if wraps { unsafe format_set_text_wrap(format) }
        if points != 11 { unsafe format_set_font_size(format, Double(points)) }
        if shrinks { unsafe format_set_shrink(format) }
        if hasRule { unsafe format_set_top(format, UInt8(LXW_BORDER_THIN.rawValue)) }
        for place in places { unsafe format_set_align(format, UInt8(place.rawValue)) }
        if alignment == .indented { unsafe format_set_indent(format, 1) }
    }

    private var places: [lxw_format_alignments] {
        let vertical = wraps || isTop ? LXW_ALIGN_VERTICAL_TOP : LXW_ALIGN_VERTICAL_CENTER
        switch alignment {
        case .natural, .indented: return [vertical]
        case .left: return [vertical, LXW_ALIGN_LEFT]
        case .center: return [vertical, LXW_ALIGN_CENTER]
        case .right: return [vertical, LXW_ALIGN_RIGHT]
        }
    }
}

/// The workbook's colors, as RGB.
package enum Palette: UInt32, Sendable {
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
