/// Text from outside made safe to show: nothing in it can act on a page or a terminal, forge a line of ours, or disguise
/// the text beside it. Only the display is changed; files keep every byte.
public enum VisibleText {
    /// Marks the place where a text was cut.
    public static let cutMark: Character = "…"

    /// The text on one line, for a cell of a table or a page. White space that breaks lines becomes a blank; control
    /// characters, and what Unicode calls no character, become U+FFFD; characters that cannot be seen and change how others
    /// are read (bidirectional controls, zero-width ones, tags) are named: `[U+202E]`. After `limit` scalars the text is cut
    /// and marked.
    public static func clean(_ text: String, limit: Int = .max) -> String {
        var result = String.UnicodeScalarView()
        for (count, scalar) in text.unicodeScalars.enumerated() {
            if count == limit {
                result.append(contentsOf: cutMark.unicodeScalars)
                break
            }
            switch Kind(scalar) {
            case .plain: result.append(scalar)
            case .space: result.append(" ")
            case .control: result.append("\u{FFFD}")
            case .hidden: result.append(contentsOf: named(scalar).unicodeScalars)
            }
        }
        return String(result)
    }

    /// The text on one line, for a message, a log or a mail: line breaks, control characters and hidden ones are escaped as
    /// JSON escapes them (`\n`, `\u001B`, `\u202E`). JSON stays the same JSON.
    public static func escaped(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { append(escaped: scalar, to: &result) }
        return String(result)
    }

    /// Our own lines, such as JSON Lines: the same, except that line feeds stay.
    public static func escapedLines(_ text: String) -> String {
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.map { escaped(String($0)) }.joined(separator: "\n")
    }

    /// A CSV text with each record on one line: the same, except that line breaks between records stay.
    public static func escapedCSV(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var isQuoted = false
        for scalar in text.unicodeScalars {
            if scalar == "\"" { isQuoted.toggle() }
            if !isQuoted, scalar == "\r" || scalar == "\n" {
                result.append(scalar)
            } else {
                append(escaped: scalar, to: &result)
            }
        }
        return String(result)
    }

    private static func append(escaped scalar: Unicode.Scalar, to result: inout String.UnicodeScalarView) {
        switch scalar {
        case _ where Kind(scalar) == .plain: result.append(scalar)
        case "\n": result.append(contentsOf: #"\n"#.unicodeScalars)
        case "\r": result.append(contentsOf: #"\r"#.unicodeScalars)
        case "\t": result.append(contentsOf: #"\t"#.unicodeScalars)
        default:
            for unit in UTF16.encode(scalar) ?? .init() {
                result.append(contentsOf: (#"\u"# + digits(UInt32(unit))).unicodeScalars)
            }
        }
    }

    private static func named(_ scalar: Unicode.Scalar) -> String { "[U+\(digits(scalar.value))]" }

    /// Four hexadecimal digits or more.
    private static func digits(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

/// The effect of a character on the display.
private enum Kind {
    case plain
    /// It breaks a line, or moves to a column.
    case space
    /// A terminal may obey it, or it is no character at all.
    case control
    /// It leaves no mark of its own and changes how others are read.
    case hidden

    init(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x20..<0x7F: self = .plain
        case 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029: self = .space
        case 0..<0x20, 0x7F..<0xA0: self = .control
        case _ where scalar.value & 0xFFFE == 0xFFFE || (0xFDD0...0xFDEF).contains(scalar.value): self = .control
        // Letters that are shown as nothing, and a code that Unicode keeps for a bidirectional control.
        case 0x034F, 0x115F, 0x1160, 0x2065, 0x3164, 0xFFA0: self = .hidden
        default: self = scalar.properties.generalCategory == .format ? .hidden : .plain
        }
    }
}
