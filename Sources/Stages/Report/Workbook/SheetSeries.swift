import CXlsx
import Memory
import Refunds

/// One column of a table on a sheet.
struct TableColumn {
    let title: String
    let width: Double
    /// Of the title: as its values stand.
    let alignment: CellStyle.Alignment

    init(_ title: String, _ width: Double, _ alignment: CellStyle.Alignment = .left) {
        self.title = title
        self.width = width
        self.alignment = alignment
    }
}

/// A table that goes on to further sheets when one is full: `Reconciliation`, `Reconciliation 2` …
final class SheetSeries {
    private let file: XLSXFile
    private let name: String
    private let columns: [TableColumn]
    private let frozenColumns: Int
    private let pagesWide: Int
    private let limits: TableLimits
    private(set) var sheets: [Sheet] = []
    /// Rows written, headers not counted.
    private(set) var rowCount = 0
    /// Rows that came when the table had as many as it may have.
    private(set) var leftOutCount = 0

    /// Opens the sheets that the expected rows need, at least one.
    init(
        _ file: XLSXFile, _ name: String, _ columns: [TableColumn], frozenColumns: Int, pagesWide: Int = 1,
        expectedRows: Int, _ limits: TableLimits
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
    func next() throws(WorkbookError) -> (sheet: Sheet, row: Int)? {
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
    func append(_ piece: WorkbookPart.SheetPiece) throws(WorkbookError) {
        while piece.sheet >= sheets.count { try open() }
        rowCount += piece.rowCount
        try sheets[piece.sheet].rows?.append(piece.rows, lastRow: rowCount(ofSheet: piece.sheet) + 1)
    }

    /// How many rows a sheet has, its header not counted.
    func rowCount(ofSheet index: Int) -> Int {
        min(max(rowCount - index * limits.rowsPerSheet, 0), limits.rowsPerSheet)
    }

    /// Puts the filter's arrows over the rows that came.
    func finish() throws(WorkbookError) {
        for (index, sheet) in sheets.enumerated() {
            try XLSXFile.check(
                worksheet_autofilter(
                    sheet.pointer, 0, 0, UInt32(rowCount(ofSheet: index)), UInt16(columns.count - 1)),
                "setting the filter of the sheet \(sheet.name)")
        }
    }

    private func open() throws(WorkbookError) {
        let sheet = try file.addSheet(sheets.isEmpty ? name : "\(name) \(sheets.count + 1)")
        sheets.append(sheet)
        worksheet_freeze_panes(sheet.pointer, 1, UInt16(frozenColumns))
        try sheet.setUpPrinting(titleRow: 0, pagesWide: pagesWide)
        // Identifiers that look like numbers stay text on purpose: no green corners.
        try XLSXFile.check(
            worksheet_ignore_errors(
                sheet.pointer, UInt8(LXW_IGNORE_NUMBER_STORED_AS_TEXT.rawValue),
                "A1:\(CellName.letters(column: columns.count - 1))\(LXW_ROW_MAX)"),
            "setting up the sheet \(sheet.name)")
        try sheet.setHeight(30, ofRow: 0)
        for (index, column) in columns.enumerated() {
            try sheet.setWidth(column.width, ofColumns: index...index)
            try sheet.write(0, index, .text(column.title), .header.aligned(column.alignment))
        }
        sheet.beginTable()
    }
}
