import Memory
import Refunds
import Schema
import XLSX

/// The Exceptions sheets: the rows with an exception of severity error or warning, by currency and size of the refund
/// variance, each with a line of plain words, room for what a person decides, and the columns that options add.
final class ExceptionSheets {
    static let name = "Exceptions"
    /// What a person can decide.
    static let dispositions = [
        "accepted", "disputed with Atlas", "disputed with airline", "written off", "closed", "data error",
        "in progress",
    ]

    private static func columns(place: String) -> [TableColumn] {
        [
            TableColumn("Severity", width: 10), TableColumn("What happened", width: 62),
            TableColumn("Currency", width: 10),
            TableColumn("Refund variance", width: 14, .right), TableColumn("Expected refund", width: 14, .right),
            TableColumn("Final refund", width: 14, .right),
            TableColumn("Order", width: 26, .indented), TableColumn("Refund code", width: 20),
            TableColumn("PNR", width: 10),
            TableColumn("Carrier", width: 9),
            TableColumn("Outcome", width: 14), TableColumn("Exception codes", width: 32),
            TableColumn("Requested", width: 12, .right),
            TableColumn("Age, days", width: 10, .center), TableColumn("Source", width: 20),
            TableColumn(place, width: 22),
            TableColumn("Disposition", width: 20), TableColumn("Note", width: 30), TableColumn("Preparer", width: 14),
            TableColumn("Reviewer", width: 14), TableColumn("Date", width: 12),
        ]
    }
    private static let columnCount = columns(place: "").count
    private static let firstEntryColumn = 16

    /// A row that waits to be sorted.
    private struct Item {
        let row: ResultRow
        /// Where it stands in the report, from 0.
        let place: Int
    }

    private let context: ReportContext
    let series: SheetSeries
    /// Of the Reconciliation sheets; nil if there are none.
    private let rowsPerSheet: Int?
    private var items: [Item] = []

    init(_ file: WorkbookFile, _ context: ReportContext, _ limits: TableLimits) throws(WorkbookError) {
        self.context = context
        rowsPerSheet = context.rowCount > limits.rowsPerTable ? nil : limits.rowsPerSheet
        let place = rowsPerSheet == nil ? "Row in reconciliation.csv" : "Row in Reconciliation"
        series = try SheetSeries(
            file, name: Self.name,
            columns: Self.columns(place: place)
                + Self.added(context).flatMap(\.columns).map {
                    TableColumn(
                        $0.title, width: 16, ReconciliationSheets.alignment($0.kind) == .left ? .left : .right)
                },
            frozenColumns: 2, pagesWide: 2, expectedRows: 0, limits: limits)
    }

    /// Keeps the row if it is an exception; memory grows with the exceptions only.
    func add(_ row: ResultRow, at place: Int) {
        if row.isBreak { items.append(Item(row: row, place: place)) }
    }

    /// Sorts and writes the rows.
    func finish() throws(WorkbookError) {
        items.sort { Self.precedes($0, $1) }
        for item in items {
            if let (sheet, at) = try series.next() { try write(item, sheet, at) }
        }
        items = []
        try series.finish()
        try series.addList(Self.dispositions, column: Self.firstEntryColumn)
    }

    /// By currency, no currency last; then the largest variance first, none last; then as the report has them.
    private static func precedes(_ left: Item, _ right: Item) -> Bool {
        if left.row.currency != right.row.currency {
            guard let mine = left.row.currency else { return false }
            guard let theirs = right.row.currency else { return true }
            return mine < theirs
        }
        let mine = left.row.variances.refund?.magnitude
        let theirs = right.row.variances.refund?.magnitude
        if mine == theirs { return left.place < right.place }
        guard let mine else { return false }
        guard let theirs else { return true }
        return mine > theirs
    }

    private func write(_ item: Item, _ sheet: Sheet, _ at: Int) throws(WorkbookError) {
        let row = item.row
        let sentence = ExceptionWording.sentence(row)
        let codes = row.exceptions.map(\.rawValue).joined(separator: "; ")
        try sheet.setHeight(Self.height(sentence, codes), ofRow: at)
        let isError = row.exceptions.contains(Severity.error)
        let severity = CellStyle(
            fill: isError ? .lightRed : .lightAmber, color: isError ? .red : .brown, isBold: true)
        try sheet.write(.text(isError ? "error" : "warning"), row: at, column: 0, severity.top)
        try sheet.write(.text(sentence), row: at, column: 1, CellStyle(wraps: true))
        let plain = CellStyle.plain.top
        let identifier = plain.with(.text)
        let values: [(CellValue, CellStyle)] = [
            (row.currency.map { .text($0.code) } ?? .none, plain),
            (.amount(row.variances.refund, row.currency), plain),
            (.amount(row.expected?.refund, row.currency), plain),
            (.amount(row.final?.refund, row.finalCurrency), plain),
            (.text(row.orderNo?.string ?? ""), identifier.aligned(.indented)),
            (.text(row.refundCode?.string ?? ""), identifier),
            (.text(row.airlinePNR?.string ?? ""), identifier),
            (.text(row.carrier?.string ?? ""), identifier),
            (.text(row.outcome?.rawValue ?? ""), plain),
            (.text(codes), CellStyle(wraps: true)),
            (.date(row.requestedAt), plain),
            (row.ageDays.map { .count($0) } ?? .none, plain.aligned(.center)),
            (.text(row.source.text(context.fileNames)), identifier),
            (.text(place(item)), plain),
        ]
        try sheet.write(values, row: at, fromColumn: 2)
        let entries = context.additions.columns.contains(.dispositions) ? AddedColumns.dispositions.cells(of: row) : []
        for column in Self.firstEntryColumn..<Self.columnCount {
            let isDate = column == Self.columnCount - 1
            let style: CellStyle = isDate ? .entry.with(.date) : .entry
            let entered = entries.isEmpty ? .empty : entries[column - Self.firstEntryColumn]
            try sheet.write(
                entered == .empty ? .blank : entered.value(context.fileNames), row: at, column: column, style)
        }
        for (index, cell) in Self.added(context).flatMap({ $0.cells(of: row) }).enumerated() {
            try sheet.write(cell.value(context.fileNames), row: at, column: Self.columnCount + index, plain)
        }
    }

    /// The added columns that follow; what a person decided is in the columns for it.
    private static func added(_ context: ReportContext) -> [AddedColumns] {
        context.additions.columns.filter { $0 != .dispositions }
    }

    /// Where the row stands on the Reconciliation sheets, else in reconciliation.csv, whose header is its first row too.
    private func place(_ item: Item) -> String {
        guard let rowsPerSheet else { return "row \(item.place + 2)" }
        let place = SheetSeries.place(
            ofRow: item.place, name: ReconciliationSheets.name, rowsPerSheet: rowsPerSheet)
        return "\(place.sheet) \(place.row)"
    }

    /// High enough for the two texts that have several lines: not every reader sees to it by itself.
    private static func height(_ sentence: String, _ codes: String) -> Int {
        let lines = max(CellText.lineCount(sentence, width: 64), CellText.lineCount(codes, width: 27))
        return min(lines, 20) * 15
    }
}
