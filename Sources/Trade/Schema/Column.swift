/// A column of the report. Which columns there are, and how each gets its cell, is in `ReportColumns`.
public struct Column: Sendable {
    /// In every file, and the title that a person sees: what is found in one file is found in the others.
    public let name: StaticString
    public let kind: Kind
    /// In the workbook, in characters.
    public let width: Int
    /// Its meaning, in a line for docs/FORMATS.md.
    public let help: StaticString

    @inline(__always)
    init(_ name: StaticString, _ kind: Kind, width: Int, _ help: StaticString) {
        self.name = name
        self.kind = kind
        self.width = width
        self.help = help
    }

    public var title: String { "\(name)" }

    /// The kind of a column's cells.
    public enum Kind: Sendable, CaseIterable {
        /// Text from outside.
        case text
        /// A word of ours.
        case word
        case amount, date, count, codes
        /// A line of a file.
        case place
        case id

        /// The usual width in the workbook, in characters.
        @inline(__always)
        public var width: Int {
            switch self {
            case .word, .count: 13
            case .date: 14
            case .id: 15
            case .amount: 16
            case .text, .place: 24
            case .codes: 34
            }
        }
    }
}
