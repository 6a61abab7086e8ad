import Memory

/// The one outcome of a case; RULES.md, "Outcome": the first that applies, in this order.
public enum Outcome: String, Sendable, Word {
    case unverified, overdue, pending, rejected, withdrawn, unquoted, variance, withinTolerance, matched

    public static let words = WordTable<Self>()

    /// Its time has not come yet.
    public var isInProgress: Bool { self == .pending }

    /// The refund has not ended: it is carried to the next night (RULES.md, "Words").
    public var isOutstanding: Bool { self == .pending || self == .overdue || self == .unverified }

    /// The expected refund may not come (RULES.md, "Words").
    public var isAtRisk: Bool {
        self == .rejected || self == .withdrawn || self == .overdue || self == .unverified
    }
}

/// How much an exception matters.
public enum Severity: String, Sendable, Ordinal { case error, warning, info }

/// A finding that needs a person's eye; RULES.md, "Exceptions", in its order.
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

    public var severity: Severity {
        switch self {
        case .missingWebhook, .webhookRevised, .ambiguousMatch, .voucherIssued, .quoteInconsistent, .partsMismatch,
            .withdrawn, .unquoted, .notQueryable, .queryCurrenciesMixed:
            .warning
        case .duplicateWebhook, .duplicateOrder: .info
        default: .error
        }
    }
}

/// A set of exception codes that lists them in RULES.md's order.
public struct ExceptionSet: Sendable, Equatable, Sequence {
    private var bits: UInt64 = 0

    public init() {}

    public var isEmpty: Bool { bits == 0 }

    /// How many codes there are.
    public var count: Int { bits.nonzeroBitCount }

    public mutating func insert(_ code: ExceptionCode) { bits |= Self.bit(code) }

    public mutating func insert(_ code: ExceptionCode, if condition: Bool) { if condition { insert(code) } }

    public func contains(_ code: ExceptionCode) -> Bool { bits & Self.bit(code) != 0 }

    /// Whether any of them has that severity.
    public func contains(_ severity: Severity) -> Bool { bits & Self.masks[severity.ordinal] != 0 }

    public func makeIterator() -> Iterator { Iterator(rest: bits) }

    /// Gives the codes in RULES.md's order.
    public struct Iterator: IteratorProtocol {
        fileprivate var rest: UInt64

        public mutating func next() -> ExceptionCode? {
            guard rest != 0 else { return nil }
            defer { rest &= rest - 1 }
            return ExceptionSet.codes[rest.trailingZeroBitCount]
        }
    }

    @inline(__always)
    private static func bit(_ code: ExceptionCode) -> UInt64 { 1 << UInt64(code.ordinal) }

    private static let codes = ExceptionCode.allCases
    /// The codes of each severity.
    private static let masks = Severity.allCases.map { severity in
        codes.filter { $0.severity == severity }.reduce(UInt64(0)) { $0 | bit($1) }
    }
}
