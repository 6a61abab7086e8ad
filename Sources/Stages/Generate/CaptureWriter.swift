import Memory
import Refunds

/// Writes captured calls, one a line: the request to Atlas and its answer.
struct CaptureWriter {
    let market: Market
    let bodies: BodyWriter

    init(market: Market) {
        self.market = market
        bodies = BodyWriter(market: market)
    }

    /// A call with its line feed, in the generation that the case's style names.
    func appendCall(_ plan: CasePlan, _ order: OrderPlan, isRefund: Bool, to bytes: inout [UInt8]) {
        bytes.append(literal: isRefund ? "{\"operation\":\"refund\"" : "{\"operation\":\"refundQuotation\"")
        bytes.append(literal: ",\"capturedAt\":\"")
        let minute = 60_000
        let time = (plan.serial % 1_400 + (isRefund ? 3 : 0)) * minute
        bytes.append(plan.requestedAt, milliseconds: time, showsMilliseconds: false)
        bytes.append(
            literal: plan.payment == .vcc ? "\",\"paymentMethod\":\"vcc\"" : "\",\"paymentMethod\":\"deposit\"")
        bytes.append(literal: ",\"request\":{\"cid\":\"ARCAGY01\",\"orderNo\":\"")
        bytes.append(order.number)
        bytes.append(literal: "\",\"airlinePNR\":\"")
        bytes.append(pnr: order.pnr)
        bytes.append(literal: "\",\"carrier\":\"")
        bytes.append(contentsOf: market.carriers[order.carrier])
        bytes.append(literal: "\",")
        if isRefund { appendRefundRequest(plan, to: &bytes) } else { appendQuotationRequest(plan, to: &bytes) }
        bytes.append(literal: "},\"response\":")
        if plan.style == .legacyCapture {
            bodies.appendLegacyBody(plan, isRefund: isRefund, to: &bytes)
        } else {
            bodies.appendCurrentBody(plan, order, isRefund: isRefund, to: &bytes)
        }
        bytes.append(literal: "}\n")
    }

    private func appendQuotationRequest(_ plan: CasePlan, to bytes: inout [UInt8]) {
        bytes.append(literal: "\"displayCurrency\":null,\"refundRequestList\":[{\"lastName\":\"")
        bytes.append(contentsOf: market.lastNames[plan.passenger % market.lastNames.count])
        bytes.append(literal: "\",\"firstName\":\"")
        bytes.append(contentsOf: market.firstNames[plan.passenger / 16 % market.firstNames.count])
        bytes.append(literal: "\",\"segments\":[],\"refundReason\":\"")
        bytes.append(contentsOf: plan.reason.rawValue.utf8)
        bytes.append(literal: "\"}]")
    }

    /// The older generation's answer carries no refund code: a caller that knows it notes it with the request.
    private func appendRefundRequest(_ plan: CasePlan, to bytes: inout [UInt8]) {
        bytes.append(literal: "\"refundOfferId\":\"")
        bytes.append(offer: plan.offer)
        if plan.style == .legacyCapture, plan.hasRefundCode {
            bytes.append(literal: "\",\"refundCode\":\"")
            bytes.append(refundCode: plan)
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
