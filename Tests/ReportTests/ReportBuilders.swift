import Memory
import Refunds
import Schema
@testable import Report

func currency(_ code: String) -> Currency {
    guard let currency = Currency(code) else { preconditionFailure("\(code) is no currency") }
    return currency
}

func date(_ text: String) -> CalendarDate {
    guard let date = CalendarDate(text) else { preconditionFailure("\(text) is no date") }
    return date
}

func money(_ minorUnits: Int64) -> Amount { Amount(minorUnits: minorUnits) }

let reportFiles = ["orders.csv", "webhooks.jsonl", "status-journal.jsonl"]

/// A case's row with a value in every column, each another one.
func fullRow(_ currency: Currency) -> ResultRow {
    var row = ResultRow(.case, source: SourceLine(file: 0, line: 7))
    row.orderNo = "ORDER1"
    row.refundCode = "CODE1"
    row.airlinePNR = "PNR001"
    row.carrier = "FR"
    row.paymentMethod = .vcc
    row.currency = currency
    row.outcome = .overdue
    for code in [ExceptionCode.duplicateOrder, .refundShort, .overdueRefund] { row.exceptions.insert(code) }
    row.status = .airlineRefunding
    row.statusSource = .query
    row.finalSource = .webhook
    var order = RefundCase(currency: currency, requestedAt: date("2026-01-01"), source: row.source)
    order.originalTotalAmount = money(25)
    order.airlinePenaltyAmount = money(4)
    order.transactionFee = money(9)
    row.expected = order.expected
    var final = Amounts()
    (final.original, final.penalty, final.fee, final.refund) = (money(2), money(5), money(10), money(-13))
    row.final = final
    row.finalCurrency = currency
    var variances = Amounts()
    (variances.original, variances.penalty, variances.fee) = (money(3), money(6), money(11))
    (variances.farePenalty, variances.ancillaryPenalty, variances.refund) = (money(-7), money(-8), money(-14))
    row.variances = variances
    row.requestedAt = date("2026-01-01")
    row.expectedConfirmationDate = date("2026-01-02")
    row.expectedRefundDate = date("2026-01-03")
    row.ageDays = 31
    row.cancelReason = "why"
    row.webhookCount = 2
    row.queriedAt = "2026-02-01T00:00:00Z"
    row.webhookSources = [SourceLine(file: 1, line: 3), SourceLine(file: 1, line: 2)]
    row.effectiveWebhookSource = SourceLine(file: 1, line: 2)
    row.querySource = SourceLine(file: 2, line: 4)
    return row
}

/// A row with nothing but its place.
func emptyRow() -> ResultRow { ResultRow(.case, source: SourceLine(file: 0, line: 1)) }

/// The columns of FORMATS.md, "reconciliation.csv", in their order.
let columnNames = """
    rowType,orderNo,refundCode,airlinePNR,carrier,paymentMethod,currency,outcome,exceptions,refundStatus,\
    statusSource,finalSource,expectedOriginalAmount,finalOriginalAmount,originalVariance,\
    expectedPenaltyAmount,finalPenaltyAmount,penaltyVariance,farePenaltyVariance,ancillaryPenaltyVariance,\
    expectedTransactionFee,finalTransactionFee,feeVariance,\
    expectedRefundAmount,finalRefundAmount,refundVariance,unexplainedVariance,\
    requestedAt,expectedConfirmationDate,expectedRefundDate,ageDays,ageBucket,cancelReason,\
    webhookCount,queriedAt,source,finalCurrency,webhookSource,querySource
    """

func csvLine(_ row: ResultRow, _ files: [String] = reportFiles, added: [AddedColumns] = []) -> String {
    var rows = CSVRows(columns: ReportColumns(added: added), fileNames: files)
    rows.write(row)
    return String(decoding: rows.end().bytes, as: UTF8.self)
}

func csvHeader(added: [AddedColumns] = []) -> String {
    var rows = CSVRows(columns: ReportColumns(added: added), fileNames: [])
    rows.writeHeader()
    return String(decoding: rows.end().bytes, as: UTF8.self)
}

func jsonLine(_ row: ResultRow, _ files: [String] = reportFiles, added: [AddedColumns] = []) -> [UInt8] {
    var rows = JSONRows(columns: ReportColumns(added: added), fileNames: files)
    rows.write(row)
    return rows.end().bytes
}
