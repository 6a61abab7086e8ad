import Memory
import Refunds
import XLSX

/// The sheet of refunds that are still to come: cases pending and overdue, with the dates that were promised.
final class OpenItemSheets {
    private static let columns: [TableColumn] = [
        TableColumn("Outcome", width: 12), TableColumn("Order", width: 26), TableColumn("Refund code", width: 22),
        TableColumn("PNR", width: 10),
        TableColumn("Carrier", width: 9), TableColumn("Currency", width: 10),
        TableColumn("Expected refund", width: 16, .right),
        TableColumn("Requested", width: 12, .right), TableColumn("Age, days", width: 10, .right),
        TableColumn("Age bucket", width: 11, .center),
        TableColumn("Confirmation promised", width: 14, .right), TableColumn("Refund promised", width: 14, .right),
        TableColumn("Days past promise", width: 12, .right), TableColumn("Status", width: 9, .center),
        TableColumn("Source", width: 24),
    ]

    private let context: ReportContext
    let series: SheetSeries

    init(_ file: WorkbookFile, _ context: ReportContext, _ limits: TableLimits) throws(WorkbookError) {
        self.context = context
        let cases = context.summary.cases
        series = try SheetSeries(
            file, name: "Open items", columns: Self.columns, frozenColumns: 1,
            expectedRows: cases[.pending, default: 0] + cases[.overdue, default: 0],
            limits: limits)
    }

    /// Writes the row if it is open.
    func add(_ row: ResultRow) throws(WorkbookError) {
        guard row.isOpen, let (sheet, at) = try series.next() else { return }
        let isOverdue = row.outcome == .overdue
        try sheet.write(
            .text(row.outcome?.rawValue ?? ""), row: at, column: 0,
            isOverdue ? CellStyle(fill: .lightRed, color: .red, isBold: true) : .plain)
        let identifier = CellStyle.plain.with(.text)
        let values: [(CellValue, CellStyle)] = [
            (.text(row.orderNo?.string ?? ""), identifier),
            (.text(row.refundCode?.string ?? ""), identifier),
            (.text(row.airlinePNR?.string ?? ""), identifier),
            (.text(row.carrier?.string ?? ""), identifier),
            (.text(row.currency?.code ?? ""), .plain),
            (.amount(row.expected?.refund, row.currency), .plain),
            (.date(row.requestedAt), .plain),
            (row.ageDays.map { .count($0) } ?? .none, .plain),
            (.text(row.ageBucket?.rawValue ?? ""), .plain.with(.text).aligned(.center)),
            (.date(row.expectedConfirmationDate), .plain),
            (.date(row.expectedRefundDate), .plain),
            (daysPastPromise(row).map { .count($0) } ?? .none, .plain),
            (row.status.map { .count(Int($0.rawValue)) } ?? .none, .plain.aligned(.center)),
            (.text(row.source.text(context.fileNames)), identifier),
        ]
        try sheet.write(values, row: at, fromColumn: 1)
    }

    /// How long ago the date was that decides whether the case is overdue: the earlier of those that its status is
    /// judged by; nil if none is past.
    private func daysPastPromise(_ row: ResultRow) -> Int? {
        let isConfirmed = row.status == .airlineRefunding
        let dates = [isConfirmed ? nil : row.expectedConfirmationDate, row.expectedRefundDate]
        let late = dates.compactMap { $0.map { context.asOf.days(since: $0) } }.max() ?? 0
        return late > 0 ? late : nil
    }

    func finish() throws(WorkbookError) { try series.finish() }
}

/// The sheet of what has no case: webhooks of unknown orders, and refunds that only Atlas knows.
final class OrphanSheets {
    private static let columns: [TableColumn] = [
        TableColumn("Type", width: 18), TableColumn("What happened", width: 70), TableColumn("Order", width: 24),
        TableColumn("Refund code", width: 24), TableColumn("Status", width: 9, .center),
        TableColumn("Currency", width: 10),
        TableColumn("Final refund", width: 16, .right), TableColumn("Webhooks", width: 14, .center),
        TableColumn("Reason given", width: 34),
        TableColumn("Source", width: 28),
    ]

    private let context: ReportContext
    let series: SheetSeries

    init(_ file: WorkbookFile, _ context: ReportContext, _ limits: TableLimits) throws(WorkbookError) {
        self.context = context
        let rows = context.controls.rows
        series = try SheetSeries(
            file, name: "Orphans and unrecorded", columns: Self.columns, frozenColumns: 1,
            expectedRows: rows.orphanWebhook + rows.unrecordedRefund,
            limits: limits)
    }

    /// Writes the row if it is of no case.
    func add(_ row: ResultRow) throws(WorkbookError) {
        guard row.rowType != .case, let (sheet, at) = try series.next() else { return }
        let identifier = CellStyle.plain.with(.text)
        let values: [(CellValue, CellStyle)] = [
            (.text(row.rowType == .orphanWebhook ? "orphan webhook" : "unrecorded refund"), .plain),
            (.text(ExceptionWording.sentence(row)), CellStyle(wraps: true)),
            (.text(row.orderNo?.string ?? ""), identifier),
            (.text(row.refundCode?.string ?? ""), identifier),
            (row.status.map { .count(Int($0.rawValue)) } ?? .none, .plain.aligned(.center)),
            (.text((row.finalCurrency ?? row.currency)?.code ?? ""), .plain),
            (.amount(row.final?.refund, row.finalCurrency), .plain),
            (.count(row.webhookCount), .plain.aligned(.center)),
            (.text(row.cancelReason?.string ?? ""), identifier),
            (.text(row.source.text(context.fileNames)), identifier),
        ]
        try sheet.write(values.map { ($0, $1.top) }, row: at)
    }

    func finish() throws(WorkbookError) { try series.finish() }
}
