import Memory
import Refunds
import Testing
@testable import Report

/// Rows for the tests of the workbook.
enum SampleRows {
    static func currency(_ code: String) throws -> Currency { try #require(Currency(code)) }

    static func date(_ text: String) throws -> CalendarDate { try #require(CalendarDate(text)) }

    /// A case with an expected side; amounts in minor units.
    static func expecting(
        _ code: String, line: Int32, original: Int64, penalty: Int64, fee: Int64
    ) throws -> ResultRow {
        let currency = try currency(code)
        var row = ResultRow(.case, source: SourceLine(file: 0, line: line))
        var order = RefundCase(currency: currency, requestedAt: try date("2025-08-20"), source: row.source)
        order.originalTotalAmount = Amount(minorUnits: original)
        order.airlinePenaltyAmount = Amount(minorUnits: penalty)
        order.transactionFee = Amount(minorUnits: fee)
        row.expected = order.expected
        row.currency = currency
        row.orderNo = Text("ORD\(line)")
        row.refundCode = Text("202508-\(line)")
        row.carrier = "U2"
        row.paymentMethod = .deposit
        row.requestedAt = order.requestedAt
        return row
    }

    /// The same case paid, and its variances as RULES.md has them.
    static func paid(
        _ row: ResultRow, original: Int64, penalty: Int64, fee: Int64, refund: Int64, outcome: Outcome,
        _ exceptions: ExceptionCode...
    ) -> ResultRow {
        var row = row
        var final = Amounts()
        final.original = Amount(minorUnits: original)
        final.penalty = Amount(minorUnits: penalty)
        final.fee = Amount(minorUnits: fee)
        final.refund = Amount(minorUnits: refund)
        row.final = final
        row.finalCurrency = row.currency
        row.finalSource = .webhook
        row.status = .refunded
        row.statusSource = .query
        row.outcome = outcome
        row.webhookCount = 1
        row.variances.original = difference(final.original, row.expected?.original)
        row.variances.penalty = difference(final.penalty, row.expected?.penalty)
        row.variances.fee = difference(final.fee, row.expected?.fee)
        row.variances.refund = difference(final.refund, row.expected?.refund)
        for code in exceptions { row.exceptions.insert(code) }
        return row
    }

    private static func difference(_ final: Amount?, _ expected: Amount?) -> Amount? {
        guard let final, let expected else { return nil }
        return final - expected
    }

    /// One row of each kind that the sheets treat in their own way.
    static func mixed() throws -> [ResultRow] {
        let usd = try expecting("USD", line: 2, original: 4732, penalty: 500, fee: 200)
        let yen = try expecting("JPY", line: 3, original: 120_000, penalty: 0, fee: 300)
        let dinar = try expecting("KWD", line: 4, original: 45_250, penalty: 1250, fee: 0)
        var pending = try expecting("USD", line: 5, original: 10_000, penalty: 0, fee: 0)
        pending.outcome = .pending
        pending.status = .airlineProcessing
        pending.ageDays = 41
        pending.expectedRefundDate = try date("2025-10-31")
        var overdue = try expecting("USD", line: 6, original: 20_001, penalty: 0, fee: 1)
        overdue.outcome = .overdue
        overdue.status = .airlineRefunding
        overdue.ageDays = 41
        overdue.expectedRefundDate = try date("2025-09-20")
        overdue.exceptions.insert(.overdueRefund)
        var rejected = try expecting("USD", line: 7, original: 16_548, penalty: 0, fee: 200)
        rejected.outcome = .rejected
        rejected.status = .rejected
        rejected.cancelReason = "no show"
        rejected.exceptions.insert(.rejected)
        var orphan = ResultRow(.orphanWebhook, source: SourceLine(file: 1, line: 9))
        orphan.orderNo = "STRAY"
        orphan.currency = try currency("EUR")
        orphan.webhookCount = 2
        orphan.exceptions.insert(.orphanWebhook)
        return [
            paid(
                usd, original: 4732, penalty: 0, fee: 200, refund: 3732, outcome: .variance, .refundShort,
                .penaltyVariance, .finalArithmeticMismatch),
            paid(yen, original: 120_000, penalty: 0, fee: 300, refund: 119_700, outcome: .matched),
            paid(
                dinar, original: 45_250, penalty: 1200, fee: 0, refund: 44_050, outcome: .variance, .refundOver,
                .penaltyVariance, .missingWebhook),
            pending, overdue, rejected, orphan,
        ]
    }
}
