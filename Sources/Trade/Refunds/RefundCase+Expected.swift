import Memory

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

    /// The expected side (RULES.md, "Expected"): refund = original − penalty − fee; of a voucher refund, the vouchers' sum − fee.
    public var expected: Amounts {
        var expected = Amounts()
        expected.original = originalAmount
        expected.fee = transactionFee
        if isCannotQuote { return expected }
        if let voucherRefundAmount {
            if let fee = transactionFee { expected.refund = voucherRefundAmount - fee }
            return expected
        }
        expected.penalty = penaltyAmount
        expected.farePenalty = airlinePenaltyAmountForFare
        expected.ancillaryPenalty = airlinePenaltyAmountForAncillaries
        if let original = expected.original, let penalty = expected.penalty, let fee = expected.fee {
            expected.refund = original - penalty - fee
        }
        return expected
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
