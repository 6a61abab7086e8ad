import Memory
import Refunds
import Schema
import XLSX

/// The Reconciliation sheets: every row of the report, with the columns of the contract and those that options add.
final class ReconciliationSheets {
    static let name = "Reconciliation"
    static let finalCurrency = "finalCurrency"

    let series: SheetSeries

    init(_ file: WorkbookFile, _ context: ReportContext, _ limits: TableLimits) throws(WorkbookError) {
        let columns = ReportColumns(added: context.additions.columns).all
            .map { TableColumn($0.title, width: Double($0.width), Self.alignment($0.kind)) }
        series = try SheetSeries(
            file, name: Self.name, columns: columns, frozenColumns: 3, pagesWide: 4,
            expectedRows: context.rowCount, limits: limits)
    }

    static func alignment(_ kind: Column.Kind) -> CellStyle.Alignment {
        switch kind {
        case .text, .word, .codes, .place, .id: .left
        case .amount, .date: .right
        case .count: .center
        }
    }

    /// A formula that adds up a function over all sheets, such as `SUMIFS`.
    ///
    /// - Parameters:
    ///   - column: its first argument; nil for none.
    ///   - criteria: its further arguments: columns, and what their cells must be.
    func formula(_ function: String, column: String? = nil, where criteria: [Criterion]) -> String {
        let columns = [column].compactMap(\.self).map(ranges) + criteria.map { ranges(ofColumn: $0.column) }
        let values = (column == nil ? [] : [""]) + criteria.map { ",\"\($0.value)\"" }
        let terms = columns[0].indices.map { sheet in
            let arguments = zip(columns, values).map { ranges, value in ranges[sheet] + value }
            return "\(function)(\(arguments.joined(separator: ",")))"
        }
        return "=" + terms.joined(separator: "+")
    }

    typealias Criterion = (column: String, value: String)

    private func ranges(ofColumn title: String) -> [String] {
        guard let index = ReportColumns.contract.firstIndex(where: { $0.title == title }) else {
            preconditionFailure("\(title) is not a column of the report")
        }
        return series.ranges(ofColumn: index)
    }
}
