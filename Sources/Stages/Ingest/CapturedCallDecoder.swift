import Atlas
import JSON
import Memory
import Refunds

/// Decodes one captured call of `refundQuotation.do` or `refund.do`: an order record as Atlas itself answered it, in the
/// legacy flat or the current nested shape (FORMATS.md, "Orders").
struct CapturedCallDecoder {
    /// Whether a JSON record is a captured call and not a flat order record.
    static func isCapturedCall(_ record: JSONValue) -> Bool {
        record.given("operation") != nil || record.given("response") != nil
    }

    let record: JSONValue
    let source: SourceLine
    private let decode: FieldDecoder

    init(_ record: JSONValue, _ decode: FieldDecoder, source: SourceLine) {
        self.record = record
        self.decode = decode
        self.source = source
    }

    /// The case of a `refund`, which takes the place of any quotation of its offer, for that never was a case; nil of a
    /// `refundQuotation`, which is counted and nothing more.
    func refundCase() throws(RecordFault) -> RefundCase? {
        let operation = try operation()
        let response = try response()
        let fields = CapturedFields(record: record, response: response)
        let refundCase =
            RefundAmountParts.arePresent(in: response)
            ? try refundCase(fields, NestedAmounts(response: response, decode: decode))
            : try refundCase(fields, FlatAmounts(fields: fields, decode: decode))
        return operation == "refund" ? refundCase : nil
    }

    private func refundCase(
        _ fields: CapturedFields, _ amounts: some OrderAmounts
    ) throws(RecordFault) -> RefundCase {
        try OrderDecoder(fields: fields, amounts: amounts, decode: decode, source: source).refundCase()
    }

    private func operation() throws(RecordFault) -> String {
        let operation = try needed(try decode.text(record.field("operation"), "operation"), "operation").string
        guard operation == "refund" || operation == "refundQuotation" else {
            throw RecordFault(
                .badEnum, "operation", record.field("operation"), "is not one of refund, refundQuotation")
        }
        return operation
    }

    private func response() throws(RecordFault) -> JSONValue {
        guard let response = record.given("response") else {
            throw RecordFault(.missingField, "response has no value", field: "response")
        }
        guard response.kind == .object else { throw RecordFault(notAnObject: response, in: "response") }
        guard AtlasStatus.code(of: response) == 0 else {
            throw RecordFault(
                .apiStatus, "status of the response is \(response["status"].map { $0.raw.excerpt } ?? "absent"), not 0",
                field: "status")
        }
        return response
    }
}

/// A captured call's fields by the names of an order record: capturedAt serves as requestedAt, paymentMethod stands beside
/// the bodies, and what identifies the refund is taken from the request where the response lacks it.
struct CapturedFields: RecordFields {
    let record: JSONValue
    let response: JSONValue

    subscript(name: OrderField) -> RawField {
        switch name {
        case .requestedAt: return record.field("capturedAt")
        case .paymentMethod: return record.field("paymentMethod")
        case .orderNo, .airlinePNR, .carrier, .refundCode, .refundOfferID:
            let key = OrderField.keys[name.rawValue]
            let answered = response.field(key)
            return answered.isNone ? record["request"]?.field(key) ?? .none : answered
        default: return response.field(OrderField.keys[name.rawValue])
        }
    }
}

/// Amounts in the parts of the current nested shape.
private struct NestedAmounts: OrderAmounts {
    let response: JSONValue
    let decode: FieldDecoder

    func currency() throws(RecordFault) -> Currency? { try RefundAmountParts.currency(of: response, decode) }

    func fill(_ record: inout RefundCase) throws(RecordFault) {
        try RefundAmountParts(response, decode).fill(&record)
    }
}
