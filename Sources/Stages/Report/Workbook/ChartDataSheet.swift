import Memory
import Refunds
import XLSX

/// The last sheet: figures that only charts read, because they are not laid out on the Summary as a chart needs them.
final class ChartDataSheet {
    private let sheet: Sheet
    private var row = 0

    init(_ file: WorkbookFile) throws(WorkbookError) {
        sheet = try file.addSheet("Chart data")
        try sheet.setWidth(18, ofColumns: 0...4)
        try sheet.setUpPrinting(titleRow: nil)
    }

    /// Where a block's columns stand, as formulas name them.
    struct Block {
        let columns: [String]
        var categories: String { columns[0] }
    }

    /// Writes a block of rows under a title.
    func write(_ title: String, _ header: [String], _ rows: [[CellValue]]) throws(WorkbookError) -> Block {
        try sheet.write(.text(title), row: row, column: 0, .section)
        for (index, name) in header.enumerated() {
            try sheet.write(.text(name), row: row + 1, column: index, index == 0 ? .header : .header.aligned(.right))
        }
        let first = row + 2
        for (offset, values) in rows.enumerated() {
            for (index, value) in values.enumerated() { try sheet.write(value, row: first + offset, column: index) }
        }
        row = first + rows.count + 1
        return Block(
            columns: header.indices.map {
                CellName.range(sheet: sheet.name, column: $0, rows: first...first + rows.count - 1)
            })
    }
}
