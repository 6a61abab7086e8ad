import Memory
import Refunds

/// The number of a cell format in the workbook's table of styles; 0 is the plain one.
typealias StyleIndex = Int

/// Rows of a table as SpreadsheetML: what stands between `<sheetData>` and `</sheetData>` (ECMA-376, 18.3.1).
///
/// Pure: the same rows give the same bytes. Cells of a row come in the order of their columns.
struct RowXML {
    private(set) var bytes: [UInt8] = []
    /// Rows are best deflated when there are so many bytes of them: they are still in the processor's cache.
    static let pieceBytes = 1 << 19
    /// How many cells were written.
    private(set) var cellCount = 0
    /// The digits of the row that is open.
    private var rowDigits: [UInt8] = []

    /// Opens a row.
    ///
    /// - Parameters:
    ///   - number: as a person sees it, from 1.
    ///   - heightPoints: nil for the usual height.
    mutating func begin(row number: Int, heightPoints: Int? = nil) {
        rowDigits.removeAll(keepingCapacity: true)
        rowDigits.append(decimal: number)
        bytes.append(literal: "<row r=\"")
        bytes.append(contentsOf: rowDigits)
        if let heightPoints {
            bytes.append(literal: "\" ht=\"")
            bytes.append(decimal: heightPoints)
            bytes.append(literal: "\" customHeight=\"1")
        }
        bytes.append(literal: "\">")
    }

    mutating func end() { bytes.append(literal: "</row>") }

    /// Forgets the rows but keeps the memory for others.
    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        cellCount = 0
    }

    /// Writes an empty cell that has a style.
    mutating func blank(_ column: Int, _ style: StyleIndex) { open(column, style, .blank) }

    /// Writes a number from its decimal digits.
    mutating func number(_ column: Int, _ style: StyleIndex, _ write: (inout [UInt8]) -> Void) {
        open(column, style, .number)
        write(&bytes)
        bytes.append(literal: "</v></c>")
    }

    /// Writes an amount as the exact decimal that it is, without zeros at its end.
    mutating func amount(_ column: Int, _ style: StyleIndex, _ amount: Amount, _ currency: Currency) {
        number(column, style) { bytes in
            bytes.append(amount, currency)
            if currency.minorDigits == 0 { return }
            while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
            if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
        }
    }

    /// Writes text as it is, never as a formula or a link. An empty text writes nothing.
    mutating func text(_ column: Int, _ style: StyleIndex, _ text: String) {
        if text.utf8.isEmpty { return }
        inlineText(column, style, CellText.XML(text))
    }

    /// The same for text that is held as bytes.
    mutating func text(_ column: Int, _ style: StyleIndex, _ text: Text) {
        let isPlain = text.withBytes { text -> Bool? in
            if text.isEmpty { return nil }
            guard CellText.isPlain(text) else { return false }
            inlineText(column, style) { $0.append(contentsOf: text) }
            return true
        }
        if isPlain == false { self.text(column, style, text.string) }
    }

    /// Writes text that was escaped before, and what the caller appends to it.
    mutating func inlineText(
        _ column: Int, _ style: StyleIndex, _ text: CellText.XML, then write: (inout [UInt8]) -> Void = { _ in }
    ) {
        open(column, style, text.keepsSpace ? .spacedText : .text)
        bytes.append(contentsOf: text.bytes)
        write(&bytes)
        bytes.append(literal: "</t></is></c>")
    }

    /// Writes text whose content the caller appends, escaped, without white space at its ends.
    mutating func inlineText(_ column: Int, _ style: StyleIndex, _ write: (inout [UInt8]) -> Void) {
        open(column, style, .text)
        write(&bytes)
        bytes.append(literal: "</t></is></c>")
    }

    // MARK: The beginning of a cell

    /// What a cell holds, and how it begins after its name and style.
    private enum Content: Int, CaseIterable {
        case blank, number, text
        /// Text with white space at its ends, which a reader drops without the attribute.
        case spacedText

        var opening: StaticString {
            switch self {
            case .blank: "\"/>"
            case .number: "\"><v>"
            case .text: "\" t=\"inlineStr\"><is><t>"
            case .spacedText: "\" t=\"inlineStr\"><is><t xml:space=\"preserve\">"
            }
        }
    }

    /// `<c r="AK` for each column that a table may have.
    private static let columnOpenings = (0..<256).map { Array("<c r=\"\(CellName.letters(column: $0))".utf8) }
    /// `" s="5"><v>` and its like, by style and content, made once: a cell's beginning is most of its bytes.
    private var styleOpenings: [[UInt8]] = []

    private mutating func open(_ column: Int, _ style: StyleIndex, _ content: Content) {
        cellCount += 1
        bytes.append(contentsOf: Self.columnOpenings[column])
        bytes.append(contentsOf: rowDigits)
        let index = style * Content.allCases.count + content.rawValue
        while index >= styleOpenings.count { addStyle() }
        bytes.append(contentsOf: styleOpenings[index])
    }

    /// Adds the openings of the next style.
    private mutating func addStyle() {
        let style = styleOpenings.count / Content.allCases.count
        for content in Content.allCases {
            var opening: [UInt8] = []
            if style > 0 {
                opening.append(literal: "\" s=\"")
                opening.append(decimal: style)
            }
            opening.append(literal: content.opening)
            styleOpenings.append(opening)
        }
    }
}
