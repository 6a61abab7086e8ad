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

/// The reference to an order in a request to Atlas: its order number, or the airline's record locator and carrier.
package struct OrderReference: Sendable, Hashable {
    package var orderNo: Text?
    package var airlinePNR: Text?
    /// Two-character IATA airline code.
    package var carrier: Text?

    package init(orderNo: Text?, airlinePNR: Text? = nil, carrier: Text? = nil) {
        self.orderNo = orderNo
        self.airlinePNR = airlinePNR
        self.carrier = carrier
    }

    /// The three members that every body of the current generation has; a missing one is null.
    var members: [JSONTree.Member] {
        [
            .init("orderNo", .text(orderNo?.string)),
            .init("airlinePNR", .text(airlinePNR?.string)),
            .init("carrier", .text(carrier?.string)),
        ]
    }
}
