import Memory

/// How much an exception matters.
public enum Severity: String, Sendable, Ordinal { case error, warning, info }

/// A finding that needs a person's eye, in the order in which a row lists its codes. All that is said about a code is in its
/// entry below; `make tables` writes the tables in RULES.md and READING-A-REPORT.md from it.
public enum ExceptionCode: String, Sendable, Word {
    case refundShort = "REFUND_SHORT"
    case refundOver = "REFUND_OVER"
    case penaltyVariance = "PENALTY_VARIANCE"
    case feeVariance = "FEE_VARIANCE"
    case originalAmountVariance = "ORIGINAL_AMOUNT_VARIANCE"
    case finalArithmeticMismatch = "FINAL_ARITHMETIC_MISMATCH"
    case currencyMismatch = "CURRENCY_MISMATCH"
    case statusConflict = "STATUS_CONFLICT"
    case sourceAmountConflict = "SOURCE_AMOUNT_CONFLICT"
    case conflictingOrder = "CONFLICTING_ORDER"
    case queryFailed = "QUERY_FAILED"
    case notFoundAtAtlas = "NOT_FOUND_AT_ATLAS"
    case unrecordedRefund = "UNRECORDED_REFUND"
    case orphanWebhook = "ORPHAN_WEBHOOK"
    case refundedNotRefundable = "REFUNDED_NOT_REFUNDABLE"
    case rejected = "REJECTED"
    case overdueConfirmation = "OVERDUE_CONFIRMATION"
    case overdueRefund = "OVERDUE_REFUND"
    case statusIllegalForPayment = "STATUS_ILLEGAL_FOR_PAYMENT"
    case noEvidence = "NO_EVIDENCE"
    case missingWebhook = "MISSING_WEBHOOK"
    case webhookRevised = "WEBHOOK_REVISED"
    case ambiguousMatch = "AMBIGUOUS_MATCH"
    case voucherIssued = "VOUCHER_ISSUED"
    case quoteInconsistent = "QUOTE_INCONSISTENT"
    case partsMismatch = "PARTS_MISMATCH"
    case withdrawn = "WITHDRAWN"
    case unquoted = "UNQUOTED"
    case notQueryable = "NOT_QUERYABLE"
    case queryCurrenciesMixed = "QUERY_CURRENCIES_MIXED"
    case duplicateWebhook = "DUPLICATE_WEBHOOK"
    case duplicateOrder = "DUPLICATE_ORDER"

    public static let words = WordTable<Self>()

    /// The words about a code.
    public struct Entry: Sendable {
        public let severity: Severity
        /// When a row has it (RULES.md, "Exceptions").
        public let condition: String
        /// Its meaning, in a short sentence.
        public let meaning: String
        /// The same for somebody who reads reports for the first time.
        public let explanation: String
        /// The next step; nil if there is none.
        public let nextStep: String?
    }

