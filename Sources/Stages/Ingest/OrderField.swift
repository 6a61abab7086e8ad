import JSON
import Records
import Refunds

extension OrderField: FieldName {
    public static let keys = names.map { JSONKey(stringLiteral: $0) }

    /// The fields that hold text; a JSON number there is `bad-json`, which is judged before all fields.
    static let texts: [OrderField] = [
        .orderNo, .airlinePNR, .carrier, .refundCode, .refundOfferID, .paymentMethod, .currency, .refundQuoteType,
        .refundMethod,
    ]
}
