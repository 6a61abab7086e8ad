import Atlas
import Memory
import Refunds

/// One refund whose status is asked for: FORMATS.md, "Statuses: the query and its journal".
package struct StatusQuestion: Sendable, Equatable {
    package var orderNo: Text?
    package var airlinePNR: Text?
    package var carrier: Text?
    package var refundCode: Text

    package init(orderNo: Text?, airlinePNR: Text? = nil, carrier: Text? = nil, refundCode: Text) {
        self.orderNo = orderNo
        self.airlinePNR = airlinePNR
        self.carrier = carrier
        self.refundCode = refundCode
    }

    /// The body to send.
    package var request: QueryRefundOrdersRequest {
        QueryRefundOrdersRequest(
            refundCode: refundCode, order: OrderReference(orderNo: orderNo, airlinePNR: airlinePNR, carrier: carrier))
    }

    /// The journal's key: orderNo, else airlinePNR and carrier; and refundCode.
    var key: Key {
        guard orderNo == nil else { return Key(order: orderNo, carrier: nil, refundCode: refundCode) }
        return Key(order: airlinePNR, carrier: carrier ?? "", refundCode: refundCode)
    }

    struct Key: Hashable {
        var order: Text?
        /// Given for an order that is known by its record locator, so that the two kinds cannot meet.
        var carrier: Text?
        var refundCode: Text
    }
}
