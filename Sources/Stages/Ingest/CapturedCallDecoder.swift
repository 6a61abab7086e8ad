import Atlas
import JSON
import Memory
import Records
import Refunds

/// Decodes one captured call of `refundQuotation.do` or `refund.do`: an order record as Atlas itself answered it, in the
/// legacy flat or the current nested shape (FORMATS.md, "Orders").
struct CapturedCallDecoder {
    /// Whether a JSON record is a captured call and not a flat order record.
    static func isCapturedCall(_ record: JSONView) -> Bool {
        record.given("operation") != nil || record.given("response") != nil
    }

    let decoder: OrderDecoder

    /// The case of a `refund`, which takes the place of any quotation of its offer, for that never was a case; nil of a
    /// `refundQuotation`, which is counted and nothing more.
    func refundCase(_ record: JSONView) throws(RecordFault) -> RefundCase? {
        let isRefund = try isRefund(record)
        let response = try response(of: record)
        let isNested = RefundAmountParts.arePresent(in: response)
        let refundCase = try decoder.refundCase(
            CapturedFields(record: record, response: response), nested: isNested ? response : nil)
        return isRefund ? refundCase : nil
    }

    private func isRefund(_ record: JSONView) throws(RecordFault) -> Bool {
        let operation = record.field("operation")
        switch try needed(try decoder.decode.text(operation, "operation"), "operation") {
        case "refund": return true
        case "refundQuotation": return false
        default: throw RecordFault(.badEnum, "operation", operation, "is not one of refund, refundQuotation")
        }
    }

    @_lifetime(copy record)
    private func response(of record: JSONView) throws(RecordFault) -> JSONView {
        guard let response = try record.object("response") else {
            throw RecordFault(.missingField, "response has no value", field: "response")
        }
        guard AtlasStatus.code(of: response) == 0 else {
            let status = response["status"]?.raw.excerpt ?? "absent"
            throw RecordFault(.apiStatus, "status of the response is \(status), not 0", field: "status")
        }
        return response
    }
}

/// A captured call's fields by the names of an order record: capturedAt serves as requestedAt, paymentMethod is beside the
/// bodies, and what identifies the refund is taken from the request where the response lacks it.
struct CapturedFields: RecordFields, ~Escapable {
    let record: JSONView
    let response: JSONView

    @_lifetime(copy record, copy response)
    init(record: JSONView, response: JSONView) {
        self.record = record
        self.response = response
    }

    subscript(name: OrderField) -> Field {
        @_lifetime(copy self) get {
            switch name {
            case .requestedAt: return record.field("capturedAt")
            case .paymentMethod: return record.field("paymentMethod")
            case .orderNo, .airlinePNR, .carrier, .refundCode, .refundOfferID:
                let key = OrderField.keys[name.rawValue]
                let answered = response.field(key)
                if !answered.isNone { return answered }
                guard let request = record["request"] else { return .none }
                return request.field(key)
            default: return response.field(OrderField.keys[name.rawValue])
            }
        }
    }
}
