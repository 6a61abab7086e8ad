import Memory
import Refunds

/// Renders rows of the Reconciliation sheets. Pure: any thread may do it, for any rows.
struct ReconciliationRows: Sendable {
    private let text: StyleIndex
    private let date: StyleIndex
    private let count: StyleIndex
    private let longAmount: StyleIndex
    /// By minor digits.
    private let amounts: [StyleIndex]
    /// The names of the inputs as cells hold them, with the colon that comes before a line.
    private let places: [CellText.XML]

    /// The columns after those of the contract.
    private let additional: [Column]

    init(_ file: XLSXFile, _ context: ReportContext) throws(WorkbookError) {
        additional = context.additions.allColumns
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

    /// Writes one row, whose number a person sees, from 1.
    func write(_ row: ResultRow, number: Int, to xml: inout RowXML) {
        xml.begin(row: number)
        for index in Column.all.indices { write(Column.all[index].cell(row), index, to: &xml) }
        for index in additional.indices { write(additional[index].cell(row), Column.all.count + index, to: &xml) }
        xml.end()
    }

    private func write(_ cell: Cell, _ column: Int, to xml: inout RowXML) {
        switch cell {
        case .empty: break
        case .outsideText(let outside): xml.text(column, text, outside)
        case .word(let word): xml.text(column, 0, word)
        case .id(let id): xml.inlineText(column, 0) { $0.append(id) }
        case .amount(let amount, let currency):
            write(Total(amount), currency, column, to: &xml)
        case .total(let total, let currency): write(total, currency, column, to: &xml)
        case .date(let day):
            if let serial = day.serialNumber {
                xml.number(column, date) { $0.append(decimal: Int(serial)) }
            } else {
                xml.inlineText(column, text) { $0.append(day) }
            }
        case .count(let value): xml.number(column, count) { $0.append(decimal: value) }
        case .codes(let codes):
            xml.inlineText(column, 0) { $0.append(joined: codes) }
        case .place(let place):
            xml.inlineText(column, text, places[Int(place.file)]) { $0.append(decimal: Int(place.line)) }
        }
    }

    private func write(_ total: Total, _ currency: Currency, _ column: Int, to xml: inout RowXML) {
        if let amount = CellNumber.amount(total) {
            xml.amount(column, amounts[currency.minorDigits], amount, currency)
        } else {
            xml.inlineText(column, longAmount) { $0.append(contentsOf: total.formatted(currency).utf8) }
        }
    }
}
