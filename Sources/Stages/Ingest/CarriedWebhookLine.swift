import JSON
import Memory
import Refunds

/// A delivery of a webhook as a line of `carried-webhooks.jsonl`: in an envelope, with where it came first.
extension RememberedWebhook {
    /// Appends the line without its line end.
    package func appendLine(to line: inout [UInt8]) {
        let currency = webhook.currency
        line.append(UInt8(ascii: "{"))
        line.append("receivedAt", webhook.receivedAt)
        line.append(key: "body")
        line.append(UInt8(ascii: "{"))
        line.append("orderNo", webhook.orderNo)
        line.append("refundStatus", number: Int(webhook.refundStatus.rawValue))
        line.append("currency", currency.text)
        line.append("originalTotalFare", webhook.originalTotalFare, currency)
        line.append("originalTotalAncillaryAmount", webhook.originalTotalAncillaryAmount, currency)
        line.append("originalTotalAmount", webhook.originalTotalAmount, currency)
        line.append("airlinePenaltyAmountForFare", webhook.airlinePenaltyAmountForFare, currency)
        line.append("airlinePenaltyAmountForAncillaries", webhook.airlinePenaltyAmountForAncillaries, currency)
        line.append("airlinePenaltyAmount", webhook.airlinePenaltyAmount, currency)
        line.append("finalRefundAmount", webhook.finalRefundAmount, currency)
        line.append("transactionFee", webhook.transactionFee, currency)
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
        var webhook = Webhook(
            orderNo: orderNo, refundStatus: refundStatus, currency: currency, originalTotalAmount: original,
            airlinePenaltyAmount: try given("airlinePenaltyAmount"), finalRefundAmount: try given("finalRefundAmount"),
            transactionFee: try given("transactionFee"), source: SourceLine(file: 0, line: 0))
        webhook.originalTotalFare = fare
        webhook.originalTotalAncillaryAmount = ancillaries
        webhook.airlinePenaltyAmountForFare = farePenalty
        webhook.airlinePenaltyAmountForAncillaries = ancillaryPenalty
        webhook.receivedAt = receivedAt
        self.init(webhook: webhook, first: try members.firstPlace())
    }
}
