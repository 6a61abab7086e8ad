/// How many rows the tables of a workbook may have.
package struct TableLimits: Sendable {
    /// Of one sheet, its header not counted; further rows go on to a further sheet.
    package var rowsPerSheet: Int
    /// Of one table, over all its sheets.
    package var rowsPerTable: Int

    /// A sheet holds 2^20 rows, its header among them.
    package static let mostRowsPerSheet = 1_048_575

    package init(rowsPerSheet: Int = mostRowsPerSheet, rowsPerTable: Int = .max) {
        self.rowsPerSheet = rowsPerSheet
        self.rowsPerTable = rowsPerTable
    }
}
