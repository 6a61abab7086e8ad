import Memory
import Refunds

/// A page while it is written. Only constants of the program become markup; everything else is escaped, so no text from
/// outside can be more than text.
struct HTMLPage {
    private(set) var bytes: [UInt8] = []

    /// Appends markup of the program itself, unescaped.
    mutating func markup(_ constant: StaticString) { bytes.append(literal: constant) }

    /// Appends text of ours, or the value of an attribute.
    mutating func text(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): markup("&amp;")
            case UInt8(ascii: "<"): markup("&lt;")
            case UInt8(ascii: ">"): markup("&gt;")
            case UInt8(ascii: "\""): markup("&quot;")
            case UInt8(ascii: "'"): markup("&#39;")
            default: bytes.append(byte)
            }
        }
    }

    /// Appends text from outside: cleaned, cut if it is very long, and isolated, so that letters that run from right to left
    /// cannot reorder what stands beside them.
    mutating func outside(_ outside: String, limit: Int = 120) {
        markup("<bdi>")
        text(VisibleText.clean(outside, limit: limit))
        markup("</bdi>")
    }

    /// Appends an element that holds text of ours.
    mutating func element(_ opening: StaticString, _ content: String, _ closing: StaticString) {
        markup(opening)
        text(content)
        markup(closing)
    }

    /// Appends an attribute that is a number.
    mutating func attribute(_ name: StaticString, _ value: Int) {
        markup(" ")
        markup(name)
        markup("=\"")
        text(String(value))
        markup("\"")
    }

    // MARK: Tables

    /// A column's title, and whether it holds figures, which are aligned to the right.
    struct Column {
        let title: String
        var isFigure = true

        static func words(_ title: String) -> Column { Column(title: title, isFigure: false) }
        static func figures(_ title: String) -> Column { Column(title: title) }
    }

    /// Appends a table that scrolls by itself where the window is narrow.
    mutating func table(_ caption: String, _ columns: [Column], _ body: (inout HTMLPage) -> Void) {
        markup("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"")
        text(caption)
        element("\"><table><caption>", caption, "</caption>\n<thead><tr>")
        for column in columns {
            markup(column.isFigure ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">")
            element("", column.title, "</th>")
        }
        markup("</tr></thead>\n")
        body(&self)
        markup("</table></div>\n")
    }

    /// Appends the cell that names a row.
    mutating func rowHeader(_ name: String) { element("<th scope=\"row\">", name, "</th>") }

    mutating func cell(_ words: String) { element("<td>", words, "</td>") }

    /// Appends a figure; one below zero stands out.
    mutating func figure(_ figure: String, isNegative: Bool = false) {
        markup(isNegative ? "<td class=\"n bad\">" : "<td class=\"n\">")
        element("", figure, "</td>")
    }

    /// Appends a bar as long as the part of the whole; it says nothing that the figures beside it do not.
    mutating func bar(_ part: Double, of whole: Double, _ tone: Tone) {
        markup(
            "<td class=\"bar\"><svg width=\"120\" height=\"10\" viewBox=\"0 0 120 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
        )
        if whole > 0, part > 0 {
            markup("<rect x=\"0\" y=\"0\" height=\"10\"")
            attribute("width", max(1, Int((part / whole * 120).rounded())))
            markup(" class=\"")
            markup(tone.cssClass)
            markup("\"/>")
        }
        markup("</svg></td>")
    }
}

extension Tone {
    var cssClass: StaticString {
        switch self {
        case .good: "good"
        case .wait: "wait"
        case .bad: "bad"
        case .unknown: "unknown"
        case .neutral: "neutral"
        }
    }
}
