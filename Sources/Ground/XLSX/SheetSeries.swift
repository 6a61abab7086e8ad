/// One column of a table on a sheet.
package struct TableColumn: Sendable {
    package let title: String
    package let width: Double
    /// Of the title: as its values are aligned.
    package let alignment: CellStyle.Alignment

    package init(_ title: String, width: Double, _ alignment: CellStyle.Alignment = .left) {
        self.title = title
        self.width = width
        self.alignment = alignment
    }
}

/// A table that goes on to further sheets when one is full: `Rows`, `Rows 2` … Columns count from 0.
package final class SheetSeries {
    private let file: WorkbookFile
    private let name: String
    private let columns: [TableColumn]
    private let frozenColumns: Int
    private let pagesWide: Int
    private let limits: TableLimits
    private var sheets: [Sheet] = []
    /// Rows written, headers not counted.
    private var rowCount = 0
    /// Rows that came when the table had as many as it may have.
    package private(set) var leftOutCount = 0

    /// Opens the sheets that the expected rows need, at least one.
    package init(
        _ file: WorkbookFile, name: String, columns: [TableColumn], frozenColumns: Int, pagesWide: Int = 1,
        expectedRows: Int, limits: TableLimits
    ) throws(WorkbookError) {
        self.file = file
        self.name = name
        self.columns = columns
        self.frozenColumns = frozenColumns
        self.pagesWide = pagesWide
        self.limits = limits
        let rows = min(expectedRows, limits.rowsPerTable)
        repeat { try open() } while sheets.count * limits.rowsPerSheet < rows
    }

    /// The sheet and row for the next record; opens another sheet if all are full. nil if the table may have no more.
    package func next() throws(WorkbookError) -> (sheet: Sheet, row: Int)? {
        if rowCount >= limits.rowsPerTable {
            leftOutCount += 1
            return nil
        }
        let index = rowCount / limits.rowsPerSheet
        if index == sheets.count { try open() }
        let row = rowCount % limits.rowsPerSheet + 1
        rowCount += 1
        return (sheets[index], row)
    }

    /// Appends rows that were rendered elsewhere, to the sheet that they were rendered for.
    package func append(_ piece: SheetPiece) throws(WorkbookError) {
        while piece.sheet >= sheets.count { try open() }
        rowCount += piece.rowCount
        try sheets[piece.sheet].rows?.append(piece.rows)
    }

    /// How many rows a sheet has, its header not counted.
    private func rowCount(ofSheet index: Int) -> Int {
        min(max(rowCount - index * limits.rowsPerSheet, 0), limits.rowsPerSheet)
    }

    /// The name of the sheet that a row is on, and the row's number there, as a person sees it.
    package static func place(ofRow row: Int, name: String, rowsPerSheet: Int) -> (sheet: String, row: Int) {
        (self.name(ofSheet: row / rowsPerSheet, name), row % rowsPerSheet + 2)
    }

    private static func name(ofSheet index: Int, _ name: String) -> String {
        index == 0 ? name : "\(name) \(index + 1)"
    }

    /// The cells of a column as formulas name them, one range a sheet: `Rows!$H$2:$H$121`.
    package func ranges(ofColumn column: Int) -> [String] {
        sheets.enumerated().map { index, sheet in
            CellName.range(sheet: sheet.name, column: column, rows: 1...max(rowCount(ofSheet: index), 1))
        }
    }

    /// Offers a list of words in a column's cells.
    package func addList(_ words: [String], column: Int) throws(WorkbookError) {
        for (index, sheet) in sheets.enumerated() where rowCount(ofSheet: index) > 0 {
            try sheet.addList(words, firstRow: 1, lastRow: rowCount(ofSheet: index), column: column)
        }
    }

    /// Puts the filter's arrows over the rows that came.
    package func finish() throws(WorkbookError) {
        for (index, sheet) in sheets.enumerated() {
            try sheet.setFilter(lastRow: rowCount(ofSheet: index), lastColumn: columns.count - 1)
        }
    }

    private func open() throws(WorkbookError) {
        let sheet = try file.addSheet(Self.name(ofSheet: sheets.count, name))
        sheets.append(sheet)
        try sheet.freeze(rows: 1, columns: frozenColumns)
        try sheet.setUpPrinting(titleRow: 0, pagesWide: pagesWide)
        try sheet.allowNumbersAsText(lastColumn: columns.count - 1)
        try sheet.setHeight(30, ofRow: 0)
        for (index, column) in columns.enumerated() {
            try sheet.setWidth(column.width, ofColumns: index...index)
            try sheet.write(.text(column.title), row: 0, column: index, .header.aligned(column.alignment))
        }
        sheet.beginTable()
    }
}
