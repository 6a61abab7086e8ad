import CXlsx
import Core

/// The Reconciliation sheets: every row of the report, the columns of the contract; the currency of the final amounts,
/// which a formula needs to add them up; and the columns that options add.
final class ReconciliationSheets {
    static let name = "Reconciliation"
    static let finalCurrency = "finalCurrency"

    let series: SheetSeries
    private let fileNames: [String]
    private let additional: [Column]
    private let textFormat: Sheet.Format
    private let dateFormat: Sheet.Format
    private let countFormat: Sheet.Format
    private let bigFormat: Sheet.Format
    /// By minor digits.
    private let amountFormats: [Sheet.Format]

    init(_ file: XLSXFile, _ context: ReportContext, rowsPerSheet: Int) throws(WorkbookError) {
        let columns =
            Column.all.map { TableColumn($0.title, Self.width($0), Self.alignment($0.kind)) } + [
                TableColumn(Self.finalCurrency, 13)
            ] + context.additions.allColumns.map { TableColumn($0.title, Self.width($0), Self.alignment($0.kind)) }
        let rows = context.controls.rows
        series = try SheetSeries(
            file, Self.name, columns, frozenColumns: 3, pagesWide: 4, asOf: context.asOf,
            expectedRows: rows.case + rows.orphanWebhook + rows.unrecordedRefund, rowsPerSheet: rowsPerSheet)
        fileNames = context.fileNames
        additional = context.additions.allColumns
        textFormat = try file.format(.plain.with(.text))
        dateFormat = try file.format(.plain.with(.date))
        countFormat = try file.format(.plain.aligned(.center))
        bigFormat = try file.format(.longAmount)
        var formats: [Sheet.Format] = []
        for digits in 0...4 {
            formats.append(try file.format(CellStyle(number: .amount(digits: digits), shrinks: true)))
        }
        amountFormats = formats
    }

    /// Writes one row; gives the sheet and the row number that a person sees.
    func write(_ row: ResultRow) throws(WorkbookError) -> (sheet: Sheet, row: Int) {
        let (sheet, at) = try series.next()
        for index in Column.all.indices { try write(Column.all[index].cell(row), sheet, at, index) }
        if let currency = row.final?.currency {
            try sheet.write(at, Column.all.count, text: currency.code, nil)
        }
        for index in additional.indices {
            try write(additional[index].cell(row), sheet, at, Column.all.count + 1 + index)
        }
        return (sheet, at + 1)
    }

    private func write(_ cell: Cell, _ sheet: Sheet, _ at: Int, _ index: Int) throws(WorkbookError) {
        switch cell {
        case .empty: break
        case .outsideText(let text): try sheet.write(at, index, text: text.string, textFormat)
        case .word(let word): try sheet.write(at, index, text: word, nil)
        case .amount(let amount, let currency):
            try write(CellNumber(amount, currency), currency, sheet, at, index)
        case .total(let total, let currency):
            try write(CellNumber(total, currency), currency, sheet, at, index)
        case .date(let date):
            if let serial = date.serialNumber {
                try sheet.write(at, index, number: serial, dateFormat)
            } else {
                try sheet.write(at, index, text: date.description, textFormat)
            }
        case .count(let count): try sheet.write(at, index, number: Double(count), countFormat)
        case .codes(let codes):
            try sheet.write(at, index, text: codes.map(\.rawValue).joined(separator: ";"), nil)
        case .place(let place): try sheet.write(at, index, text: place.text(fileNames), textFormat)
        }
    }

    private func write(
        _ number: CellNumber, _ currency: Currency, _ sheet: Sheet, _ at: Int, _ index: Int
    ) throws(WorkbookError) {
        switch number {
        case .number(let number): try sheet.write(at, index, number: number, amountFormats[currency.minorDigits])
        case .text(let text): try sheet.write(at, index, text: text, bigFormat)
        }
    }

    private static func alignment(_ kind: Column.Kind) -> CellStyle.Alignment {
        switch kind {
        case .text: .left
        case .amount, .date: .right
        case .count: .center
        }
    }

    private static func width(_ column: Column) -> Double {
        switch column.title {
        case "rowType", "carrier", "currency", "refundStatus", "statusSource", "finalSource", "ageDays", "ageBucket",
            "webhookCount":
            13
        case "exceptions", "cancelReason": 34
        case "source", "queriedAt", "orderNo", "refundCode": 24
        default:
            switch column.kind {
            case .amount: 16
            case .date: 14
            case .text: 15
            case .count: 11
            }
        }
    }

    /// The cells of a column over all sheets, as formulas name them, one range a sheet: `Reconciliation!$H$2:$H$121`.
    func ranges(ofColumn title: String) -> [String] {
        let index = Column.all.firstIndex { $0.title == title } ?? Column.all.count
        let letters = CellName.letters(column: index)
        return series.sheets.indices.map { sheet in
            let last = max(series.rowCount(ofSheet: sheet), 1) + 1
            return "\(CellName.quoted(series.sheets[sheet].name))!$\(letters)$2:$\(letters)$\(last)"
        }
    }
}

/// Names of cells as formulas write them.
enum CellName {
    /// `A`, `Z`, `AA` for columns 0, 25, 26.
    static func letters(column: Int) -> String {
        var rest = column
        var result = ""
        repeat {
            result = String(UnicodeScalar(UInt8(ascii: "A") + UInt8(rest % 26))) + result
            rest = rest / 26 - 1
        } while rest >= 0
        return result
    }

    /// `B7` for row 6, column 1.
    static func cell(_ row: Int, _ column: Int) -> String { letters(column: column) + String(row + 1) }

    /// `$B$7`
    static func fixed(_ row: Int, _ column: Int) -> String { "$\(letters(column: column))$\(row + 1)" }

    /// A sheet's name, quoted where it has a blank.
    static func quoted(_ sheet: String) -> String { sheet.contains(" ") ? "'\(sheet)'" : sheet }
}
