import Memory

/// One `order.refundComplete` webhook of a webhook log.
public struct Webhook: Sendable, Equatable {
    public var orderNo: Text
    public var refundStatus: RefundStatus
    /// The currency of every amount of the webhook.
    public var currency: Currency
    @CompactAmount public var originalTotalFare: Amount?
    @CompactAmount public var originalTotalAncillaryAmount: Amount?
    public var originalTotalAmount: Amount
    @CompactAmount public var airlinePenaltyAmountForFare: Amount?
    @CompactAmount public var airlinePenaltyAmountForAncillaries: Amount?
    public var airlinePenaltyAmount: Amount
    /// After the fee; may be negative.
    public var finalRefundAmount: Amount
    public var transactionFee: Amount
    /// When the receiver took it, where it says so.
    public var receivedAt: Instant?
    public var source: SourceLine

    public init(
        orderNo: Text, refundStatus: RefundStatus, currency: Currency, originalTotalAmount: Amount,
        airlinePenaltyAmount: Amount, finalRefundAmount: Amount, transactionFee: Amount, source: SourceLine
    ) {
        self.orderNo = orderNo
        self.refundStatus = refundStatus
        self.currency = currency
        self.originalTotalAmount = originalTotalAmount
        self.airlinePenaltyAmount = airlinePenaltyAmount
        self.finalRefundAmount = finalRefundAmount
        self.transactionFee = transactionFee
        self.source = source
    }

    /// Every value but receivedAt, cid and place: two webhooks of an order with the same content are one and a
    /// redelivery of it (RULES.md, "Webhooks").
    public struct Content: Sendable, Hashable {
        private let refundStatus: RefundStatus
        private let currency: Currency
        private let amounts: [Amount?]

        fileprivate init(_ webhook: Webhook) {
            refundStatus = webhook.refundStatus
            currency = webhook.currency
            amounts = [
                webhook.originalTotalFare, webhook.originalTotalAncillaryAmount,
                webhook.originalTotalAmount, webhook.airlinePenaltyAmountForFare,
                webhook.airlinePenaltyAmountForAncillaries, webhook.airlinePenaltyAmount,
                webhook.finalRefundAmount, webhook.transactionFee,
            ]
        }
    }

    public var content: Content { Content(self) }

    /// The order in which webhooks are judged: receivedAt (none before those with one); file; line.
    public static func arrivesBefore(_ left: Webhook, _ right: Webhook) -> Bool {
        switch (left.receivedAt, right.receivedAt) {
        case (nil, .some): true
        case (.some, nil): false
        case (let leftInstant?, let rightInstant?) where leftInstant != rightInstant: leftInstant < rightInstant
        default: left.source < right.source
        }
    }

    /// Whether its parts, both given, do not add up (PARTS_MISMATCH).
    public var hasPartsMismatch: Bool {
        if let fare = originalTotalFare, let ancillaries = originalTotalAncillaryAmount,
            fare + ancillaries != originalTotalAmount
        {
            return true
        }
        guard let fare = airlinePenaltyAmountForFare, let ancillaries = airlinePenaltyAmountForAncillaries else {
            return false
        }
        return fare + ancillaries != airlinePenaltyAmount
    }
}
