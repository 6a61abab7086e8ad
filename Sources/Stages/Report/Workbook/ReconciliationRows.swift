import Memory
import Refunds
import Schema

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

    init(_ file: XLSXFile, _ context: ReportContext) throws(WorkbookError) {
        added = context.additions.columns
        text = try file.styleIndex(.plain.with(.text))
        date = try file.styleIndex(.plain.with(.date))
        count = try file.styleIndex(.plain.aligned(.center))
        longAmount = try file.styleIndex(.longAmount)
        var amounts: [StyleIndex] = []
        for digits in 0...4 {
            amounts.append(try file.styleIndex(CellStyle(number: .amount(digits: digits), shrinks: true)))
        }
        self.amounts = amounts
        places = context.fileNames.map { CellText.XML($0 + ":") }
    }
}

/// Writes rows of the Reconciliation sheets.
struct ReconciliationCells: CellSink {
    private let styles: ReconciliationStyles
    var xml = RowXML()
    private var column = 0

    init(_ styles: ReconciliationStyles) { self.styles = styles }

    /// Writes one row, whose number a person sees, from 1.
    mutating func write(_ row: ResultRow, number: Int) {
        column = 0
        xml.begin(row: number)
        row.writeCells(to: &self)
        for columns in styles.added { row.writeCells(of: columns, to: &self) }
        xml.end()
    }

    mutating func add(_ cell: Cell, in _: Column) {
        switch cell {
        case .empty: break
        case .outsideText(let outside): xml.text(column, styles.text, outside)
        case .word(let word): xml.text(column, 0, word)
        case .id(let id): xml.inlineText(column, 0) { $0.append(id) }
        case .amount(let amount, let currency): add(amount, currency)
        case .date(let day):
            if let serial = day.serialNumber {
                xml.number(column, styles.date) { $0.append(decimal: Int(serial)) }
            } else {
                xml.inlineText(column, styles.text) { $0.append(day) }
            }
        case .count(let value): xml.number(column, styles.count) { $0.append(decimal: value) }
        case .codes(let codes): xml.inlineText(column, 0) { $0.append(joined: codes) }
        case .place(let place):
            xml.inlineText(column, styles.text, styles.places[Int(place.file)]) { $0.append(decimal: Int(place.line)) }
        }
        column += 1
    }

    private mutating func add(_ amount: Amount, _ currency: Currency) {
        if CellNumber.isNumber(amount) {
            xml.amount(column, styles.amounts[currency.minorDigits], amount, currency)
        } else {
            xml.inlineText(column, styles.longAmount) { $0.append(amount, currency) }
        }
    }
}
