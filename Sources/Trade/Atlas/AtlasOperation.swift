import JSON
import Memory
import Refunds

/// The three operations of Atlas's refund API; all are POST with a JSON body.
package enum AtlasOperation: String, Sendable, CaseIterable {
    case refundQuotation
    case refund
    case queryRefundOrders

    /// The path after the base URL, with its leading slash.
    package var path: String { "/\(rawValue).do" }
}

extension RefundIdentity {
    /// The three members that name the order in every body; a missing one is null.
    var members: [JSONTree.Member] {
        [
            .init("orderNo", .text(orderNo?.string)),
            .init("airlinePNR", .text(airlinePNR?.string)),
            .init("carrier", .text(carrier?.string)),
        ]
    }
}
