import Memory
import Refunds
import Testing

/// RULES.md, "Exceptions": each code with a case that has it and a near miss that has not. The whole list is compared, so
/// that nothing else comes along.
@Suite struct ExceptionTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let codes: [ExceptionCode]
        let scenario: Scenario

        init(_ name: String, _ codes: [ExceptionCode], _ scenario: Scenario) {
            self.name = name
            self.codes = codes
            self.scenario = scenario
        }

        var testDescription: String { name }
    }

    /// Only the webhook speaks, of a case that cannot be queried; tolerance 5 cents.
    private static func paid(_ name: String, _ codes: [ExceptionCode], _ paid: Webhook) -> Row {
        Row(name, codes + [.notQueryable], .one(refundCase("O1", nil), nil, paid, tolerance: 5))
    }

    static let amounts: [Row] = [
        paid("ordinary", [], webhook()),
        paid("short by the tolerance", [], webhook(refund: 87_95)),
        paid("short by a cent more", [.refundShort, .finalArithmeticMismatch], webhook(refund: 87_94)),
        paid("over by the tolerance", [], webhook(refund: 88_05)),
        paid("over by a cent more", [.refundOver, .finalArithmeticMismatch], webhook(refund: 88_06)),
        paid("penalty by the tolerance", [], webhook(penalty: 10_05)),
        paid("penalty up", [.penaltyVariance], webhook(penalty: 10_06, fee: 1_99)),
        paid("penalty down", [.penaltyVariance], webhook(penalty: 9_94, fee: 2_01)),
        paid("fee by the tolerance", [], webhook(fee: 1_95)),
        paid("fee up", [.feeVariance], webhook(penalty: 9_99, fee: 2_06)),
        paid("fee down", [.feeVariance], webhook(penalty: 10_01, fee: 1_94)),
        paid("original by the tolerance", [], webhook(original: 100_05)),
        paid("original up", [.originalAmountVariance], webhook(original: 100_06, fee: 2_01)),
        paid("original down", [.originalAmountVariance], webhook(original: 99_94, fee: 1_99)),
        paid("unexplained by the tolerance", [], webhook(penalty: 10_02, refund: 88_03)),
        paid("unexplained up", [.finalArithmeticMismatch], webhook(penalty: 10_03, refund: 88_03)),
        paid("unexplained down", [.finalArithmeticMismatch], webhook(penalty: 9_97, refund: 87_97)),
        paid("another currency", [.currencyMismatch], webhook(in: eur)),
        paid(
            "unexplained in another currency has that currency's tolerance, none",
            [.finalArithmeticMismatch, .currencyMismatch], webhook(refund: 88_01, in: eur)),
        paid("not paid: no final, no variance", [], webhook(.airlineProcessing, original: 1, refund: 1)),
        Row(
            "several currencies at Atlas", [.currencyMismatch, .missingWebhook],
            .one(refundCase(), answer(severalCurrencies()))),
        Row(
            "several currencies at Atlas, paid by the webhook", [.queryCurrenciesMixed],
            .one(refundCase(), answer(severalCurrencies()), webhook())),
        Row(
            "several currencies of what is not paid", [.queryCurrenciesMixed],
            .one(refundCase(), answer(severalCurrencies(.atlasProcessing)))),
        Row("one other currency of what is not paid", [], .one(refundCase(), answer(entry(.atlasProcessing, in: eur)))),
    ]

    static let evidence: [Row] = [
        Row(
            "status differs from a terminal webhook's", [.statusConflict, .rejected],
            .one(refundCase(), answer(entry(.rejected)), webhook())),
        Row(
            "status differs from an earlier state", [.missingWebhook],
            .one(refundCase(), answer(entry()), webhook(.airlineProcessing))),
        Row(
            "2 and 5 differ too", [.statusConflict, .statusIllegalForPayment],
            .one(refundCase(), answer(entry(.fulfillmentDone)), webhook())),
        Row(
            "open at Atlas, paid by the webhook", [.statusConflict],
            .one(refundCase(), answer(entry(.airlineProcessing)), webhook())),
        Row(
            "sources differ by the tolerance", [],
            .one(refundCase(), answer(entry(refundBeforeFee: 90_05)), webhook(), tolerance: 5)),
        Row(
            "sources differ by a cent more", [.sourceAmountConflict],
            .one(refundCase(), answer(entry(refundBeforeFee: 90_06)), webhook(), tolerance: 5)),
        Row(
            "sources differ downwards", [.sourceAmountConflict],
            .one(refundCase(), answer(entry(refundBeforeFee: 89_94)), webhook(), tolerance: 5)),
        Row(
            "sources in two currencies are not compared", [],
            .one(refundCase(), answer(entry(refundBeforeFee: 1_00, in: eur)), webhook())),
        Row(
            "both sources in another currency are not compared", [.currencyMismatch],
            .one(refundCase(), answer(entry(refundBeforeFee: 1_00, in: eur)), webhook(in: eur))),
        Row(
            "the query's amounts of what it calls open are not compared", [.statusConflict],
            .one(refundCase(), answer(entry(.atlasProcessing, refundBeforeFee: 1_00)), webhook())),
        Row("no amount at the query is no difference", [], .one(refundCase(), answer(entry(fee: nil)), webhook())),
        Row(
            "conflicting order", [.conflictingOrder],
            .one(refundCase { $0.hasConflict = true }, answer(entry()), webhook())),
        Row("failed query", [.queryFailed, .noEvidence], .one(refundCase(), failed())),
        Row("no line in the journal", [.queryFailed], .one(refundCase(), failed("not-in-journal"), webhook())),
        Row("no answer at all", [.queryFailed], .one(refundCase(), nil, webhook())),
        Row("empty answer", [.notFoundAtAtlas, .noEvidence], .one(refundCase(), answer())),
        Row(
            "another refund of the order", [.notFoundAtAtlas],
            .one(refundCase(), answer(entry(.refunded, "O1", "R2")), webhook())),
        Row(
            "the same code of another order", [.notFoundAtAtlas],
            .one(refundCase(), answer(entry(.refunded, "O2", "R1")), webhook())),
        Row("no refund code", [.noEvidence, .notQueryable], .one(refundCase("O1", nil), nil)),
        Row("paid at Atlas, no webhook", [.missingWebhook], .one()),
        Row(
            "paid at Atlas by 5, no webhook", [.missingWebhook],
            .one(refundCase { $0.paymentMethod = .vcc }, answer(entry(.fulfillmentDone)))),
        Row("rejected at Atlas, no webhook", [.rejected], .one(refundCase(), answer(entry(.rejected)))),
        Row(
            "paid at Atlas, rejected by the webhook", [.statusConflict],
            .one(refundCase(), answer(entry()), webhook(.rejected))),
        Row(
            "voucher instead of cash", [.missingWebhook, .voucherIssued],
            .one(refundCase(), answer(entry { $0.isVoucher = true }))),
        Row(
            "voucher instead of stated cash", [.voucherIssued],
            .one(
                refundCase { $0.refundMethod = .cashBackToOriginalPayment },
                answer(entry(.refunded) { $0.isVoucher = true }), webhook())),
        Row(
            "voucher as agreed", [],
            .one(refundCase { $0.refundMethod = .voucher }, answer(entry { $0.isVoucher = true }), webhook())),
        Row(
            "cash instead of a voucher", [],
            .one(refundCase { $0.refundMethod = .voucher }, answer(entry()), webhook())),
        Row(
            "duplicate webhook", [.duplicateWebhook],
            .one(refundCase(), answer(entry()), webhook(), webhook(line: 2))),
        Row(
            "duplicate order", [.duplicateOrder],
            .one(refundCase { $0.droppedDuplicates = 1 }, answer(entry()), webhook())),
    ]

    private static let unquoted = refundCase(penalty: nil, fee: nil) { $0.refundQuoteType = .cannotQuote }

    static let status: [Row] = [
        Row(
            "refunded, not refundable", [.refundedNotRefundable],
            .one(refundCase { $0.isRefundable = false }, answer(entry()), webhook())),
        Row(
            "refunded nothing, not refundable", [],
            .one(
                refundCase(penalty: 98_00) { $0.isRefundable = false }, answer(entry(refundBeforeFee: 2_00)),
                webhook(penalty: 98_00))),
        Row(
            "refunded a cent, not refundable", [.refundedNotRefundable],
            .one(
                refundCase(penalty: 97_99) { $0.isRefundable = false }, answer(entry(refundBeforeFee: 2_01)),
                webhook(penalty: 97_99))),
        Row(
            "refunded, stated refundable", [],
            .one(refundCase { $0.isRefundable = true }, answer(entry()), webhook())),
        Row("open, not refundable", [], .one(refundCase { $0.isRefundable = false }, answer(entry(.atlasProcessing)))),
        Row("rejected with nothing to expect", [], .one(refundCase(penalty: 98_00), answer(entry(.rejected)))),
        Row(
            "rejected with less than nothing to expect", [], .one(refundCase(penalty: 100_00), answer(entry(.rejected)))
        ),
        Row("rejected with a cent to expect", [.rejected], .one(refundCase(penalty: 97_99), answer(entry(.rejected)))),
        Row("rejected with who knows what to expect", [.rejected], .one(unquoted, answer(entry(.rejected)))),
        Row("withdrawn", [.withdrawn], .one(refundCase { $0.paymentMethod = .vcc }, answer(entry(.withdrew)))),
        Row("unquoted", [.unquoted], .one(unquoted, answer(entry()), webhook())),
        Row("not quoted and not paid", [], .one(unquoted, answer(entry(.atlasProcessing)))),
    ]

    private static func revised(
        _ codes: [ExceptionCode], _ name: String, _ first: Webhook, _ second: Webhook
    ) -> Row {
        Row(name, codes, .one(refundCase(), failed(), first, second))
    }

    static let revisions: [Row] = [
        revised([.queryFailed, .webhookRevised], "revised amount", webhook(refund: 80_00), webhook(line: 2)),
        revised([.queryFailed, .webhookRevised], "revised status", webhook(.rejected), webhook(line: 2)),
        revised([.queryFailed, .webhookRevised], "revised currency", webhook(in: eur), webhook(line: 2)),
        revised(
            [.queryFailed, .webhookRevised], "revised part", webhook { $0.airlinePenaltyAmountForFare = .zero },
            webhook(line: 2)),
        revised(
            [.queryFailed], "an earlier state is no revision", webhook(.atlasProcessing), webhook(line: 2)),
        revised(
            [.queryFailed], "a later state is no revision", webhook(),
            webhook(.airlineRefunding, refund: 1, line: 2)),
        revised(
            [.queryFailed, .duplicateWebhook], "a redelivery is no revision", webhook(at: 5),
            webhook(at: 9, line: 2)),
    ]

    private static func quote(_ name: String, _ isInconsistent: Bool, _ change: (inout RefundCase) -> Void) -> Row {
        Row(
            name, isInconsistent ? [.rejected, .quoteInconsistent] : [.rejected],
            .one(refundCase(line: 1, change), answer(entry(.rejected))))
    }

    private static func parts(_ name: String, _ isMismatch: Bool, _ change: (inout Webhook) -> Void) -> Row {
        Row(
            name, isMismatch ? [.partsMismatch] : [], .one(refundCase(), answer(entry()), webhook(line: 1, change))
        )
    }

    static let parts: [Row] = [
        quote("fare alone is the total", false) { $0.originalTotalAmount = money(100_00) },
        quote("fare alone is not the total", true) { $0.originalTotalAmount = money(100_01) },
        quote("fare and ancillaries", false) {
            $0.originalTotalAncillaryAmount = money(5_00)
            $0.originalTotalAmount = money(105_00)
        },
        quote("fare and ancillaries are not the total", true) {
            $0.originalTotalAncillaryAmount = money(5_01)
            $0.originalTotalAmount = money(105_00)
        },
        quote("penalty parts", false) {
            $0.airlinePenaltyAmountForFare = money(4_00)
            $0.airlinePenaltyAmountForAncillaries = money(6_00)
        },
        quote("penalty parts are not the penalty", true) {
            $0.airlinePenaltyAmountForFare = money(4_00)
            $0.airlinePenaltyAmountForAncillaries = money(5_99)
        },
        quote("one penalty part says nothing", false) { $0.airlinePenaltyAmountForFare = money(4_00) },
        quote("penalty parts without a total", false) {
            $0.airlinePenaltyAmount = nil
            $0.airlinePenaltyAmountForFare = money(4_00)
            $0.airlinePenaltyAmountForAncillaries = money(6_00)
        },
        quote("estimate", false) { $0.estimatedRefundAmount = money(90_00) },
        quote("estimate after the fee", true) { $0.estimatedRefundAmount = money(88_00) },
        quote("estimate of what cannot be quoted", false) {
            $0.estimatedRefundAmount = money(88_00)
            $0.refundQuoteType = .cannotQuote
        },
        quote("penalty parts of what cannot be quoted", true) {
            $0.airlinePenaltyAmountForFare = money(4_00)
            $0.airlinePenaltyAmountForAncillaries = money(5_99)
            $0.refundQuoteType = .cannotQuote
        },
        parts("no parts", false) { _ in },
        parts("one part of each", false) {
            $0.originalTotalFare = money(1)
            $0.airlinePenaltyAmountForAncillaries = money(1)
        },
        parts("parts", false) {
            $0.originalTotalFare = money(70_00)
            $0.originalTotalAncillaryAmount = money(30_00)
            $0.airlinePenaltyAmountForFare = money(10_00)
            $0.airlinePenaltyAmountForAncillaries = money(0)
        },
        parts("parts are not the total", true) {
            $0.originalTotalFare = money(70_00)
            $0.originalTotalAncillaryAmount = money(30_01)
        },
        parts("parts are not the penalty", true) {
            $0.airlinePenaltyAmountForFare = money(9_99)
            $0.airlinePenaltyAmountForAncillaries = money(0)
        },
    ]

    @Test(arguments: amounts + evidence + status + revisions + parts) func codes(_ row: Row) {
        #expect(row.scenario.row.codes == row.codes)
    }

    @Test func partsOfAWebhookThatIsNotEffectiveDoNotCount() {
        let stale = webhook(.airlineProcessing, line: 2) {
            $0.originalTotalFare = money(1)
            $0.originalTotalAncillaryAmount = money(1)
        }
        #expect(Scenario.one(refundCase(), answer(entry()), webhook(), stale).row.codes == [])
    }

    /// Atlas's own lists: 0, 1, 2, 3, 4 for deposit; 0, 1, 4, 5, 6 for vcc.
    @Test(arguments: RefundStatus.allCases) func statusIllegalForPayment(_ status: RefundStatus) {
        let allowed: [PaymentMethod: Set<UInt8>] = [.deposit: [0, 1, 2, 3, 4], .vcc: [0, 1, 4, 5, 6]]
        for (method, allowed) in allowed {
            let row = Scenario.one(refundCase { $0.paymentMethod = method }, answer(entry(status))).row
            #expect(row.codes.contains(.statusIllegalForPayment) == !allowed.contains(status.rawValue))
            // The webhook's status is judged where the query gave none.
            let told = Scenario.one(refundCase { $0.paymentMethod = method }, failed(), webhook(status)).row
            #expect(told.codes.contains(.statusIllegalForPayment) == !allowed.contains(status.rawValue))
        }
        let byDefault = Scenario.one(refundCase(), answer(entry(status))).row
        #expect(byDefault.codes.contains(.statusIllegalForPayment) == (status.rawValue > 4))
        #expect(byDefault.paymentMethod == .deposit)
    }

    @Test(
        arguments: [
            ("2026-01-20", "2026-01-25", "2026-01-20", []),
            ("2026-01-20", "2026-01-25", "2026-01-21", [.overdueConfirmation]),
            ("2026-01-20", "2026-01-25", "2026-01-26", [.overdueConfirmation, .overdueRefund]),
            ("2026-01-25", "2026-01-20", "2026-01-21", [.overdueRefund]),
        ] as [(String, String, String, [ExceptionCode])])
    func overdue(confirmation: String, refund: String, asOf: String, codes: [ExceptionCode]) {
        let promised = refundCase {
            $0.expectedConfirmationDate = date(confirmation)
            $0.expectedRefundDate = date(refund)
        }
        #expect(Scenario.one(promised, answer(entry(.airlineProcessing)), asOf: asOf).row.codes == codes)
        let refunding = Scenario.one(promised, answer(entry(.airlineRefunding)), asOf: asOf).row
        #expect(refunding.codes == codes.filter { $0 == .overdueRefund })
    }

    @Test func ambiguousMatch() {
        let cases = [refundCase("O1", "R1"), refundCase("O1", "R2", fare: 50_00)]
        var scenario = Scenario(cases: cases, answers: [answer(entry()), answer(entry(.rejected, "O1", "R2"))])
        scenario.webhooks = [webhook(original: 100_01)]
        #expect(scenario.row.codes == [.ambiguousMatch], "the query's amounts count")
        scenario.answers[0] = failed()
        #expect(
            scenario.row.codes == [.refundOver, .originalAmountVariance, .queryFailed, .ambiguousMatch],
            "there is no other amount than the webhook's")
        scenario.answers[0] = answer(entry())
        #expect(scenario.rows[1].codes == [.rejected])
        scenario.webhooks = [webhook()]
        #expect(scenario.row.codes == [])
        // One case alone is not ambiguous, whatever the total.
        #expect(!Scenario.one(refundCase(), nil, webhook(original: 1)).row.codes.contains(.ambiguousMatch))
        // Another currency is another total, even of the same digits.
        scenario.webhooks = [webhook(in: eur)]
        #expect(scenario.rows.contains { $0.codes.contains(.ambiguousMatch) })
    }

    @Test func orderAndSeverityAreTheContracts() {
        let errors = """
            REFUND_SHORT REFUND_OVER PENALTY_VARIANCE FEE_VARIANCE ORIGINAL_AMOUNT_VARIANCE FINAL_ARITHMETIC_MISMATCH \
            CURRENCY_MISMATCH STATUS_CONFLICT SOURCE_AMOUNT_CONFLICT CONFLICTING_ORDER QUERY_FAILED NOT_FOUND_AT_ATLAS \
            UNRECORDED_REFUND ORPHAN_WEBHOOK REFUNDED_NOT_REFUNDABLE REJECTED OVERDUE_CONFIRMATION OVERDUE_REFUND \
            STATUS_ILLEGAL_FOR_PAYMENT NO_EVIDENCE
            """.split(separator: " ").map(String.init)
        let warnings = """
            MISSING_WEBHOOK WEBHOOK_REVISED AMBIGUOUS_MATCH VOUCHER_ISSUED QUOTE_INCONSISTENT PARTS_MISMATCH WITHDRAWN \
            UNQUOTED NOT_QUERYABLE QUERY_CURRENCIES_MIXED
            """.split(separator: " ").map(String.init)
        let infos = ["DUPLICATE_WEBHOOK", "DUPLICATE_ORDER"]
        #expect(ExceptionCode.allCases.map(\.rawValue) == errors + warnings + infos)
        for code in ExceptionCode.allCases {
            let severity: Severity =
                errors.contains(code.rawValue) ? .error : warnings.contains(code.rawValue) ? .warning : .info
            #expect(code.severity == severity)
            var set = ExceptionSet()
            set.insert(code)
            for other in Severity.allCases { #expect(set.contains(other) == (other == severity)) }
        }
        var all = ExceptionSet()
        for code in ExceptionCode.allCases.reversed() { all.insert(code) }
        #expect(Array(all) == ExceptionCode.allCases)
    }

    @Test func onlyErrorsAndWarningsBelongInTheExceptionsFile() {
        #expect(Scenario.one().row.isBreak)
        #expect(!Scenario.one(refundCase(), answer(entry()), webhook()).row.isBreak)
        let redelivered = Scenario.one(refundCase(), answer(entry()), webhook(), webhook(line: 2)).row
        #expect(redelivered.codes == [.duplicateWebhook])
        #expect(!redelivered.isBreak)
    }
}
