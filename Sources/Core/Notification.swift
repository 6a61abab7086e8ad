/// One `order.refundComplete` notification of a webhook log.
public struct Notification: Sendable, Equatable {
    public var orderNo: Text
    public var refundStatus: RefundStatus
    /// The currency of every amount of the notification.
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

    /// Every value but receivedAt, cid and place: two notifications of an order with the same content are one and a
    /// redelivery of it (RULES.md, "Webhooks").
    public struct Content: Sendable, Hashable {
        private let refundStatus: RefundStatus
        private let currency: Currency
        private let amounts: [Amount?]

        fileprivate init(_ notification: Notification) {
            refundStatus = notification.refundStatus
            currency = notification.currency
            amounts = [
                notification.originalTotalFare, notification.originalTotalAncillaryAmount,
                notification.originalTotalAmount, notification.airlinePenaltyAmountForFare,
                notification.airlinePenaltyAmountForAncillaries, notification.airlinePenaltyAmount,
                notification.finalRefundAmount, notification.transactionFee,
            ]
        }
    }

    public var content: Content { Content(self) }

    /// The order in which notifications are judged: receivedAt (none before those with one); file; line.
    public static func arrivesBefore(_ left: Notification, _ right: Notification) -> Bool {
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
