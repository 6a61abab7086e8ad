import Memory
import Refunds
import Rules
import Night
import Testing

/// What a row comes to, as people decide on it.
@Suite struct BreakAmountsTests {
    @Test func whatARowComesToIsOneExactText() {
        var row = ResultRow(.case, source: SourceLine(file: 0, line: 1))
        #expect(BreakAmounts.text(row) == "")
        row.currency = currency("KWD")
        var expected = Amounts()
        (expected.original, expected.refund) = (money(47_320), money(-5))
        row.expected = expected
        #expect(BreakAmounts.text(row) == "KWD 47.320/-/-/-0.005")
        var final = Amounts()
        row.finalCurrency = currency("JPY")
        final.fee = money(300)
        row.final = final
        #expect(BreakAmounts.text(row) == "KWD 47.320/-/-/-0.005 final JPY -/-/300/-")
        row.outcome = .overdue
        #expect(BreakAmounts.text(row) == "overdue KWD 47.320/-/-/-0.005 final JPY -/-/300/-")
        row.exceptions.insert(.overdueRefund)
        #expect(BreakAmounts.text(row) == "overdue OVERDUE_REFUND KWD 47.320/-/-/-0.005 final JPY -/-/300/-")
        row.exceptions.insert(.missingWebhook)
        let codes = row.exceptions.map(\.rawValue).joined(separator: "+")
        #expect(BreakAmounts.text(row) == Text("overdue \(codes) KWD 47.320/-/-/-0.005 final JPY -/-/300/-"))
    }

    @Test(arguments: ExceptionCode.allCases) func eachCodeButInfoIsPartOfIt(code: ExceptionCode) {
        var row = ResultRow(.orphanWebhook, source: SourceLine(file: 0, line: 1))
        row.exceptions.insert(code)
        #expect(BreakAmounts.text(row) == (code.severity == .info ? "" : code.text))
    }

    @Test(arguments: Outcome.allCases) func eachOutcomeIsPartOfIt(outcome: Outcome) {
        var row = ResultRow(.case, source: SourceLine(file: 0, line: 1))
        row.outcome = outcome
        #expect(BreakAmounts.text(row) == outcome.text)
    }
}
