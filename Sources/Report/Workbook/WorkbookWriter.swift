import CXlsx
import Core
import Glibc

/// Writes `reconciliation.xlsx`, the report for a person, from the same rows as every other file of the report.
///
/// Memory does not grow with the rows, except for those that are exceptions: they are sorted before they are written.
/// The same context and rows give the same bytes. Confined to one task; it does not check what else writes to the path.
public final class WorkbookWriter {
    private let path: String
    private let context: ReportContext
    private let file: XLSXFile
    private let summary: Sheet
    private let exceptions: ExceptionSheets
    private let openItems: OpenItemSheets
    private let orphans: OrphanSheets
    private let reconciliation: ReconciliationSheets
    private let rowsPerSheet: Int
    private var tieOut = TieOut()
    private var carriers = CarrierVariances()

    /// Begins the workbook.
    ///
    /// - Parameters:
    ///   - path: the file to write; one that is there is replaced.
    ///   - context: complete: the summary, the controls and the rejects are known before the first row.
    ///   - temporaryDirectory: where the sheets' rows are spooled. It must have room for several KB a row, which is
    ///     checked first.
    public convenience init(path: String, context: ReportContext, temporaryDirectory: String) throws(WorkbookError) {
        try self.init(
            path: path, context: context, temporaryDirectory: temporaryDirectory,
            rowsPerSheet: Int(LXW_ROW_MAX) - 1)
    }

    /// - Parameter rowsPerSheet: how many rows a sheet holds below its header; a test may give less than Excel's limit.
    init(path: String, context: ReportContext, temporaryDirectory: String, rowsPerSheet: Int) throws(WorkbookError) {
        let rows = Self.expectedRows(context)
        try FreeSpace.check(rows: rows, path: path, temporaryDirectory: temporaryDirectory)
        self.path = path
        self.context = context
        self.rowsPerSheet = rowsPerSheet
        // A row takes about 200 bytes of the archive, so only then can it pass 4 GiB. Not sooner: spreadsheets may offer
        // to repair an archive that has ZIP64 fields without need.
        file = try XLSXFile(path: path, temporaryDirectory: temporaryDirectory, isLarge: rows > 10_000_000)
        try file.setProperties(
            title: "Refund reconciliation as of \(context.asOf)", asOf: context.asOf, toolVersion: context.toolVersion)
        // The order of the tabs.
        summary = try file.addSheet(SummarySheet.name)
        exceptions = try ExceptionSheets(file, context, rowsPerSheet: rowsPerSheet)
        openItems = try OpenItemSheets(file, context, rowsPerSheet: rowsPerSheet)
        orphans = try OrphanSheets(file, context, rowsPerSheet: rowsPerSheet)
        reconciliation = try ReconciliationSheets(file, context, rowsPerSheet: rowsPerSheet)
    }

    /// Writes one row, in the report's order.
    public func write(_ row: ResultRow) throws(WorkbookError) {
        tieOut.add(row)
        carriers.add(row)
        let (sheet, number) = try reconciliation.write(row)
        exceptions.add(row, sheet: sheet, rowNumber: number)
        try openItems.add(row)
        try orphans.add(row)
    }

    /// Writes the other sheets, puts the file together and reads all of it back. After an error there is no file.
    public func finish() throws(WorkbookError) {
        let expected = Self.expectedRows(context)
        if reconciliation.series.rowCount != expected {
            throw .rowCount(expected: expected, found: reconciliation.series.rowCount)
        }
        try exceptions.finish()
        try openItems.finish()
        try orphans.finish()
        try reconciliation.series.finish()
        try RejectSheets.write(file, context, rowsPerSheet: rowsPerSheet)
        let checks = try ControlsSheet(
            file.addSheet(ControlsSheet.name), context, reconciliation, tieOut
        ).write()
        try EvidenceSheet.write(file, context)
        let chartData = try ChartDataSheet(file, asOf: context.asOf)
        try SummarySheet(summary, file, context, chartData, carriers).write(checks: checks)
        let cellCounts = file.sheets.map(\.cellCount)
        do throws(WorkbookError) {
            try file.close()
            try WorkbookCheck.verify(path: path, cellCounts: cellCounts)
        } catch {
            unlink(path)
            throw error
        }
    }

    private static func expectedRows(_ context: ReportContext) -> Int {
        let rows = context.controls.rows
        return rows.case + rows.orphanWebhook + rows.unrecordedRefund
    }
}
