import Memory
import Refunds

/// The sheet of refunds that are still to come: cases pending and overdue, with the dates that were promised.
final class OpenItemSheets {
    private static let columns: [TableColumn] = [
        TableColumn("Outcome", 12), TableColumn("Order", 26), TableColumn("Refund code", 22), TableColumn("PNR", 10),
        TableColumn("Carrier", 9), TableColumn("Currency", 10), TableColumn("Expected refund", 16, .right),
        TableColumn("Requested", 12, .right), TableColumn("Age, days", 10, .right),
        TableColumn("Age bucket", 11, .center),
        TableColumn("Confirmation promised", 14, .right), TableColumn("Refund promised", 14, .right),
        TableColumn("Days past promise", 12, .right), TableColumn("Status", 9, .center), TableColumn("Source", 24),
    ]

    private let context: ReportContext
    let series: SheetSeries

    init(_ file: XLSXFile, _ context: ReportContext, _ limits: TableLimits) throws(WorkbookError) {
        self.context = context
        let cases = context.summary.cases
        series = try SheetSeries(
            file, "Open items", Self.columns, frozenColumns: 1,
            expectedRows: cases[.pending, default: 0] + cases[.overdue, default: 0],
            limits)
    }

    /// Writes the row if it is open.
    func add(_ row: ResultRow) throws(WorkbookError) {
        guard row.isOpen, let (sheet, at) = try series.next() else { return }
        let isOverdue = row.outcome == .overdue
        try sheet.write(
            at, 0, .text(row.outcome?.rawValue ?? ""),
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
        for (index, (value, style)) in values.enumerated() { try sheet.write(at, index + 1, value, style) }
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
        TableColumn("Type", 18), TableColumn("What happened", 70), TableColumn("Order", 24),
        TableColumn("Refund code", 24), TableColumn("Status", 9, .center), TableColumn("Currency", 10),
        TableColumn("Final refund", 16, .right), TableColumn("Webhooks", 14, .center),
        TableColumn("Reason given", 34),
        TableColumn("Source", 28),
    ]

    private let context: ReportContext
    let series: SheetSeries

    init(_ file: XLSXFile, _ context: ReportContext, _ limits: TableLimits) throws(WorkbookError) {
        self.context = context
        let rows = context.controls.rows
        series = try SheetSeries(
            file, "Orphans and unrecorded", Self.columns, frozenColumns: 1,
            expectedRows: rows.orphanWebhook + rows.unrecordedRefund,
            limits)
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
        for (index, (value, style)) in values.enumerated() { try sheet.write(at, index, value, style.top) }
    }

    func finish() throws(WorkbookError) { try series.finish() }
}
