import Memory
import Refunds
import Testing
@testable import Report

/// The lines that tell a person what happened, by the example.
@Suite struct ExceptionWordingTests {
    /// A paid case of 47.32 USD quoted with a penalty of 5.00 and a fee of 2.00 (expected 40.32).
    private func paid(_ original: Int64, _ penalty: Int64, _ fee: Int64, _ refund: Int64, _ codes: [ExceptionCode])
        throws -> ResultRow
    {
        var row = SampleRows.paid(
            try SampleRows.expecting("USD", line: 2, original: 4732, penalty: 500, fee: 200), original: original,
            penalty: penalty, fee: fee, refund: refund, outcome: .variance)
        for code in codes { row.exceptions.insert(code) }
        return row
    }

    @Test func money() throws {
        let cases: [(ResultRow, String)] = [
            (
                try paid(4732, 0, 200, 3732, [.refundShort, .penaltyVariance, .finalArithmeticMismatch]),
                "Atlas paid 3.00 USD less than quoted: penalty 5.00 lower, 8.00 unexplained."
            ),
            (
                try paid(4732, 500, 150, 4082, [.refundOver, .feeVariance]),
                "Atlas paid 0.50 USD more than quoted: fee 0.50 lower."
            ),
            (
                try paid(4732, 700, 0, 4032, [.penaltyVariance, .feeVariance]),
                "Atlas paid the refund as quoted, but penalty 2.00 higher, fee 2.00 lower."
            ),
            (
                try paid(4732, 1000, 200, 3732, [.refundShort, .penaltyVariance, .finalArithmeticMismatch]),
                "Atlas paid 3.00 USD less than quoted: penalty 5.00 higher, offset by 2.00 unexplained."
            ),
            (
                try paid(4632, 500, 200, 3932, [.refundShort, .originalAmountVariance, .partsMismatch]),
                "Atlas paid 1.00 USD less than quoted: original amount 1.00 lower. The webhook's parts do not "
                    + "add up to its totals."
            ),
        ]
        for (row, expected) in cases { #expect(ExceptionWording.sentence(row) == expected) }
    }

    @Test func yenHaveNoDecimals() throws {
        let row = SampleRows.paid(
            try SampleRows.expecting("JPY", line: 2, original: 100_000, penalty: 0, fee: 0), original: 100_000,
            penalty: 30_000, fee: 0, refund: 70_000, outcome: .variance, .refundShort, .penaltyVariance)
        #expect(ExceptionWording.sentence(row) == "Atlas paid 30,000 JPY less than quoted: penalty 30,000 higher.")
    }

    @Test func everythingElse() throws {
        let base = try SampleRows.expecting("USD", line: 2, original: 16_548, penalty: 0, fee: 200)
        func row(_ code: ExceptionCode, _ change: (inout ResultRow) throws -> Void = { _ in }) throws -> ResultRow {
            var row = base
            row.exceptions.insert(code)
            try change(&row)
            return row
        }
        let euro = try SampleRows.currency("EUR")
        let cases: [(ResultRow, String)] = [
            (
                try row(.rejected) { $0.cancelReason = "no\nshow" },
                "The refund was rejected: 163.48 USD is not coming (no show)."
            ),
            (try row(.withdrawn), "The refund was withdrawn: 163.48 USD is not coming."),
            (
                try row(.overdueRefund) {
                    $0.expectedRefundDate = try SampleRows.date("2025-09-20")
                    $0.ageDays = 41
                }, "The refund was promised by 2025-09-20, asked for 41 days ago: 163.48 USD still outstanding."
            ),
            (try row(.queryFailed), "The status query failed."),
            (try row(.queryFailed) { $0.queryError = "http-503" }, "The status query failed: HTTP 503."),
            (
                try row(.queryFailed) { ($0.queryError, $0.queryErrorDetail) = ("connection", "connection refused") },
                "The status query failed: connection refused."
            ),
            (
                try row(.queryFailed) {
                    $0.queryError = "bad-body"
                    $0.queryErrorDetail =
                        "estimatedRefundAmount 169.255 has too many\ndigits after the point: USD has 2"
                },
                "The status query failed: unusable answer (estimatedRefundAmount 169.255 has too many digits after the "
                    + "point: USD has 2)."
            ),
            (
                try row(.queryFailed) { $0.queryError = Text(String(repeating: "x", count: 301)) },
                "The status query failed: " + String(repeating: "x", count: 300) + "…."
            ),
            (try row(.noEvidence), "Neither a query nor a webhook says what became of 163.48 USD."),
            (
                try row(.currencyMismatch) {
                    $0.final = Amounts()
                    $0.finalCurrency = euro
                    $0.final?.refund = Amount(minorUnits: 15_000)
                }, "Quoted in USD, paid in EUR: 150.00 EUR for 163.48 USD expected."
            ),
            (
                try row(.currencyMismatch),
                "Atlas's answer mixes several currencies, so its amounts cannot be compared."
            ),
            (
                try row(.queryCurrenciesMixed) { $0.finalSource = .webhook },
                "The query mixes several currencies and was not used; the webhook's amounts count."
            ),
            (try row(.queryCurrenciesMixed), "The query mixes several currencies and was not used."),
            (
                try row(.statusIllegalForPayment) { $0.status = .fulfillmentDone },
                "Status 5 is not valid for payment by deposit."
            ),
            (try row(.notFoundAtAtlas), "Atlas answered and does not know the refund."),
        ]
        for (row, expected) in cases { #expect(ExceptionWording.sentence(row) == expected) }
    }

    /// Where one webhook may be about several refunds, no amount of it is sure: that is said before any amount.
    @Test(
        arguments: [
            (.query, "; the query's amounts are used"), (.webhook, "; the webhook's amounts are used"), (nil, ""),
        ] as [(EvidenceSource?, String)])
    func aSharedWebhookIsSaidFirst(_ source: EvidenceSource?, _ used: String) throws {
        var row = try paid(4732, 500, 200, 3932, [.refundShort, .missingWebhook, .ambiguousMatch])
        row.finalSource = source
        #expect(
            ExceptionWording.sentence(row) == "One webhook seems to cover several refunds of this order\(used). "
                + "Atlas paid 1.00 USD less than quoted: 1.00 unexplained. Final by the query, and no webhook came."
        )
    }

    @Test(arguments: ExceptionCode.allCases)
    func everyCodeHasALine(_ code: ExceptionCode) throws {
        let meaning = code.entry.meaning
        #expect(ExceptionCode.allCases.filter { $0.entry.meaning == meaning } == [code])
        let row =
            switch code {
            case .refundShort: try paid(4732, 500, 200, 4000, [code])
            case .refundOver: try paid(4732, 500, 200, 4100, [code])
            default: try paid(4733, 501, 201, 4032, [code])
            }
        let sentence = ExceptionWording.sentence(row)
        #expect(sentence.hasSuffix("."))
        #expect(!sentence.contains("\n"))
    }
}
