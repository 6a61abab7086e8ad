import Memory
import Refunds

/// The last sheet: figures that only charts read, because they are not laid out on the Summary as a chart needs them.
final class ChartDataSheet {
    private let sheet: Sheet
    private var row = 0

    init(_ file: XLSXFile) throws(WorkbookError) {
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
        try sheet.write(row, 0, .text(title), .section)
        for (index, name) in header.enumerated() {
            try sheet.write(row + 1, index, .text(name), index == 0 ? .header : .header.aligned(.right))
        }
        let first = row + 2
        for (offset, values) in rows.enumerated() {
            for (index, value) in values.enumerated() { try sheet.write(first + offset, index, value) }
        }
        row = first + rows.count + 1
        let name = CellName.quoted(sheet.name)
        return Block(
            columns: header.indices.map {
                "\(name)!\(CellName.fixed(first, $0)):\(CellName.fixed(first + rows.count - 1, $0))"
            })
    }
}