    public var entry: Entry {
        switch self {
        case .refundShort:
            Entry(
                severity: .error, condition: "refund variance below −tolerance",
                meaning: "Atlas paid less than quoted",
                explanation: "less came than was quoted",
                nextStep: "look at the codes beside it, which say where it was lost; claim the difference")
        case .refundOver:
            Entry(
                severity: .error, condition: "refund variance above tolerance",
                meaning: "Atlas paid more than quoted",
                explanation: "more came than was quoted",
                nextStep: "find out why before it is booked; it may be claimed back")
        case .penaltyVariance:
            Entry(
                severity: .error, condition: "penalty variance beyond tolerance, either way",
                meaning: "The airline's penalty differs from the quotation",
                explanation: "the airline kept another penalty than quoted",
                nextStep: "ask Atlas for the fare rule that was applied")
        case .feeVariance:
            Entry(
                severity: .error, condition: "fee variance beyond tolerance",
                meaning: "The transaction fee differs from the quotation",
                explanation: "the transaction fee is not the one quoted",
                nextStep: "compare it with your contract with Atlas")
        case .originalAmountVariance:
            Entry(
                severity: .error, condition: "original variance beyond tolerance",
                meaning: "The original amount differs from the quotation",
                explanation: "Atlas states another amount as paid than your order does",
                nextStep: "compare with the ticket's receipt: one of the two records is wrong")
        case .finalArithmeticMismatch:
            Entry(
                severity: .error, condition: "the unexplained amount beyond the tolerance of the final's currency",
                meaning: "The paid amounts do not add up by Atlas's own formula",
                explanation: """
                    original − penalty − fee is not the refund: money is missing or too much that no part explains
                    """,
                nextStep: "send Atlas the webhook and ask for the missing part")
        case .currencyMismatch:
            Entry(
                severity: .error,
                condition: """
                    the expected and the final currency differ, or the final side is the query's and its parts carry \
                    several
                    """,
                meaning: "Quoted and paid in different currencies",
                explanation: "quoted in one currency and paid in another, or paid by an answer that mixes several",
                nextStep: "convert by hand with the rate of the booking; nothing is compared across currencies")
        case .statusConflict:
            Entry(
                severity: .error, condition: "the effective webhook is terminal, and the query says another status",
                meaning: "The webhook and the query give different statuses",
                explanation: "the webhook says it is over, the query says something else",
                nextStep: "the query's status counts; ask Atlas which is right")
        case .sourceAmountConflict:
            Entry(
                severity: .error,
                condition: """
                    the final is the webhook's, the query's status is 2 or 5, both are in the case's currency, and their \
                    refunds differ beyond tolerance
                    """,
                meaning: "The webhook and the query give different refunds",
                explanation: "the webhook and the query name different refunds",
                nextStep: "the webhook's amount counts; see what reached the bank")
        case .conflictingOrder:
            Entry(
                severity: .error, condition: "another record with the same key says something else and was refused",
                meaning: "Another record of this refund has different values and was refused",
                explanation: "two of your records of one refund contradict each other",
                nextStep: "the first was used; fix the one that is wrong (`rejects.csv` has the other)")
        case .queryFailed:
            Entry(
                severity: .error, condition: "the case can be asked about, and there is no usable answer",
                meaning: "The status query failed",
                explanation: "Atlas could not be asked, or gave no usable answer: nothing is known from it",
                nextStep: "run again; if it stays, the row says why, and the journal has what came")
        case .notFoundAtAtlas:
            Entry(
                severity: .error, condition: "there is an answer, and the refund is not in it",
                meaning: "Atlas answered and does not know the refund",
                explanation: "Atlas answered and does not know this refund",
                nextStep: "was it really sent? is the refund code right?")
        case .unrecordedRefund:
            Entry(
                severity: .error, condition: "on the row of an unrecorded refund",
                meaning: "Atlas knows a refund that our records do not",
                explanation: "Atlas knows a refund of this order that your records do not",
                nextStep: "find out who asked for it; add it to the orders")
        case .orphanWebhook:
            Entry(
                severity: .error, condition: "on the row of an orphan",
                meaning: "A webhook for an order that our records do not have",
                explanation: "a webhook for an order that is not in your records",
                nextStep: "add the order, or ask Atlas why it was sent to you")
        case .refundedNotRefundable:
            Entry(
                severity: .error, condition: "isRefundable is false, and the final refund is more than 0",
                meaning: "Recorded as not refundable, but a refund was paid",
                explanation: "recorded as not refundable, and money came",
                nextStep: "good news or a mistake: check before booking")
        case .rejected:
            Entry(
                severity: .error, condition: "outcome rejected, unless the expected refund is known to be 0 or less",
                meaning: "The refund was rejected",
                explanation: "the refund was refused: what was expected will not come",
                nextStep: "read the reason (cancelReason); dispute it or write it off")
        case .overdueConfirmation:
            Entry(
                severity: .error, condition: "outcome overdue, by the confirmation date",
                meaning: "The confirmation is past its promised date",
                explanation: "the date is past by which the airline should have confirmed",
                nextStep: "chase it")
        case .overdueRefund:
            Entry(
                severity: .error, condition: "outcome overdue, by the refund date",
                meaning: "The refund is past its promised date",
                explanation: "the date is past by which the money should have come",
                nextStep: "chase it")
        case .statusIllegalForPayment:
            Entry(
                severity: .error,
                condition: "a status other than 0, 1, 2, 3, 4 for `deposit`, or other than 0, 1, 4, 5, 6 for `vcc`",
                meaning: "The status is not valid for the payment method",
                explanation: "a status that Atlas does not list for this way of payment",
                nextStep: "check paymentMethod in your record; else ask Atlas")
        case .noEvidence:
            Entry(
                severity: .error, condition: "outcome unverified",
                meaning: "Neither a query nor a webhook gives the status",
                explanation: "neither a query nor a webhook says what became of the refund",
                nextStep: "see the code beside it: QUERY_FAILED, NOT_FOUND_AT_ATLAS or NOT_QUERYABLE")
        case .missingWebhook:
            Entry(
                severity: .warning, condition: "status 2 or 5 by the query, and no webhook of the case is terminal",
                meaning: "Final by the query, and no webhook came",
                explanation: "paid by the query, and no final webhook came",
                nextStep: "check the webhook receiver for that day; the query's amounts were used")
        case .webhookRevised:
            Entry(
                severity: .warning, condition: "two terminal webhooks of the case differ",
                meaning: "Two final webhooks differ",
                explanation: "two final webhooks that differ",
                nextStep: "the later one was used; see that it is the one that was paid")
        case .ambiguousMatch:
            Entry(
                severity: .warning, condition: "see above",
                meaning: "One webhook seems to cover several refunds of the order",
                explanation: "an order with several refunds got a webhook that fits none of them by its total",
                nextStep: "see which refund it belongs to")
        case .voucherIssued:
            Entry(
                severity: .warning, condition: "the order does not ask for a voucher, and the query says Voucher",
                meaning: "Cash back was asked for, and a voucher was issued",
                explanation: "cash was asked for and a voucher came",
                nextStep: "accept it with the customer, or dispute it")
        case .quoteInconsistent:
            Entry(
                severity: .warning,
                condition: """
                    in the order record, fare + ancillaries ≠ total, or penalty parts (both given) ≠ penalty, or \
                    estimatedRefundAmount ≠ original − penalty (but for CannotQuote)
                    """,
                meaning: "The order's own amounts disagree",
                explanation: "the amounts of your own record contradict each other",
                nextStep: "fix the record's source")
        case .partsMismatch:
            Entry(
                severity: .warning,
                condition: """
                    in the effective webhook, fare + ancillaries (both given) ≠ total, or penalty parts (both given) ≠ \
                    penalty
                    """,
                meaning: "The webhook's parts do not add up to its totals",
                explanation: "the parts in the webhook do not add up to its totals",
                nextStep: "tell Atlas; the totals were used")
        case .withdrawn:
            Entry(
                severity: .warning, condition: "outcome withdrawn",
                meaning: "The refund was withdrawn",
                explanation: "the refund was withdrawn",
                nextStep: "by whom? Close it or ask again")
        case .unquoted:
            Entry(
                severity: .warning, condition: "outcome unquoted",
                meaning: "Paid without a quotation to compare with",
                explanation: "paid, but there was no quotation to compare with",
                nextStep: "judge the amount by hand")
        case .notQueryable:
            Entry(
                severity: .warning, condition: "the case has no refund code",
                meaning: "No refund code, so Atlas could not be asked",
                explanation: "no refund code, so Atlas could not be asked",
                nextStep: "add `refundCode` to the record")
        case .queryCurrenciesMixed:
            Entry(
                severity: .warning,
                condition: """
                    the query's parts carry several currencies, and its amounts are not the final ones: there is no final \
                    side, or it is the webhook's
                    """,
                meaning: "The query mixes several currencies and was not used",
                explanation: "Atlas's answer mixes several currencies and was not used for the final amounts",
                nextStep: "ask Atlas which currency applies")
        case .duplicateWebhook:
            Entry(
                severity: .info, condition: "a webhook of the case was dropped as a duplicate",
                meaning: "A webhook came more than once",
                explanation: "a webhook came again with the same content and was counted once",
                nextStep: nil)
        case .duplicateOrder:
            Entry(
                severity: .info, condition: "a record of the case was dropped as a duplicate",
                meaning: "An order record came more than once",
                explanation: "a record came again with the same content and was counted once",
                nextStep: nil)
        }
    }

    public var severity: Severity { Self.severities[ordinal] }

    private static let severities = allCases.map(\.entry.severity)
}
