import Atlas
import Memory
import Refunds

/// One refund whose status is asked for: FORMATS.md, "Statuses: the query and its journal".
package struct StatusQuestion: Sendable, Equatable {
    package let identity: RefundIdentity
    package let refundCode: Text

    /// nil without a refund code, for then Atlas cannot be asked.
    package init?(_ identity: RefundIdentity) {
        guard let refundCode = identity.refundCode else { return nil }
        self.identity = identity
        self.refundCode = refundCode
    }

    package init(orderNo: Text?, airlinePNR: Text? = nil, carrier: Text? = nil, refundCode: Text) {
        identity = RefundIdentity(
            orderNo: orderNo, airlinePNR: airlinePNR, carrier: carrier, refundCode: refundCode)
        self.refundCode = refundCode
    }

    /// The body to send.
    package var request: QueryRefundOrdersRequest { QueryRefundOrdersRequest(refundCode: refundCode, order: identity) }

    /// The key of the question's line in the journal.
    var key: RefundIdentity { identity.lookupKey }
}
