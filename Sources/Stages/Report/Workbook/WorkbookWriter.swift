import Memory
import Refunds
import XLSX

/// Writes `reconciliation.xlsx`, the report for a person, from the same rows as every other file of the report.
///
/// Memory does not grow with the rows, except for those that other sheets show too: exceptions are sorted before they are
/// written. The same context and rows in the same parts give the same bytes, whoever made the parts. Confined to one task,
/// but for `makeChunk`; it does not check what else writes to the path.
final class WorkbookWriter {
    /// Begins a part of neighbouring rows, on any thread.
    let makeChunk: @Sendable (_ firstRow: Int) -> WorkbookChunk

    private let context: ReportContext
    private let limits: TableLimits
    private let file: WorkbookFile
    private let summary: Sheet
    private let exceptions: ExceptionSheets
    private let openItems: OpenItemSheets
    private let orphans: OrphanSheets
    /// nil if the report has more rows than the table may have.
    private let reconciliation: ReconciliationSheets?
    private var rowCount = 0
    private var tieOut = TieOut()
    private var carriers = CarrierVariances()

    /// Begins the workbook.
    ///
    /// - Parameters:
    ///   - path: the file to write; one that is there is replaced.
    ///   - context: complete: the summary, the controls and the rejects are known before the first row.
    ///   - temporaryDirectory: where rows are spooled. It must have room for about a KB a row, which is checked first.
    ///   - mostRows: how many rows a table may have. If the report has more, the Reconciliation sheet is left out; of the
    ///     other tables the first rows are kept. The Summary sheet says what is left out.
    convenience init(path: String, context: ReportContext, temporaryDirectory: String, mostRows: Int)
        throws(WorkbookError)
    {
        try self.init(
            path: path, context: context, temporaryDirectory: temporaryDirectory, TableLimits(rowsPerTable: mostRows))
    }

    init(path: String, context: ReportContext, temporaryDirectory: String, _ limits: TableLimits) throws(WorkbookError)
    {
        self.context = context
        self.limits = limits
        let title = "Refund reconciliation as of \(context.asOf)"
        let run = context.trail.map { ", run \($0.sequence), started \($0.startedAt.utcText)" } ?? ""
        file = try WorkbookFile(
            path: path, footer: title + run, temporaryDirectory: temporaryDirectory,
            mostRows: min(context.rowCount, limits.rowsPerTable), mostSheets: Self.sheetCount(context, limits))
        try file.setProperties(
            title: title, author: "refund-recon \(context.toolVersion)",
            createdDay: Int(context.asOf.daysSinceEpoch))
        // The order of the tabs.
        summary = try file.addSheet(SummarySheet.name)
        exceptions = try ExceptionSheets(file, context, limits)
        openItems = try OpenItemSheets(file, context, limits)
        orphans = try OrphanSheets(file, context, limits)
        let hasRows = context.rowCount <= limits.rowsPerTable
        reconciliation = hasRows ? try ReconciliationSheets(file, context, limits) : nil
        let styles = hasRows ? try ReconciliationStyles(file, context) : nil
        makeChunk = { WorkbookChunk(styles, rowsPerSheet: limits.rowsPerSheet, firstRow: $0) }
    }

    /// At most so many sheets: the nine of any workbook, and those on which long tables go on.
    private static func sheetCount(_ context: ReportContext, _ limits: TableLimits) -> Int {
        let rows = min(context.rowCount, limits.rowsPerTable)
        let rejects = min(context.rejects.count, limits.rowsPerTable)
        return 9 + 4 * (rows / limits.rowsPerSheet) + rejects / limits.rowsPerSheet
    }

    /// Takes the next rows of the report.
    func append(_ part: WorkbookPart) throws(WorkbookError) {
        rowCount += part.rowCount
        tieOut.merge(part.tieOut)
        carriers.merge(part.carriers)
        for piece in part.pieces { try reconciliation?.series.append(piece) }
        for (place, row) in part.shown {
            exceptions.add(row, at: place)
            try openItems.add(row)
            try orphans.add(row)
        }
    }

    /// Writes the other sheets, puts the file together and reads all of it back. After an error there is no file.
    func finish() throws(WorkbookError) {
        if rowCount != context.rowCount { throw .rowCount(expected: context.rowCount, found: rowCount) }
        try exceptions.finish()
        try openItems.finish()
        try orphans.finish()
        try reconciliation?.series.finish()
        let rejectsLeftOut = try RejectSheets.write(file, context, limits)
        let figures = SummaryFigures(context, carriers)
        let controls = ControlsSheet(
            try file.addSheet(ControlsSheet.name), context, reconciliation, tieOut, figures)
        let checks = try controls.write()
        try EvidenceSheet.write(file, context)
        let chartData = try ChartDataSheet(file)
        try SummarySheet(summary, context, chartData, figures, controls).write(
            checks: checks, leftOut: leftOut(rejects: rejectsLeftOut))
        try controls.finish()
        try file.finish()
    }

    /// What the workbook does not show because it is too much, in words; nil if it shows all.
    private func leftOut(rejects: Int) -> String? {
        var parts: [String] = []
        if reconciliation == nil {
            parts.append("the Reconciliation sheet (reconciliation.csv has its \(rowCount) rows)")
        }
        let tables = [
            (exceptions.series.leftOutCount, "exceptions", "exceptions.csv has all"),
            (openItems.series.leftOutCount, "open items", "reconciliation.csv has all"),
            (orphans.series.leftOutCount, "orphans and unrecorded refunds", "reconciliation.csv has all"),
            (rejects, "rejects", "rejects.csv has all"),
        ]
        for (count, name, place) in tables where count > 0 { parts.append("\(count) \(name) (\(place))") }
        if parts.isEmpty { return nil }
        return "Left out, for a table has at most \(limits.rowsPerTable) rows here: \(parts.joined(separator: "; "))."
    }
}

extension ReportContext {
    /// How many rows the report has.
    var rowCount: Int { controls.rows.case + controls.rows.orphanWebhook + controls.rows.unrecordedRefund }
}
