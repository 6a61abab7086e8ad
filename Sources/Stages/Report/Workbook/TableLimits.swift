/// How many rows the workbook's tables may have.
struct TableLimits: Sendable {
    /// Of one sheet, its header not counted; what is more goes on to a further sheet.
    var rowsPerSheet = mostRowsPerSheet
    /// Of one table, over all its sheets. The Reconciliation is left out if it has more; of the other tables the first
    /// rows are kept.
    var rowsPerTable = Int.max

    /// A sheet holds 2^20 rows, its header among them.
    static let mostRowsPerSheet = 1_048_575
}
