import Memory
import Refunds
import XLSX
@testable import Report

/// Rows and the context that belongs to them, for the tests of the workbook.
struct WorkbookFixture {
    var rows: [ResultRow]
    var context: ReportContext

    init(_ rows: [ResultRow], asOf: CalendarDate = CalendarDate(daysSinceEpoch: 20_361), rejects: [Reject] = []) {
        self.rows = rows
        var controls = Controls()
        controls.rows.case = rows.count { $0.rowType == .case }
        controls.rows.orphanWebhook = rows.count { $0.rowType == .orphanWebhook }
        controls.rows.unrecordedRefund = rows.count { $0.rowType == .unrecordedRefund }
        controls.orders.accepted = controls.rows.case
        controls.orders.rejected = rejects.count
        controls.orders.lines = controls.rows.case + rejects.count
        controls.queries.cases = controls.rows.case
        controls.queries.queryable = controls.rows.case
        controls.queries.ok = controls.rows.case
        let inputs = [
            InputEvidence(
                role: "orders", path: "in/orders.csv", name: "orders.csv",
                sha256: String(repeating: "ab", count: 32), bytes: 12_345),
            InputEvidence(
                role: "webhooks", path: "in/webhooks.jsonl", name: "webhooks.jsonl",
                sha256: String(repeating: "cd", count: 32), bytes: 6789),
        ]
        context = ReportContext(
            asOf: asOf, toolVersion: "1.2.3", fileNames: ["orders.csv", "webhooks.jsonl", "status-journal.jsonl"],
            tolerances: Tolerances(), statusSource: "journal status-journal.jsonl", summary: Self.summarise(rows),
            controls: controls, rejects: rejects, inputs: inputs)
        var highlights = Highlights()
        for row in rows { highlights.add(row) }
        context.rowsToLookAt = RowsToLookAt(highlights)
        addAmounts()
    }

    /// Control totals by amount: every record once, every final from a webhook.
    private mutating func addAmounts() {
        for (currency, totals) in context.summary.totals {
            var (orders, webhooks, finals) = (OrderControl(), WebhookControl(), FinalControl())
            (orders.read, orders.cases) = (totals.expected.original, totals.expected.original)
            (webhooks.read, webhooks.final, finals.webhook) = (
                totals.final.refund, totals.final.refund, totals.final.refund
            )
            context.controls.orderAmounts[currency] = orders
            context.controls.webhookAmounts[currency] = webhooks
            context.controls.finalAmounts[currency] = finals
        }
    }

    /// The summary of the rows, as FORMATS.md defines it.
    static func summarise(_ rows: [ResultRow]) -> Summary {
        var summary = Summary()
        for row in rows {
            for code in row.exceptions { summary.exceptions[code, default: 0] += 1 }
            guard row.rowType == .case, let currency = row.currency else { continue }
            if let outcome = row.outcome { summary.cases[outcome, default: 0] += 1 }
            let key = CarrierCurrency(carrier: row.carrier ?? "", currency: currency)
            summary.byCarrier[key, default: CarrierTotals()].cases += 1
            addExpected(row, &summary.totals[currency, default: CurrencyTotals()])
            addVariances(row, &summary.totals[currency, default: CurrencyTotals()])
            if let final = row.final, let paid = row.finalCurrency {
                addFinal(final, &summary.totals[paid, default: CurrencyTotals()])
            }
            if let bucket = row.ageBucket {
                let key = CurrencyBucket(currency: currency, bucket: bucket)
                summary.ageing[key, default: AgeingTotals()].cases += 1
                add(row.expected?.refund, &summary.ageing[key, default: AgeingTotals()].expectedRefund)
            }
        }
        return summary
    }

    private static func add(_ amount: Amount?, _ total: inout Total) {
        total = Total(minorUnits: total.minorUnits + Int128(amount?.minorUnits ?? 0))
    }

    private static func addExpected(_ row: ResultRow, _ totals: inout CurrencyTotals) {
        add(row.expected?.original, &totals.expected.original)
        add(row.expected?.penalty, &totals.expected.penalty)
        add(row.expected?.fee, &totals.expected.fee)
        add(row.expected?.refund, &totals.expected.refund)
        switch row.outcome {
        case .pending: add(row.expected?.refund, &totals.inProgress)
        case .rejected, .withdrawn, .overdue, .unverified: add(row.expected?.refund, &totals.atRisk)
        default: break
        }
    }

    private static func addFinal(_ final: Amounts, _ totals: inout CurrencyTotals) {
        add(final.original, &totals.final.original)
        add(final.penalty, &totals.final.penalty)
        add(final.fee, &totals.final.fee)
        add(final.refund, &totals.final.refund)
    }

    private static func addVariances(_ row: ResultRow, _ totals: inout CurrencyTotals) {
        guard let refund = row.variances.refund else { return }
        add(row.variances.original, &totals.variance.original)
        add(row.variances.penalty, &totals.variance.penalty)
        add(row.variances.fee, &totals.variance.fee)
        add(refund, &totals.variance.refund)
        add(row.unexplained, &totals.unexplained)
        if refund < .zero { add(refund, &totals.short) }
        if refund > .zero { add(refund, &totals.over) }
    }

    /// Writes the workbook, the rows in parts of so many.
    func write(
        to path: String, temporaryDirectory: String, _ limits: TableLimits = TableLimits(), rowsPerPart: Int = 4
    ) throws(WorkbookError) {
        let writer = try WorkbookWriter(
            path: path, context: context, temporaryDirectory: temporaryDirectory, limits)
        for start in stride(from: 0, to: rows.count, by: rowsPerPart) {
            try writer.append(rows[start..<min(start + rowsPerPart, rows.count)], writer.makeChunk(start))
        }
        try writer.finish()
    }
}

extension WorkbookWriter {
    /// Appends rows by way of a chunk of them.
    func append(_ rows: some Sequence<ResultRow>, _ chunk: WorkbookChunk) throws(WorkbookError) {
        for row in rows { try chunk.add(row) }
        guard let part = try chunk.end() as? WorkbookPart else { preconditionFailure("a chunk ends with a part") }
        try append(part)
    }
}
