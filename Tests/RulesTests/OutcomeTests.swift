import Memory
import Refunds
import Testing

/// RULES.md, "Outcome": exactly one a case, the first that applies.
@Suite struct OutcomeTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let outcome: Outcome
        let scenario: Scenario

        init(_ name: String, _ outcome: Outcome, _ scenario: Scenario) {
            self.name = name
            self.outcome = outcome
            self.scenario = scenario
        }

        var testDescription: String { name }
    }

    private static let promised = refundCase {
        $0.expectedConfirmationDate = date("2026-01-20")
        $0.expectedRefundDate = date("2026-01-25")
    }

    private static let cannotQuote = refundCase(penalty: nil, fee: nil) { $0.refundQuoteType = .cannotQuote }

    static let open: [Row] = [
        Row("the query failed and nothing came", .unverified, .one(refundCase(), failed())),
        Row("nobody asked and nothing came", .unverified, .one(refundCase(), nil)),
        Row("no code to ask with and nothing came", .unverified, .one(refundCase("O1", nil), nil)),
        Row(
            "the answer has another refund only", .unverified, .one(refundCase(), answer(entry(.refunded, "O1", "R2")))),
        Row("unverified although the promise is past", .unverified, .one(promised, failed())),
        Row("a failed query, but a webhook", .matched, .one(refundCase(), failed(), webhook())),
        Row("0 on the promised day", .pending, .one(promised, answer(entry(.atlasProcessing)), asOf: "2026-01-20")),
        Row("0 a day later", .overdue, .one(promised, answer(entry(.atlasProcessing)), asOf: "2026-01-21")),
        Row("1 on the promised day", .pending, .one(promised, answer(entry(.airlineProcessing)), asOf: "2026-01-20")),
        Row("1 a day later", .overdue, .one(promised, answer(entry(.airlineProcessing)), asOf: "2026-01-21")),
        Row("3 needs no confirmation", .pending, .one(promised, answer(entry(.airlineRefunding)), asOf: "2026-01-25")),
        Row("3 after the refund date", .overdue, .one(promised, answer(entry(.airlineRefunding)), asOf: "2026-01-26")),
        Row(
            "0 overdue by the refund date alone", .overdue,
            .one(
                refundCase { $0.expectedRefundDate = date("2026-01-25") }, answer(entry(.atlasProcessing)),
                asOf: "2026-01-26")),
        Row("0 without a promise", .pending, .one(refundCase(), answer(entry(.atlasProcessing)))),
        Row(
            "a webhook's 1 where the query failed", .overdue, .one(promised, failed(), webhook(.airlineProcessing))
        ),
        Row("paid is never overdue", .matched, .one(promised, answer(entry()), webhook())),
    ]

    static let closed: [Row] = [
        Row("rejected", .rejected, .one(refundCase(), answer(entry(.rejected)))),
        Row("rejected goes before unquoted", .rejected, .one(cannotQuote, answer(entry(.rejected)))),
        Row("withdrawn", .withdrawn, .one(refundCase(), answer(entry(.withdrew)))),
        Row(
            "the query's status goes before the webhook's", .rejected,
            .one(refundCase(), answer(entry(.rejected)), webhook())),
        Row("unquoted", .unquoted, .one(cannotQuote, answer(entry()), webhook())),
        Row("unquoted goes before another currency", .unquoted, .one(cannotQuote, failed(), webhook(in: eur))),
        Row("unquoted goes before no refund amount", .unquoted, .one(cannotQuote, answer(severalCurrencies()))),
        Row("5 is paid as 2 is", .matched, .one(refundCase(), answer(entry(.fulfillmentDone)))),
        Row("matched by the query alone", .matched, .one()),
        Row("matched by the webhook", .matched, .one(refundCase(), nil, webhook())),
        Row("another currency of the same digits", .variance, .one(refundCase(), failed(), webhook(in: eur))),
        Row("several currencies: no refund amount", .variance, .one(refundCase(), answer(severalCurrencies()))),
        Row("no fee at Atlas: no refund amount", .variance, .one(refundCase(), answer(entry(fee: nil)))),
        Row(
            "unexplained alone, beyond", .variance,
            .one(refundCase(), nil, webhook(penalty: 11_00, refund: 88_00), tolerance: 99)),
        Row(
            "unexplained judged in the final's currency", .variance,
            .one(refundCase(), nil, webhook(in: eur), tolerance: 1_000_00)),
    ]

    /// (original, penalty, fee, refund) of the webhook; the tolerance is 5 cents.
    static let tolerances: [(Int64, Int64, Int64, Int64, Outcome)] = [
        (100_00, 10_00, 2_00, 88_00, .matched),
        (100_00, 10_00, 2_00, 88_05, .withinTolerance),
        (100_00, 10_00, 2_00, 87_95, .withinTolerance),
        (100_00, 10_00, 2_00, 88_06, .variance),
        (100_00, 10_00, 2_00, 87_94, .variance),
        (100_05, 10_05, 2_00, 88_00, .withinTolerance),
        (100_06, 10_05, 2_01, 88_00, .variance),
        (99_95, 9_95, 2_00, 88_00, .withinTolerance),
        (99_94, 9_95, 1_99, 88_00, .variance),
        (100_00, 10_06, 1_95, 87_99, .variance),
        (100_00, 9_94, 2_05, 88_01, .variance),
        (100_00, 9_95, 2_05, 88_00, .withinTolerance),
        (100_00, 9_95, 2_06, 87_99, .variance),
        (100_00, 10_05, 1_94, 88_01, .variance),
        (100_00, 10_03, 2_00, 88_02, .withinTolerance),
        (100_00, 10_03, 2_00, 88_03, .variance),
    ]

    @Test(arguments: open + closed) func outcome(_ row: Row) {
        #expect(row.scenario.row.outcome == row.outcome)
    }

    @Test(arguments: tolerances) func tolerance(
        original: Int64, penalty: Int64, fee: Int64, refund: Int64, outcome: Outcome
    ) {
        let paid = webhook(original: original, penalty: penalty, fee: fee, refund: refund)
        #expect(Scenario.one(refundCase(), nil, paid, tolerance: 5).row.outcome == outcome)
    }

    @Test func toleranceIsOfItsCurrencyOnly() {
        var scenario = Scenario.one(refundCase(), nil, webhook(refund: 88_01), tolerance: 1)
        #expect(scenario.row.outcome == .withinTolerance)
        scenario.tolerances = Tolerances([eur: money(1)])
        #expect(scenario.row.outcome == .variance)
    }

    @Test func unknownVariancesAreNoVariances() {
        // A voucher refund has neither original nor penalty on either side: the refunds alone are compared.
        let voucher = refundCase(fare: nil, penalty: nil) { $0.voucherRefundAmount = money(90_00) }
        let row = Scenario.one(voucher, answer(entry(original: nil))).row
        #expect(row.outcome == .matched)
        #expect(row.variances.original == nil)
        #expect(row.variances.penalty == nil)
        #expect(row.unexplained == nil)
        #expect(row.variances.refund == .zero)
        #expect(row.variances.fee == .zero)
    }

    /// With an expected side that has no parts, the unexplained amount alone may keep a case from being matched.
    @Test func unexplainedAloneIsNotMatched() {
        let voucher = refundCase(fare: nil, penalty: nil) { $0.voucherRefundAmount = money(90_00) }
        func outcome(penalty: Int64) -> Outcome? {
            Scenario.one(voucher, nil, webhook(penalty: penalty, refund: 88_00), tolerance: 5).row.outcome
        }
        #expect(outcome(penalty: 10_00) == .matched)
        #expect(outcome(penalty: 10_05) == .withinTolerance)
        #expect(outcome(penalty: 10_06) == .variance)
    }

    /// The largest amounts that a record may state do not overflow anything.
    @Test(arguments: [-1, 1] as [Int64]) func largestAmounts(sign: Int64) throws {
        let largest = Amount.largest.minorUnits
        let quoted = refundCase(
            fare: sign > 0 ? 0 : largest, penalty: sign > 0 ? largest : 0, fee: sign > 0 ? largest : 0)
        let told = webhook(
            original: sign > 0 ? largest : 0, penalty: sign > 0 ? 0 : largest, fee: sign > 0 ? 0 : largest,
            refund: sign * largest)
        let scenario = Scenario.one(quoted, answer(entry(original: largest, refundBeforeFee: 0, fee: largest)), told)
        #expect(scenario.row.outcome == .variance)
        #expect(scenario.row.variances.refund == money(sign > 0 ? 3 * largest : -2 * largest))
        #expect(try scenario.summary().rows.case == 1)
    }
}
