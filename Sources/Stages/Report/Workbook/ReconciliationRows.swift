import Memory
import Refunds
import Schema
import XLSX

/// What the cells of the Reconciliation sheets look like.
struct ReconciliationStyles: Sendable {
    fileprivate let text: StyleIndex
    fileprivate let date: StyleIndex
    fileprivate let count: StyleIndex
    fileprivate let longAmount: StyleIndex
    /// By minor digits.
    fileprivate let amounts: [StyleIndex]
    /// The names of the inputs as cells hold them, with the colon that comes before a line.
    fileprivate let places: [CellText.XML]
    /// What options add to the contract's columns.
    fileprivate let added: [AddedColumns]

    init(_ file: WorkbookFile, _ context: ReportContext) throws(WorkbookError) {
        added = context.additions.columns
        text = try file.styleIndex(.plain.with(.text))
        date = try file.styleIndex(.plain.with(.date))
        count = try file.styleIndex(.plain.aligned(.center))
        longAmount = try file.styleIndex(.longDecimal)
        var amounts: [StyleIndex] = []
        for digits in 0...4 { amounts.append(try file.styleIndex(CellStyle(number: .decimal(digits: digits)).shrunk)) }
        self.amounts = amounts
        places = context.fileNames.map { CellText.XML($0 + ":") }
    }
}

/// Writes rows of the Reconciliation sheets.
struct ReconciliationCells: CellSink, ~Copyable {
    private let styles: ReconciliationStyles
    private var pieces: SheetPieceWriter
    private var column = 0

    init(_ styles: ReconciliationStyles, firstRow: Int, rowsPerSheet: Int) {
        self.styles = styles
        pieces = SheetPieceWriter(firstRow: firstRow, rowsPerSheet: rowsPerSheet)
    }

    mutating func write(_ row: ResultRow) throws(WorkbookError) {
        try pieces.beginRow()
        column = 0
        row.writeCells(to: &self)
        for columns in styles.added { row.writeCells(of: columns, to: &self) }
        pieces.endRow()
    }

    /// All rows that were written.
    mutating func finish() throws(WorkbookError) -> [SheetPiece] { try pieces.finish() }

    mutating func add(_ cell: Cell, in _: Column) {
        switch cell {
        case .empty: break
        case .outsideText(let text): pieces.xml.text(text, column: column, style: styles.text)
        case .word(let word): pieces.xml.text(word, column: column, style: 0)
        case .id(let id): pieces.xml.text(id.description, column: column, style: 0)
        case .amount(let amount, let currency): add(amount, currency)
        case .date(let day):
            if let serial = CellNumber.serial(day: Int(day.daysSinceEpoch)) {
                pieces.xml.number(serial, column: column, style: styles.date)
            } else {
                pieces.xml.text(day.description, column: column, style: styles.text)
            }
        case .count(let value): pieces.xml.number(value, column: column, style: styles.count)
        case .codes(let codes): pieces.xml.plainText(column: column, style: 0) { $0.append(joined: codes) }
        case .place(let place):
            pieces.xml.text(
                styles.places[Int(place.file)], number: Int(place.line), column: column, style: styles.text)
        }
        column += 1
    }

    private mutating func add(_ amount: Amount, _ currency: Currency) {
        if CellNumber.isExact(units: Int128(amount.minorUnits)) {
            pieces.xml.decimal(
                units: amount.minorUnits, digits: currency.minorDigits, column: column,
                style: styles.amounts[currency.minorDigits])
        } else {
            pieces.xml.text(amount.formatted(currency), column: column, style: styles.longAmount)
        }
    }
}
