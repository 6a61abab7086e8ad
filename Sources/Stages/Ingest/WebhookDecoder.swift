import Atlas
import JSON
import Memory
import Refunds

/// The fields of a webhook, in the order in which they are judged.
enum WebhookField: Int, FieldName {
    case receivedAt, cid, orderNo, refundStatus, currency
    case originalTotalFare, originalTotalFareAmount, originalTotalAncillaryAmount, originalTotalAmount
    case airlinePenaltyAmountForFare, airlinePenaltyAmountForAncillaries, airlinePenaltyAmount
    case finalRefundAmount, transactionFee

    var name: StaticString { Self.keys[rawValue].name }

    static var orderNumber: WebhookField? { .orderNo }

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
struct WebhookDecoder<Fields: RecordFields> where Fields.Name == WebhookField {
    let fields: Fields
    /// The place of the receiver's time: beside the webhook in an envelope, in a column of its own in CSV.
    let receivedAt: RawField
    let decode: FieldDecoder
    let source: SourceLine

    func webhook() throws(RecordFault) -> Webhook {
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

/// Finds the webhook in a line of a JSON log, whatever its shape: wrapped, flat, or in a receiver's envelope.
struct WebhookUnwrapper {
    let source: SourceLine
    private let decode: FieldDecoder

    init(_ decode: FieldDecoder, source: SourceLine) {
        self.decode = decode
        self.source = source
    }

    /// The webhook of a line; nil of a wrapped one of another type, which says nothing about refunds.
    ///
    /// - Parameter inner: a document for a body that is itself a string of JSON.
    func find(in record: JSONValue, inner: JSONDocument) throws(RecordFault) -> Webhook? {
        guard let body = record.given("body") else { return try open(record, receivedAt: .none) }
        let receivedAt = record.field("receivedAt")
        switch body.kind {
        case .object: return try open(body, receivedAt: receivedAt)
        case .string:
            return try openText(body.text ?? UnsafeBufferPointer(start: nil, count: 0), inner, receivedAt)
        case .null, .bool, .number, .array:
            throw RecordFault(.badJSON, "body is neither an object nor a text with one", field: "body")
        }
    }

    private func openText(
        _ text: UnsafeBufferPointer<UInt8>, _ inner: JSONDocument, _ receivedAt: RawField
    ) throws(RecordFault) -> Webhook? {
        try RecordChecks.withObject(text, inner, in: "body") { (body) throws(RecordFault) in
            try open(body, receivedAt: receivedAt)
        }
    }

    /// A wrapped webhook has a type or data; anything else is flat.
    private func open(_ value: JSONValue, receivedAt: RawField) throws(RecordFault) -> Webhook? {
        let type = try decode.bytes(value.field("type"), "type")
        let data = value.given("data")
        guard type != nil || data != nil else { return try webhook(value, receivedAt) }
        let stated = try needed(type, "type")
        guard stated.isText("order.refundComplete") || stated.isText("order.refundCompleted") else { return nil }
        guard let data else { throw RecordFault(.missingField, "data has no value", field: "data") }
        guard data.kind == .object else { throw RecordFault(notAnObject: data, in: "data") }
        return try webhook(data, receivedAt)
    }

    private func webhook(_ value: JSONValue, _ receivedAt: RawField) throws(RecordFault) -> Webhook {
        try WebhookDecoder(
            fields: JSONRecordFields(value), receivedAt: receivedAt, decode: decode, source: source
        ).webhook()
    }
}
