import Memory

/// The number of a cell format in the workbook's table of styles; 0 is the plain one.
public typealias StyleIndex = Int

/// Rows of a table as SpreadsheetML: the content of `<sheetData>` (ECMA-376, 18.3.1).
///
/// Pure: the same rows give the same bytes. Rows come in the order of their numbers, cells in that of their columns, which
/// count from 0.
public struct RowXML: ~Copyable {
    private var out = ByteWriter(capacity: pieceBytes + 4096)
    /// Rows are best deflated when there are so many bytes of them: they are still in the processor's cache.
    static let pieceBytes = 1 << 19
    /// The digits of the row that is open.
    private var rowDigits = ByteWriter()

    package init() {}

    var isEmpty: Bool { out.count == 0 }
    /// Whether there is so much that it should be deflated.
    var isFull: Bool { out.count >= Self.pieceBytes }

    /// All rows so far.
    package var bytes: [UInt8] { out.bytes }

    /// Opens a row.
    ///
    /// - Parameters:
    ///   - number: as a person sees it, from 1.
    ///   - heightPoints: nil for the usual height.
    package mutating func begin(row number: Int, heightPoints: Int? = nil) {
        rowDigits.removeAll()
        rowDigits.append(decimal: number)
        out.append(literal: "<row r=\"")
        out.append(rowDigits)
        if let heightPoints {
            out.append(literal: "\" ht=\"")
            out.append(decimal: heightPoints)
            out.append(literal: "\" customHeight=\"1")
        }
        out.append(literal: "\">")
    }

    package mutating func end() { out.append(literal: "</row>") }

    /// Forgets the rows but keeps the memory for others.
    mutating func removeAll() { out.removeAll() }

    // MARK: Cells

    /// Writes an empty cell that has a style.
    package mutating func blank(column: Int, style: StyleIndex) { open(column, style, .blank) }

    /// Writes a whole number.
    public mutating func number(_ value: Int, column: Int, style: StyleIndex) {
        open(column, style, .number)
        out.append(decimal: value)
        out.append(literal: "</v></c>")
    }

    /// Writes a number as the shortest decimal that it is: `17`, not `17.0`.
    mutating func number(_ value: Double, column: Int, style: StyleIndex) {
        if let whole = Int(exactly: value) { return number(whole, column: column, style: style) }
        open(column, style, .number)
        out.append(value.description.utf8Span.span)
        out.append(literal: "</v></c>")
    }

    /// Writes an exact decimal, without zeros at its end: `units` of the last of `digits` digits after the point.
    public mutating func decimal(units: Int64, digits: Int, column: Int, style: StyleIndex) {
        open(column, style, .number)
        var (value, digits) = (units.magnitude, digits)
        while digits > 0, value % 10 == 0 { (value, digits) = (value / 10, digits - 1) }
        if units < 0 { out.append(UInt8(ascii: "-")) }
        var scale = CellNumber.powerOfTen(digits)
        out.append(decimal: Int(clamping: value / scale))
        if digits > 0 { out.append(UInt8(ascii: ".")) }
        while scale > 1 {
            scale /= 10
            out.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / scale % 10))
        }
        out.append(literal: "</v></c>")
    }

    /// Writes text as it is, never as a formula or a link. An empty text writes nothing.
    package mutating func text(_ text: String, column: Int, style: StyleIndex) {
        if text.utf8.isEmpty { return }
        self.text(CellText.XML(text), column: column, style: style)
    }

    /// The same for text that is held as bytes.
    public mutating func text(_ text: Text, column: Int, style: StyleIndex) {
        if text.isEmpty { return }
        guard CellText.isPlain(text.span) else { return self.text(text.string, column: column, style: style) }
        plainText(column: column, style: style) { $0.append(text) }
    }

    /// Writes text that was escaped before, and after it the digits of a number.
    public mutating func text(_ text: CellText.XML, number: Int? = nil, column: Int, style: StyleIndex) {
        open(column, style, text.keepsSpace ? .spacedText : .text)
        out.append(text.bytes.span)
        if let number { out.append(decimal: number) }
        out.append(literal: "</t></is></c>")
    }

    /// Writes text that the caller appends: without white space at its ends and without anything to escape.
    @inline(__always)
    public mutating func plainText(column: Int, style: StyleIndex, _ write: (inout ByteWriter) -> Void) {
        open(column, style, .text)
        write(&out)
        out.append(literal: "</t></is></c>")
    }

    // MARK: The beginning of a cell

    /// What a cell holds, and how it begins after its name and style.
    private enum Content: Int, CaseIterable {
        case blank, number, text
        /// Text with white space at its ends, which a reader drops without the attribute.
        case spacedText

        var opening: String {
            switch self {
            case .blank: "\"/>"
            case .number: "\"><v>"
            case .text: "\" t=\"inlineStr\"><is><t>"
            case .spacedText: "\" t=\"inlineStr\"><is><t xml:space=\"preserve\">"
            }
        }
    }

    /// `<c r="AK` for each column that a table may have.
    private static let columnOpenings = (0..<256).map { Text("<c r=\"\(CellName.letters(column: $0))") }
    /// `" s="5"><v>` and its like, by style and content: the beginning of a cell is most of its bytes.
    private var styleOpenings: [Text] = []

    private mutating func open(_ column: Int, _ style: StyleIndex, _ content: Content) {
        out.append(Self.columnOpenings[column])
        out.append(rowDigits)
        let index = style * Content.allCases.count + content.rawValue
        while index >= styleOpenings.count { addStyle() }
        out.append(styleOpenings[index])
    }

    /// Adds the openings of the next style.
    private mutating func addStyle() {
        let style = styleOpenings.count / Content.allCases.count
        let number = style == 0 ? "" : "\" s=\"\(style)"
        styleOpenings += Content.allCases.map { Text(number + $0.opening) }
    }
}
