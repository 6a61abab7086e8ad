import Memory
import Refunds

/// The columns of the report's rows: those of the contract and those that options add.
public struct ReportColumns: Sendable {
    /// Columns that options add, in this order.
    public var added: [AddedColumns]

    public init(added: [AddedColumns] = []) { self.added = added }

    /// The contract's columns.
    public static let contract = columns { $0.writeCells(to: &$1) }

    /// All columns.
    public var all: [Column] { Self.contract + added.flatMap(\.columns) }

    /// The cells of a row's columns.
    public func cells(of row: ResultRow) -> [Cell] {
        var list = CellList()
        row.writeCells(to: &list)
        for columns in added { row.writeCells(of: columns, to: &list) }
        return list.cells
    }

    /// The columns, taken from a row without values.
    static func columns(_ write: (ResultRow, inout ColumnList) -> Void) -> [Column] {
        var list = ColumnList()
        write(ResultRow(.case, source: SourceLine(file: 0, line: 0)), &list)
        return list.columns
    }
}

/// The table of columns, in the contract's order. A line declares a column: its kind, its name, the cell of a row, the
/// width in the workbook where it is not that of its kind, and the help. All else is made from it: the columns of
/// reconciliation.csv, exceptions.csv and the workbook, the members of reconciliation.jsonl, the table in
/// docs/FORMATS.md. It is code instead of data because 39 closures a row more than double the time that writing it takes.
extension ResultRow {
    @inline(__always)
    public func writeCells<Cells: CellSink & ~Copyable>(to cells: inout Cells) {
        writeCase(to: &cells)
        writeAmounts(to: &cells)
        writeEvidence(to: &cells)
    }

    @inline(__always)
    private func writeCase<Cells: CellSink & ~Copyable>(to cells: inout Cells) {
        cells.word("rowType", rowType.text, "`case`, `orphanWebhook` or `unrecordedRefund`")
        cells.text("orderNo", orderNo, "of a case without one, what its query told")
        cells.text("refundCode", refundCode, "from the record")
        cells.text("airlinePNR", airlinePNR, width: 15, "from the record")
        cells.text("carrier", carrier, width: 13, "from the record")
        cells.word("paymentMethod", paymentMethod?.text, width: 15, "`deposit` or `vcc`")
        cells.word(
            "currency", currency?.text,
            "of the expected amounts and the variances; of a row without a case, of its final amounts")
        cells.word(
            "outcome", outcome?.text, width: 15,
            "see [RULES.md](RULES.md#5-outcome-exactly-one-for-each-case); empty but for cases")
        cells.codes("exceptions", exceptions, "codes, separated by `;`, in the order of RULES.md")
        cells.count("refundStatus", status.map { Int($0.rawValue) }, "0 to 6")
        cells.word("statusSource", statusSource?.text, "`query` or `webhook`")
        cells.word("finalSource", finalSource?.text, "`webhook` or `query`; empty where there is no final side")
    }

    @inline(__always)
    private func writeAmounts<Cells: CellSink & ~Copyable>(to cells: inout Cells) {
        cells.amount("expectedOriginalAmount", expected?.original, currency, "what was paid for the ticket")
        cells.amount("finalOriginalAmount", final?.original, finalCurrency, "what was paid for the ticket")
        cells.amount("originalVariance", variances.original, currency, "what was paid for the ticket")
        cells.amount("expectedPenaltyAmount", expected?.penalty, currency, "the airline's penalty")
        cells.amount("finalPenaltyAmount", final?.penalty, finalCurrency, "the airline's penalty")
        cells.amount("penaltyVariance", variances.penalty, currency, "the airline's penalty")
        cells.amount("farePenaltyVariance", variances.farePenalty, currency, "its parts")
        cells.amount("ancillaryPenaltyVariance", variances.ancillaryPenalty, currency, "its parts")
        cells.amount("expectedTransactionFee", expected?.fee, currency, "the fee")
        cells.amount("finalTransactionFee", final?.fee, finalCurrency, "the fee")
        cells.amount("feeVariance", variances.fee, currency, "the fee")
        cells.amount("expectedRefundAmount", expected?.refund, currency, "the refund")
        cells.amount("finalRefundAmount", final?.refund, finalCurrency, "the refund")
        cells.amount("refundVariance", variances.refund, currency, "the refund")
        // An orphan webhook and an unrecorded refund carry no variances, their own arithmetic included.
        cells.amount(
            "unexplainedVariance", unexplained, finalCurrency,
            "what the final amounts leave unexplained")
    }

    @inline(__always)
    private func writeEvidence<Cells: CellSink & ~Copyable>(to cells: inout Cells) {
        cells.date("requestedAt", requestedAt, "yyyy-MM-dd")
        cells.date(
            "expectedConfirmationDate", expectedConfirmationDate,
            "the dates that were used: the query's where it gives them")
        cells.date(
            "expectedRefundDate", expectedRefundDate, "the dates that were used: the query's where it gives them")
        cells.count("ageDays", ageDays, "of pending and overdue cases")
        cells.word("ageBucket", ageBucket?.text, "of pending and overdue cases")
        cells.text("cancelReason", cancelReason, width: 34, "Atlas's reason, from the query")
        cells.count("webhookCount", webhookCount, "webhooks that the case got, duplicates not counted")
        cells.text("queriedAt", queriedAt, "from the journal")
        cells.place(
            "source", source,
            """
            `<file name>:<line>` of the order record; of an orphan, of its effective webhook; of an unrecorded \
            refund, of the journal
            """)
        cells.word(
            "finalCurrency", finalCurrency?.text,
            """
            the currency of the webhook or entry that the final side is taken from; empty where there is no final \
            side
            """)
        cells.place("webhookSource", effectiveWebhookSource, "`<file name>:<line>` of the effective webhook")
        cells.place(
            "querySource", querySource,
            """
            `<file name>:<line>` of the journal line that was relied on, of a failed answer too; empty where there is \
            none
            """)
    }
}
