import JSON
import Memory
import Refunds

/// The fields of an order record, in the order of FORMATS.md's table, which is the order in which they are judged.
enum OrderField: Int, FieldName {
    case orderNo, airlinePNR, carrier, refundCode, refundOfferID, refundReason, paymentMethod, currency
    case originalTotalFareAmount, originalTotalAncillaryAmount, originalTotalAmount
    case airlinePenaltyAmountForFare, airlinePenaltyAmountForAncillaries, airlinePenaltyAmount
    case estimatedRefundAmount, transactionFee, refundQuoteType, isRefundable, refundMethod
    case requestedAt, expectedConfirmationDate, expectedRefundDate

    var name: StaticString { Self.keys[rawValue].name }

    static var orderNumber: OrderField? { .orderNo }

    static let keys: [JSONKey] = [
        "orderNo", "airlinePNR", "carrier", "refundCode", "refundOfferId", "refundReason", "paymentMethod", "currency",
        "originalTotalFareAmount", "originalTotalAncillaryAmount", "originalTotalAmount",
        "airlinePenaltyAmountForFare", "airlinePenaltyAmountForAncillaries", "airlinePenaltyAmount",
        "estimatedRefundAmount", "transactionFee", "refundQuoteType", "isRefundable", "refundMethod",
        "requestedAt", "expectedConfirmationDate", "expectedRefundDate",
    ]

    /// The fields that hold text; a JSON number there is `bad-json`, which is judged before all fields.
    static let texts: [OrderField] = [
        .orderNo, .airlinePNR, .carrier, .refundCode, .refundOfferID, .paymentMethod, .currency, .refundQuoteType,
        .refundMethod,
    ]
}
