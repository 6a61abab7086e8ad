import Core
import JSON

/// A delivery of a notification as a line of `carried-webhooks.jsonl`: in an envelope, with where it came first.
extension RememberedNotification {
    /// Appends the line without its line end.
    public func appendLine(to line: inout [UInt8]) {
        let currency = notification.currency
        line.append(UInt8(ascii: "{"))
        line.append("receivedAt", notification.receivedAt)
        line.append(key: "body")
        line.append(UInt8(ascii: "{"))
        line.append("orderNo", notification.orderNo)
        line.append("refundStatus", number: Int(notification.refundStatus.rawValue))
        line.append("currency", currency.text)
        line.append("originalTotalFare", notification.originalTotalFare, currency)
        line.append("originalTotalAncillaryAmount", notification.originalTotalAncillaryAmount, currency)
        line.append("originalTotalAmount", notification.originalTotalAmount, currency)
        line.append("airlinePenaltyAmountForFare", notification.airlinePenaltyAmountForFare, currency)
        line.append("airlinePenaltyAmountForAncillaries", notification.airlinePenaltyAmountForAncillaries, currency)
        line.append("airlinePenaltyAmount", notification.airlinePenaltyAmount, currency)
        line.append("finalRefundAmount", notification.finalRefundAmount, currency)
        line.append("transactionFee", notification.transactionFee, currency)
        line.append(UInt8(ascii: "}"))
        line.append(first)
        line.append(UInt8(ascii: "}"))
    }

    init(_ members: CarriedMembers) throws(RecordFault) {
        guard let object = members.object["body"], object.kind == .object else {
            throw RecordFault(.badJSON, "body is not an object", field: "body")
        }
        let body = CarriedMembers(object: object, decode: members.decode)
        let receivedAt = try members.instant("receivedAt")
        let orderNo = try needed(try body.text("orderNo"), "orderNo")
        let refundStatus = try body.refundStatus("refundStatus")
        let currency = try needed(try body.currency("currency"), "currency")
        func given(_ key: JSONKey) throws(RecordFault) -> Amount {
            try needed(try body.amount(key, currency), key.name)
        }
        let fare = try body.amount("originalTotalFare", currency)
        let ancillaries = try body.amount("originalTotalAncillaryAmount", currency)
        let original = try given("originalTotalAmount")
        let farePenalty = try body.amount("airlinePenaltyAmountForFare", currency)
        let ancillaryPenalty = try body.amount("airlinePenaltyAmountForAncillaries", currency)
        var notification = Notification(
            orderNo: orderNo, refundStatus: refundStatus, currency: currency, originalTotalAmount: original,
            airlinePenaltyAmount: try given("airlinePenaltyAmount"), finalRefundAmount: try given("finalRefundAmount"),
            transactionFee: try given("transactionFee"), source: SourceLine(file: 0, line: 0))
        notification.originalTotalFare = fare
        notification.originalTotalAncillaryAmount = ancillaries
        notification.airlinePenaltyAmountForFare = farePenalty
        notification.airlinePenaltyAmountForAncillaries = ancillaryPenalty
        notification.receivedAt = receivedAt
        self.init(notification: notification, first: try members.firstPlace())
    }
}
