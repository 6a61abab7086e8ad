import JSON
import Memory
import Records
import Refunds

/// The fields of a webhook, in the order in which they are judged.
enum WebhookField: Int, FieldName {
    case receivedAt, cid, orderNo, refundStatus, currency
    case originalTotalFare, originalTotalFareAmount, originalTotalAncillaryAmount, originalTotalAmount
    case airlinePenaltyAmountForFare, airlinePenaltyAmountForAncillaries, airlinePenaltyAmount
    case finalRefundAmount, transactionFee

    var name: StaticString { Self.keys[rawValue].name }

    static let keys: [JSONKey] = [
        "receivedAt", "cid", "orderNo", "refundStatus", "currency",
        "originalTotalFare", "originalTotalFareAmount", "originalTotalAncillaryAmount", "originalTotalAmount",
        "airlinePenaltyAmountForFare", "airlinePenaltyAmountForAncillaries", "airlinePenaltyAmount",
        "finalRefundAmount", "transactionFee",
    ]

    /// The columns without which a CSV log is unusable.
    static let needed: [WebhookField] = [
        .orderNo, .refundStatus, .currency, .originalTotalAmount, .airlinePenaltyAmount, .finalRefundAmount,
        .transactionFee,
    ]
}

/// Decodes the fields of one webhook (FORMATS.md, "Webhook log").
struct WebhookDecoder {
    let decode: FieldDecoder
    let source: SourceLine

    /// - Parameter receivedAt: when the receiver took it: beside the webhook in an envelope, in a column of its own in CSV.
    func webhook<Fields: RecordFields & ~Escapable>(
        _ fields: Fields, receivedAt: Field
    ) throws(RecordFault) -> Webhook where Fields.Name == WebhookField {
        _ = try decode.bytes(fields[.cid], "cid")
        _ = try decode.bytes(fields[.orderNo], "orderNo")
        _ = try decode.bytes(fields[.currency], "currency")
        let receivedAt = try decode.instant(receivedAt, "receivedAt")
        let orderNo = try need(try decode.text(fields[.orderNo], "orderNo"), .orderNo)
        let status = try need(try decode.refundStatus(fields[.refundStatus], "refundStatus"), .refundStatus)
        let currency = try need(try decode.currency(fields[.currency], "currency"), .currency)
        func amount(_ field: WebhookField) throws(RecordFault) -> Amount? {
            try decode.amount(fields[field], field.name, currency, mayBeNegative: field == .finalRefundAmount)
        }
        var fare = try amount(.originalTotalFare)
        if fare == nil { fare = try amount(.originalTotalFareAmount) }
        let ancillaries = try amount(.originalTotalAncillaryAmount)
        let original = try need(try amount(.originalTotalAmount), .originalTotalAmount)
        let farePenalty = try amount(.airlinePenaltyAmountForFare)
        let ancillaryPenalty = try amount(.airlinePenaltyAmountForAncillaries)
        let penalty = try need(try amount(.airlinePenaltyAmount), .airlinePenaltyAmount)
        var webhook = Webhook(
            orderNo: orderNo, refundStatus: status, currency: currency, originalTotalAmount: original,
            airlinePenaltyAmount: penalty,
            finalRefundAmount: try need(try amount(.finalRefundAmount), .finalRefundAmount),
            transactionFee: try need(try amount(.transactionFee), .transactionFee), source: source)
        webhook.originalTotalFare = fare
        webhook.originalTotalAncillaryAmount = ancillaries
        webhook.airlinePenaltyAmountForFare = farePenalty
        webhook.airlinePenaltyAmountForAncillaries = ancillaryPenalty
        webhook.receivedAt = receivedAt
        return webhook
    }

    private func need<Value>(_ value: Value?, _ field: WebhookField) throws(RecordFault) -> Value {
        try needed(value, field.name)
    }
}
