import Memory

/// What should be paid: RULES.md, "Expected". No value is nil, never zero.
public struct ExpectedSide: Sendable, Equatable {
    /// E.original
    @CompactAmount public var original: Amount?
    /// E.penalty
    @CompactAmount public var penalty: Amount?
    @CompactAmount public var farePenalty: Amount?
    @CompactAmount public var ancillaryPenalty: Amount?
    /// E.fee
    @CompactAmount public var fee: Amount?
    /// E.refund = E.original − E.penalty − E.fee; of a voucher refund, the vouchers' sum − fee.
    @CompactAmount public var refund: Amount?

    public init() {}
}

extension RefundCase {
    /// originalTotalAmount, by default fare + ancillaries.
    public var originalAmount: Amount? {
        if let originalTotalAmount { return originalTotalAmount }
        guard let fare = originalTotalFareAmount else { return nil }
        return fare + (originalTotalAncillaryAmount ?? .zero)
    }

    /// airlinePenaltyAmount; by default the sum of its parts if one is there, else the total less the estimate.
    public var penaltyAmount: Amount? {
        if let airlinePenaltyAmount { return airlinePenaltyAmount }
        if airlinePenaltyAmountForFare != nil || airlinePenaltyAmountForAncillaries != nil {
            return (airlinePenaltyAmountForFare ?? .zero) + (airlinePenaltyAmountForAncillaries ?? .zero)
        }
        guard let estimate = estimatedRefundAmount, let original = originalAmount else { return nil }
        return original - estimate
    }

    public var isCannotQuote: Bool { refundQuoteType == .cannotQuote }

    /// RULES.md, "Expected".
    public var expected: ExpectedSide {
        var side = ExpectedSide()
        side.original = originalAmount
        side.fee = transactionFee
        if isCannotQuote { return side }
        if let voucherRefundAmount {
            if let fee = transactionFee { side.refund = voucherRefundAmount - fee }
            return side
        }
        side.penalty = penaltyAmount
        side.farePenalty = airlinePenaltyAmountForFare
        side.ancillaryPenalty = airlinePenaltyAmountForAncillaries
        if let original = side.original, let penalty = side.penalty, let fee = side.fee {
            side.refund = original - penalty - fee
        }
        return side
    }

    /// Whether the order's own amounts disagree (QUOTE_INCONSISTENT).
    public var isQuoteInconsistent: Bool {
        if let fare = originalTotalFareAmount, fare + (originalTotalAncillaryAmount ?? .zero) != originalAmount {
            return true
        }
        if let fare = airlinePenaltyAmountForFare, let ancillaries = airlinePenaltyAmountForAncillaries,
            fare + ancillaries != penaltyAmount
        {
            return true
        }
        guard !isCannotQuote, let estimate = estimatedRefundAmount, let original = originalAmount,
            let penalty = penaltyAmount
        else { return false }
        return estimate != original - penalty
    }
}
