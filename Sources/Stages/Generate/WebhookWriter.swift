import Memory
import Refunds

/// Writes webhooks in the shapes in which receivers log them.
struct WebhookWriter {
    let market: Market

    /// How a line of the webhook log looks (FORMATS.md, "Webhook log").
    enum Shape { case wrapped, flat, envelope, envelopeOfText }

    /// One webhook's own values.
    struct Webhook {
        var number: OrderNumber
        var status: RefundStatus
        var breakdown: Breakdown
        var unexplained = Amount.zero
        var farePenaltySurplus = Amount.zero
        /// When it came, in the shapes that say so.
        var day: CalendarDate
        var milliseconds: Int
    }

    /// A line with its line feed; `scratch` is used and left empty.
    func appendLine(
        _ webhook: Webhook, _ shape: Shape, statusIsText: Bool, scratch: inout [UInt8],
        to bytes: inout [UInt8]
    ) {
        switch shape {
        case .wrapped: appendWrapped(webhook, statusIsText, to: &bytes)
        case .flat:
            bytes.append(literal: "{\"cid\":\"ARCAGY01\",")
            appendFields(webhook, statusIsText, to: &bytes)
        case .envelope:
            appendReceivedAt(webhook, to: &bytes)
            appendWrapped(webhook, statusIsText, to: &bytes)
            bytes.append(UInt8(ascii: "}"))
        case .envelopeOfText:
            appendReceivedAt(webhook, to: &bytes)
            appendWrapped(webhook, statusIsText, to: &scratch)
            bytes.append(UInt8(ascii: "\""))
            for byte in scratch {
                if byte == UInt8(ascii: "\"") { bytes.append(UInt8(ascii: "\\")) }
                bytes.append(byte)
            }
            scratch.removeAll(keepingCapacity: true)
            bytes.append(literal: "\"}")
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// A webhook of another kind, which is no refund's.
    func appendTicketed(_ order: OrderPlan, to bytes: inout [UInt8]) {
        bytes.append(literal: "{\"cid\":\"ARCAGY01\",\"type\":\"order.ticketed\",\"data\":{\"orderNo\":\"")
        bytes.append(order.number)
        bytes.append(literal: "\",\"pnr\":\"")
        bytes.append(pnr: order.pnr)
        bytes.append(literal: "\",\"status\":1}}\n")
    }

    private func appendReceivedAt(_ webhook: Webhook, to bytes: inout [UInt8]) {
        bytes.append(literal: "{\"receivedAt\":\"")
        bytes.append(webhook.day, milliseconds: webhook.milliseconds, showsMilliseconds: true)
        bytes.append(literal: "\",\"body\":")
    }

    private func appendWrapped(_ webhook: Webhook, _ statusIsText: Bool, to bytes: inout [UInt8]) {
        bytes.append(literal: "{\"cid\":\"ARCAGY01\",\"type\":\"order.refundComplete\",\"data\":{")
        appendFields(webhook, statusIsText, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    /// The fields and the brace that ends their object.
    private func appendFields(_ webhook: Webhook, _ statusIsText: Bool, to bytes: inout [UInt8]) {
        let breakdown = webhook.breakdown
        let terms = market.currencies[breakdown.currency]
        func amount(_ key: StaticString, _ amount: Amount) {
            bytes.append(literal: key)
            bytes.append(trimmed: amount, terms.currency)
        }
        bytes.append(literal: "\"orderNo\":\"")
        bytes.append(webhook.number)
        bytes.append(literal: statusIsText ? "\",\"refundStatus\":\"" : "\",\"refundStatus\":")
        bytes.append(UInt8(ascii: "0") + webhook.status.rawValue)
        bytes.append(literal: statusIsText ? "\",\"currency\":\"" : ",\"currency\":\"")
        bytes.append(contentsOf: terms.code)
        amount("\",\"originalTotalFare\":", breakdown.fare)
        amount(",\"originalTotalAncillaryAmount\":", breakdown.ancillaries)
        amount(",\"originalTotalAmount\":", breakdown.original)
        amount(",\"airlinePenaltyAmountForFare\":", breakdown.farePenalty + webhook.farePenaltySurplus)
        amount(",\"airlinePenaltyAmountForAncillaries\":", breakdown.ancillaryPenalty)
        amount(",\"airlinePenaltyAmount\":", breakdown.penalty)
        amount(",\"finalRefundAmount\":", breakdown.refund + webhook.unexplained)
        amount(",\"transactionFee\":", breakdown.fee)
        bytes.append(UInt8(ascii: "}"))
    }
}
