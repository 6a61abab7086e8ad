import CXlsx
import Memory
import Refunds
import Schema

/// The Reconciliation sheets: every row of the report, with the columns of the contract and those that options add.
final class ReconciliationSheets {
    static let name = "Reconciliation"
    static let finalCurrency = "finalCurrency"

    let series: SheetSeries

    init(_ file: XLSXFile, _ context: ReportContext, _ limits: TableLimits) throws(WorkbookError) {
        let columns = ReportColumns(added: context.additions.columns).all
            .map { TableColumn($0.title, Double($0.width), Self.alignment($0.kind)) }
        series = try SheetSeries(
            file, Self.name, columns, frozenColumns: 3, pagesWide: 4,
            expectedRows: context.rowCount, limits)
    }

    /// The name of the sheet that a row is on.
    static func name(ofSheet index: Int) -> String { index == 0 ? name : "\(name) \(index + 1)" }

    static func alignment(_ kind: Column.Kind) -> CellStyle.Alignment {
        switch kind {
        case .text, .word, .codes, .place, .id: .left
        case .amount, .date: .right
        case .count: .center
        }
    }

    /// The cells of a column over all sheets, as formulas name them, one range a sheet: `Reconciliation!$H$2:$H$121`.
    func ranges(ofColumn title: String) -> [String] {
        guard let index = ReportColumns.contract.firstIndex(where: { $0.title == title }) else {
            preconditionFailure("\(title) is not a column of the report")
        }
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
