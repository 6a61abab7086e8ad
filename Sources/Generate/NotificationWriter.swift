import Core

/// Writes notifications in the shapes in which receivers log them.
struct NotificationWriter {
    let market: Market

    /// How a line of the webhook log looks (FORMATS.md, "Webhook log").
    enum Shape { case wrapped, flat, envelope, envelopeOfText }

    /// One notification's own values.
    struct Notification {
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
        _ notification: Notification, _ shape: Shape, statusIsText: Bool, scratch: inout [UInt8],
        to bytes: inout [UInt8]
    ) {
        switch shape {
        case .wrapped: appendWrapped(notification, statusIsText, to: &bytes)
        case .flat:
            bytes.append(literal: "{\"cid\":\"ARCAGY01\",")
            appendFields(notification, statusIsText, to: &bytes)
        case .envelope:
            appendReceivedAt(notification, to: &bytes)
            appendWrapped(notification, statusIsText, to: &bytes)
            bytes.append(UInt8(ascii: "}"))
        case .envelopeOfText:
            appendReceivedAt(notification, to: &bytes)
            appendWrapped(notification, statusIsText, to: &scratch)
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

    /// A notification of another kind, which is no refund's.
    func appendTicketed(_ order: OrderPlan, to bytes: inout [UInt8]) {
        bytes.append(literal: "{\"cid\":\"ARCAGY01\",\"type\":\"order.ticketed\",\"data\":{\"orderNo\":\"")
        bytes.append(order.number)
        bytes.append(literal: "\",\"pnr\":\"")
        bytes.append(pnr: order.pnr)
        bytes.append(literal: "\",\"status\":1}}\n")
    }

    private func appendReceivedAt(_ notification: Notification, to bytes: inout [UInt8]) {
        bytes.append(literal: "{\"receivedAt\":\"")
        bytes.append(notification.day, milliseconds: notification.milliseconds, showsMilliseconds: true)
        bytes.append(literal: "\",\"body\":")
    }

    private func appendWrapped(_ notification: Notification, _ statusIsText: Bool, to bytes: inout [UInt8]) {
        bytes.append(literal: "{\"cid\":\"ARCAGY01\",\"type\":\"order.refundComplete\",\"data\":{")
        appendFields(notification, statusIsText, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    /// The fields and the brace that ends their object.
    private func appendFields(_ notification: Notification, _ statusIsText: Bool, to bytes: inout [UInt8]) {
        let breakdown = notification.breakdown
        let terms = market.currencies[breakdown.currency]
        func amount(_ key: StaticString, _ amount: Amount) {
            bytes.append(literal: key)
            bytes.append(trimmed: amount, terms.currency)
        }
        bytes.append(literal: "\"orderNo\":\"")
        bytes.append(notification.number)
        bytes.append(literal: statusIsText ? "\",\"refundStatus\":\"" : "\",\"refundStatus\":")
        bytes.append(UInt8(ascii: "0") + notification.status.rawValue)
        bytes.append(literal: statusIsText ? "\",\"currency\":\"" : ",\"currency\":\"")
        bytes.append(contentsOf: terms.code)
        amount("\",\"originalTotalFare\":", breakdown.fare)
        amount(",\"originalTotalAncillaryAmount\":", breakdown.ancillaries)
        amount(",\"originalTotalAmount\":", breakdown.original)
        amount(",\"airlinePenaltyAmountForFare\":", breakdown.farePenalty + notification.farePenaltySurplus)
        amount(",\"airlinePenaltyAmountForAncillaries\":", breakdown.ancillaryPenalty)
        amount(",\"airlinePenaltyAmount\":", breakdown.penalty)
        amount(",\"finalRefundAmount\":", breakdown.refund + notification.unexplained)
        amount(",\"transactionFee\":", breakdown.fee)
        bytes.append(UInt8(ascii: "}"))
    }
}
