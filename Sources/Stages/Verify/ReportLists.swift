/// The words that the contract knows, as `verify` knows them: a list of its own, which a test holds against the product's.
package enum ReportLists {
    /// The columns of reconciliation.csv, in this order.
    package static let columns = Column.allCases.map(\.name)

    package static let outcomes = RowRules.outcomes

    /// Outcomes of refunds that are carried to the next night (RULES.md, "Words").
    package static let outstanding = ["pending", "overdue", "unverified"]
    /// Outcomes whose expected refund is at risk.
    package static let atRisk = ["rejected", "withdrawn", "overdue", "unverified"]

    package enum Severity: String, Sendable { case error, warning, info }

    /// The exception codes in the order in which a row lists them.
    package static let codes: [(name: String, severity: Severity)] = [
        ("REFUND_SHORT", .error), ("REFUND_OVER", .error), ("PENALTY_VARIANCE", .error), ("FEE_VARIANCE", .error),
        ("ORIGINAL_AMOUNT_VARIANCE", .error), ("FINAL_ARITHMETIC_MISMATCH", .error), ("CURRENCY_MISMATCH", .error),
        ("STATUS_CONFLICT", .error), ("SOURCE_AMOUNT_CONFLICT", .error), ("CONFLICTING_ORDER", .error),
        ("QUERY_FAILED", .error), ("NOT_FOUND_AT_ATLAS", .error), ("UNRECORDED_REFUND", .error),
        ("ORPHAN_WEBHOOK", .error), ("REFUNDED_NOT_REFUNDABLE", .error), ("REJECTED", .error),
        ("OVERDUE_CONFIRMATION", .error), ("OVERDUE_REFUND", .error), ("STATUS_ILLEGAL_FOR_PAYMENT", .error),
        ("NO_EVIDENCE", .error), ("MISSING_WEBHOOK", .warning), ("WEBHOOK_REVISED", .warning),
        ("AMBIGUOUS_MATCH", .warning), ("VOUCHER_ISSUED", .warning), ("QUOTE_INCONSISTENT", .warning),
        ("PARTS_MISMATCH", .warning), ("WITHDRAWN", .warning), ("UNQUOTED", .warning), ("NOT_QUERYABLE", .warning),
        ("QUERY_CURRENCIES_MIXED", .warning), ("DUPLICATE_WEBHOOK", .info), ("DUPLICATE_ORDER", .info),
    ]

    /// The codes that rest on records which no row shows: only doing the report over proves them.
    package static let evidenceCodes = [
        "STATUS_CONFLICT", "SOURCE_AMOUNT_CONFLICT", "CONFLICTING_ORDER", "REFUNDED_NOT_REFUNDABLE", "WEBHOOK_REVISED",
        "AMBIGUOUS_MATCH", "VOUCHER_ISSUED", "QUOTE_INCONSISTENT", "PARTS_MISMATCH", "QUERY_CURRENCIES_MIXED",
        "DUPLICATE_WEBHOOK", "DUPLICATE_ORDER",
    ]

    package static let totals = [
        "expectedOriginal", "expectedPenalty", "expectedFee", "expectedRefund", "finalOriginal", "finalPenalty",
        "finalFee", "finalRefund", "originalVariance", "penaltyVariance", "feeVariance", "refundVariance",
        "unexplainedVariance", "refundShort", "refundOver", "atRisk", "open",
    ]

    package static let ageBuckets = ["0-7", "8-30", "31-60", "61-90", "90+"]
}

/// A column of reconciliation.csv, by its place.
enum Column: Int, CaseIterable {
    case rowType, orderNo, refundCode, airlinePNR, carrier, paymentMethod, currency, outcome, exceptions
    case refundStatus, statusSource, finalSource
    case expectedOriginalAmount, finalOriginalAmount, originalVariance
    case expectedPenaltyAmount, finalPenaltyAmount, penaltyVariance, farePenaltyVariance, ancillaryPenaltyVariance
    case expectedTransactionFee, finalTransactionFee, feeVariance
    case expectedRefundAmount, finalRefundAmount, refundVariance, unexplainedVariance
    case requestedAt, expectedConfirmationDate, expectedRefundDate, ageDays, ageBucket, cancelReason
    case webhookCount, queriedAt, source, finalCurrency, webhookSource, querySource

    var name: String { "\(self)" }

    static let expected: [Column] = [
        .expectedOriginalAmount, .expectedPenaltyAmount, .expectedTransactionFee, .expectedRefundAmount,
    ]
    static let final: [Column] = [
        .finalOriginalAmount, .finalPenaltyAmount, .finalTransactionFee, .finalRefundAmount,
    ]
    static let variances: [Column] = [.originalVariance, .penaltyVariance, .feeVariance, .refundVariance]
    static let partVariances: [Column] = [.farePenaltyVariance, .ancillaryPenaltyVariance]
    static let dates: [Column] = [.requestedAt, .expectedConfirmationDate, .expectedRefundDate]
}
