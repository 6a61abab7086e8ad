import Memory

/// One of the amounts that a refund is made of.
public enum AmountComponent: String, Sendable, Ordinal {
    /// The amount paid for the tickets and the ancillaries.
    case original
    /// The amount that the airline keeps, and its parts.
    case penalty
    case farePenalty
    case ancillaryPenalty
    /// The amount that Atlas keeps: the transaction fee.
    case fee
    /// The refund.
    case refund
}

/// The amounts of one refund in one currency, which the record beside them names: expected, final, or the variance between
/// the two. No value is nil, never zero.
public struct Amounts: Sendable, Equatable {
    @CompactAmount public var original: Amount?
    @CompactAmount public var penalty: Amount?
    @CompactAmount public var farePenalty: Amount?
    @CompactAmount public var ancillaryPenalty: Amount?
    @CompactAmount public var fee: Amount?
    @CompactAmount public var refund: Amount?

    public init() {}

    public subscript(component: AmountComponent) -> Amount? {
        switch component {
        case .original: original
        case .penalty: penalty
        case .farePenalty: farePenalty
        case .ancillaryPenalty: ancillaryPenalty
        case .fee: fee
        case .refund: refund
        }
    }

    /// The part of the refund that the other amounts do not explain: refund − (original − penalty − fee).
    public var unexplained: Amount? {
        guard let refund, let original, let penalty, let fee else { return nil }
        return refund - (original - penalty - fee)
    }

    /// The difference of each amount that both have.
    public static func - (left: Amounts, right: Amounts) -> Amounts {
        func difference(_ left: Amount?, _ right: Amount?) -> Amount? {
            guard let left, let right else { return nil }
            return left - right
        }
        var differences = Amounts()
        differences.original = difference(left.original, right.original)
        differences.penalty = difference(left.penalty, right.penalty)
        differences.farePenalty = difference(left.farePenalty, right.farePenalty)
        differences.ancillaryPenalty = difference(left.ancillaryPenalty, right.ancillaryPenalty)
        differences.fee = difference(left.fee, right.fee)
        differences.refund = difference(left.refund, right.refund)
        return differences
    }
}

extension Amounts {
    /// The amounts paid by a webhook.
    public init(_ webhook: Webhook) {
        original = webhook.originalTotalAmount
        penalty = webhook.airlinePenaltyAmount
        farePenalty = webhook.airlinePenaltyAmountForFare
        ancillaryPenalty = webhook.airlinePenaltyAmountForAncillaries
        fee = webhook.transactionFee
        refund = webhook.finalRefundAmount
    }

    /// The amounts paid by an answer: penalty = original − refund before fee, refund = refund before fee − fee.
    public init(_ queried: QueriedAmounts) {
        original = queried.original
        penalty = queried.penalty
        farePenalty = queried.farePenalty
        ancillaryPenalty = queried.ancillaryPenalty
        fee = queried.fee
        refund = queried.refund
    }
}

/// Sums of the amounts of many refunds; the parts of the penalty are not added up.
public struct AmountTotals: Sendable, Equatable {
    public var original = Total()
    public var penalty = Total()
    public var fee = Total()
    public var refund = Total()

    public init() {}

    /// Adds those amounts that have a value.
    public static func += (totals: inout AmountTotals, amounts: Amounts) {
        if let original = amounts.original { totals.original += original }
        if let penalty = amounts.penalty { totals.penalty += penalty }
        if let fee = amounts.fee { totals.fee += fee }
        if let refund = amounts.refund { totals.refund += refund }
    }
}
