import Core
import JSON

/// The fields of a notification, in the order in which they are judged.
enum NotificationField: Int, FieldName {
    case receivedAt, cid, orderNo, refundStatus, currency
    case originalTotalFare, originalTotalFareAmount, originalTotalAncillaryAmount, originalTotalAmount
    case airlinePenaltyAmountForFare, airlinePenaltyAmountForAncillaries, airlinePenaltyAmount
    case finalRefundAmount, transactionFee

    var name: StaticString { Self.keys[rawValue].name }

    static var orderNumber: NotificationField? { .orderNo }

    static let keys: [JSONKey] = [
        "receivedAt", "cid", "orderNo", "refundStatus", "currency",
        "originalTotalFare", "originalTotalFareAmount", "originalTotalAncillaryAmount", "originalTotalAmount",
        "airlinePenaltyAmountForFare", "airlinePenaltyAmountForAncillaries", "airlinePenaltyAmount",
        "finalRefundAmount", "transactionFee",
    ]

    /// The columns without which a CSV log is unusable.
    static let needed: [NotificationField] = [
        .orderNo, .refundStatus, .currency, .originalTotalAmount, .airlinePenaltyAmount, .finalRefundAmount,
        .transactionFee,
    ]
}

/// Decodes the fields of one notification (FORMATS.md, "Webhook log").
struct NotificationDecoder<Fields: RecordFields> where Fields.Name == NotificationField {
    let fields: Fields
    /// Where the receiver's time stands: beside the notification in an envelope, in a column of its own in CSV.
    let receivedAt: RawField
    let decode: FieldDecoder
    let source: SourceLine

    func notification() throws(RecordFault) -> Notification {
        _ = try decode.bytes(fields[.cid], "cid")
        _ = try decode.bytes(fields[.orderNo], "orderNo")
        _ = try decode.bytes(fields[.currency], "currency")
        let receivedAt = try decode.instant(receivedAt, "receivedAt")
        let orderNo = try need(try decode.text(fields[.orderNo], "orderNo"), .orderNo)
        let status = try need(try decode.refundStatus(fields[.refundStatus], "refundStatus"), .refundStatus)
        let currency = try need(try decode.currency(fields[.currency], "currency"), .currency)
        func amount(_ field: NotificationField) throws(RecordFault) -> Amount? {
            try decode.amount(fields[field], field.name, currency, mayBeNegative: field == .finalRefundAmount)
        }
        var fare = try amount(.originalTotalFare)
        if fare == nil { fare = try amount(.originalTotalFareAmount) }
        let ancillaries = try amount(.originalTotalAncillaryAmount)
        let original = try need(try amount(.originalTotalAmount), .originalTotalAmount)
        let farePenalty = try amount(.airlinePenaltyAmountForFare)
        let ancillaryPenalty = try amount(.airlinePenaltyAmountForAncillaries)
        let penalty = try need(try amount(.airlinePenaltyAmount), .airlinePenaltyAmount)
        var notification = Notification(
            orderNo: orderNo, refundStatus: status, currency: currency, originalTotalAmount: original,
            airlinePenaltyAmount: penalty,
            finalRefundAmount: try need(try amount(.finalRefundAmount), .finalRefundAmount),
            transactionFee: try need(try amount(.transactionFee), .transactionFee), source: source)
        notification.originalTotalFare = fare
        notification.originalTotalAncillaryAmount = ancillaries
        notification.airlinePenaltyAmountForFare = farePenalty
        notification.airlinePenaltyAmountForAncillaries = ancillaryPenalty
        notification.receivedAt = receivedAt
        return notification
    }

    private func need<Value>(_ value: Value?, _ field: NotificationField) throws(RecordFault) -> Value {
        try needed(value, field.name)
    }
}

/// Finds the notification in a line of a JSON log, whatever its shape: wrapped, flat, or in a receiver's envelope.
struct NotificationUnwrapper {
    let source: SourceLine
    private let decode: FieldDecoder

    init(_ decode: FieldDecoder, source: SourceLine) {
        self.decode = decode
        self.source = source
    }

    /// The notification of a line; nil of a wrapped one of another type, which says nothing about refunds.
    ///
    /// - Parameter inner: a document for a body that is itself a string of JSON.
    func find(in record: JSONValue, inner: JSONDocument) throws(RecordFault) -> Notification? {
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
    ) throws(RecordFault) -> Notification? {
        try RecordChecks.withObject(text, inner, in: "body") { (body) throws(RecordFault) in
            try open(body, receivedAt: receivedAt)
        }
    }

    /// A wrapped notification has a type or data; anything else is flat.
    private func open(_ value: JSONValue, receivedAt: RawField) throws(RecordFault) -> Notification? {
        let type = try decode.bytes(value.field("type"), "type")
        let data = value.given("data")
        guard type != nil || data != nil else { return try notification(value, receivedAt) }
        let stated = try needed(type, "type")
        guard stated.isText("order.refundComplete") || stated.isText("order.refundCompleted") else { return nil }
        guard let data else { throw RecordFault(.missingField, "data has no value", field: "data") }
        guard data.kind == .object else { throw RecordFault(notAnObject: data, in: "data") }
        return try notification(data, receivedAt)
    }

    private func notification(_ value: JSONValue, _ receivedAt: RawField) throws(RecordFault) -> Notification {
        try NotificationDecoder(
            fields: JSONRecordFields(value), receivedAt: receivedAt, decode: decode, source: source
        ).notification()
    }
}
