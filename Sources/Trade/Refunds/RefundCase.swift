import Memory

/// One refund asked of Atlas for an order, as an order record states it: values as written, before defaults and
/// derivations, so that two records can be compared by the values that both give (FORMATS.md, "Orders").
///
/// The expected side (RULES.md) is derived from it in `RefundCase+Expected.swift`.
public struct RefundCase: RefundIdentified, Sendable, Equatable {
    public var identity = RefundIdentity()
    public var refundOfferID: Text?
    public var refundReason: RefundReason?
    public var paymentMethod: PaymentMethod?
    /// The currency of every amount of the record.
    public var currency: Currency
    @CompactAmount public var originalTotalFareAmount: Amount?
    @CompactAmount public var originalTotalAncillaryAmount: Amount?
    @CompactAmount public var originalTotalAmount: Amount?
    @CompactAmount public var airlinePenaltyAmountForFare: Amount?
    @CompactAmount public var airlinePenaltyAmountForAncillaries: Amount?
    @CompactAmount public var airlinePenaltyAmount: Amount?
    /// The quoted refund before the transaction fee.
    @CompactAmount public var estimatedRefundAmount: Amount?
    /// The amount of a voucher refund, before the fee: there is no fare side then.
    @CompactAmount public var voucherRefundAmount: Amount?
    @CompactAmount public var transactionFee: Amount?
    public var refundQuoteType: RefundQuoteType?
    public var isRefundable: Bool?
    public var refundMethod: RefundMethod?
    public var requestedAt: CalendarDate
    @CompactDate public var expectedConfirmationDate: CalendarDate?
    @CompactDate public var expectedRefundDate: CalendarDate?
    private var keptAuditTerms: Kept<AuditTerms>?
    /// The place of the record.
    public var source: SourceLine
    /// Records of the same key that said the same and were dropped.
    public var droppedDuplicates: Int32 = 0
    /// Whether a record of the same key said something else and was refused.
    public var hasConflict = false

    public init(currency: Currency, requestedAt: CalendarDate, source: SourceLine) {
        self.currency = currency
        self.requestedAt = requestedAt
        self.source = source
    }

    /// Fields for audits only; nil in a run that does not audit.
    public var auditTerms: AuditTerms? {
        get { keptAuditTerms?.value }
        set { keptAuditTerms = newValue.map { Kept($0) } }
    }

    /// A case can be asked about only by its refund code.
    public var isQueryable: Bool { refundCode != nil }

    /// Whether another record of the same refund agrees with this one in every value that both give, and in the penalty
    /// that follows where both state one in any form.
    public func agrees(with other: RefundCase) -> Bool {
        func same<Value: Equatable>(_ left: Value?, _ right: Value?) -> Bool {
            left == nil || right == nil || left == right
        }
        return same(airlinePNR, other.airlinePNR) && same(carrier, other.carrier)
            && same(refundOfferID, other.refundOfferID) && same(refundReason, other.refundReason)
            && same(paymentMethod, other.paymentMethod) && currency == other.currency
            && same(originalTotalFareAmount, other.originalTotalFareAmount)
            && same(originalTotalAncillaryAmount, other.originalTotalAncillaryAmount)
            && same(originalTotalAmount, other.originalTotalAmount)
            && same(airlinePenaltyAmountForFare, other.airlinePenaltyAmountForFare)
            && same(airlinePenaltyAmountForAncillaries, other.airlinePenaltyAmountForAncillaries)
            && same(airlinePenaltyAmount, other.airlinePenaltyAmount)
            && same(estimatedRefundAmount, other.estimatedRefundAmount)
            && same(voucherRefundAmount, other.voucherRefundAmount) && same(transactionFee, other.transactionFee)
            && same(refundQuoteType, other.refundQuoteType) && same(isRefundable, other.isRefundable)
            && same(refundMethod, other.refundMethod) && requestedAt == other.requestedAt
            && same(expectedConfirmationDate, other.expectedConfirmationDate)
            && same(expectedRefundDate, other.expectedRefundDate)
            && (isCannotQuote || other.isCannotQuote || same(penaltyAmount, other.penaltyAmount))
    }
}
