/// The fields of an order record, in the order of FORMATS.md's table, in which they are judged. Answers of the older
/// generation of Atlas's API have the same names.
public enum OrderField: Int, Sendable, CaseIterable {
    case orderNo, airlinePNR, carrier, refundCode, refundOfferID, refundReason, paymentMethod, currency
    case originalTotalFareAmount, originalTotalAncillaryAmount, originalTotalAmount
    case airlinePenaltyAmountForFare, airlinePenaltyAmountForAncillaries, airlinePenaltyAmount
    case estimatedRefundAmount, transactionFee, refundQuoteType, isRefundable, refundMethod
    case requestedAt, expectedConfirmationDate, expectedRefundDate
    /// Fields for audits only (FORMATS.md, "Fields for the audit of rules").
    case refundRules, departureAt, originalTotalTaxAmount

    /// The fields of the record itself, without those for audits.
    public static let ofRecord = allCases.filter { $0.rawValue <= OrderField.expectedRefundDate.rawValue }

    public static let names: [StaticString] = [
        "orderNo", "airlinePNR", "carrier", "refundCode", "refundOfferId", "refundReason", "paymentMethod", "currency",
        "originalTotalFareAmount", "originalTotalAncillaryAmount", "originalTotalAmount",
        "airlinePenaltyAmountForFare", "airlinePenaltyAmountForAncillaries", "airlinePenaltyAmount",
        "estimatedRefundAmount", "transactionFee", "refundQuoteType", "isRefundable", "refundMethod",
        "requestedAt", "expectedConfirmationDate", "expectedRefundDate",
        "refundRules", "departureAt", "originalTotalTaxAmount",
    ]

    /// The contract's name.
    public var name: StaticString { Self.names[rawValue] }
}

extension RefundCase {
    /// Sets the amounts of an order record, or of an answer with the same fields.
    ///
    /// - Parameters:
    ///   - isOrder: whether it is an order record, which must have a fare and an original total within the limits.
    ///   - amount: gives the amount of a field. It is called in the order in which the fields are judged.
    public mutating func readAmounts(
        isOrder: Bool, _ amount: (OrderField) throws(RecordFault) -> Amount?
    ) throws(RecordFault) {
        originalTotalFareAmount = try amount(.originalTotalFareAmount)
        if isOrder { _ = try needed(originalTotalFareAmount, OrderField.originalTotalFareAmount.name) }
        originalTotalAncillaryAmount = try amount(.originalTotalAncillaryAmount)
        originalTotalAmount = try amount(.originalTotalAmount)
        if isOrder { try checkOriginal() }
        airlinePenaltyAmountForFare = try amount(.airlinePenaltyAmountForFare)
        airlinePenaltyAmountForAncillaries = try amount(.airlinePenaltyAmountForAncillaries)
        airlinePenaltyAmount = try amount(.airlinePenaltyAmount)
        estimatedRefundAmount = try amount(.estimatedRefundAmount)
        transactionFee = try amount(.transactionFee)
    }

    /// Checks the original total, which by default is derived: derived amounts obey the limits of stated ones (FORMATS.md,
    /// "Orders").
    public func checkOriginal() throws(RecordFault) {
        guard let original = originalAmount, original.isInRange(for: currency) else {
            throw RecordFault(
                .amountRange,
                "originalTotalFareAmount + originalTotalAncillaryAmount is out of range: at most 15 digits before the point and 10^18 minor units",
                field: "originalTotalAmount")
        }
    }

    /// Checks the penalty likewise; it is the last thing that a record is judged by.
    public func checkPenalty() throws(RecordFault) {
        if isCannotQuote || airlinePenaltyAmount != nil || voucherRefundAmount != nil { return }
        guard let penalty = penaltyAmount else {
            throw RecordFault(
                .missingExpectedPenalty,
                "no value for airlinePenaltyAmount, for one of its parts, or for estimatedRefundAmount",
                field: "airlinePenaltyAmount")
        }
        if !penalty.isInRange(for: currency) {
            throw RecordFault(
                .amountRange,
                "the sum of the penalty's parts is out of range: at most 15 digits before the point and 10^18 minor units",
                field: "airlinePenaltyAmount")
        }
        if penalty.isNegative {
            throw RecordFault(
                .negativeAmount, "estimatedRefundAmount is over the total paid", field: "estimatedRefundAmount")
        }
    }
}
