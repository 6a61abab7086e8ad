import Memory
import Refunds

/// Writes a case as a record of an orders file.
struct OrderWriter {
    let market: Market

    static let csvHeader: StaticString = """
        orderNo,airlinePNR,carrier,refundCode,refundOfferId,refundReason,paymentMethod,currency,\
        originalTotalFareAmount,originalTotalAncillaryAmount,originalTotalAmount,airlinePenaltyAmountForFare,\
        airlinePenaltyAmountForAncillaries,airlinePenaltyAmount,estimatedRefundAmount,transactionFee,refundQuoteType,\
        isRefundable,refundMethod,requestedAt,expectedConfirmationDate,expectedRefundDate
        """

    /// The CSV row of a case, with its line feed; `conflicting` gives another penalty under the same key.
    func appendRow(_ plan: CasePlan, _ order: OrderPlan, conflicting: Bool, to bytes: inout [UInt8]) {
        let comma = UInt8(ascii: ",")
        if !plan.isKeyedByPNR { bytes.append(order.number) }
        bytes.append(comma)
        bytes.append(pnr: order.pnr)
        bytes.append(comma)
        bytes.append(contentsOf: market.carriers[order.carrier])
        bytes.append(comma)
        if plan.hasRefundCode { bytes.append(refundCode: plan) }
        bytes.append(comma)
        bytes.append(offer: plan.offer)
        bytes.append(comma)
        bytes.append(text(plan.reason))
        bytes.append(literal: plan.payment == .vcc ? ",vcc," : ",deposit,")
        appendAmounts(plan, conflicting: conflicting, to: &bytes)
        bytes.append(literal: plan.quoteType == .cannotQuote ? ",CannotQuote," : ",AccurateQuote,")
        bytes.append(literal: plan.isRefundable ? "true," : "false,")
        bytes.append(literal: plan.method == .voucher ? "Voucher," : "CashBackToOriginalPayment,")
        bytes.append(plan.requestedAt)
        bytes.append(comma)
        bytes.append(compact: plan.confirmation)
        bytes.append(comma)
        bytes.append(compact: plan.refundDate)
        bytes.append(UInt8(ascii: "\n"))
    }

    private func appendAmounts(_ plan: CasePlan, conflicting: Bool, to bytes: inout [UInt8]) {
        let terms = market.currencies[plan.quote.currency]
        let currency = terms.currency
        let quote = conflicting ? conflictingQuote(plan.quote) : plan.quote
        func amount(_ amount: Amount) {
            bytes.append(UInt8(ascii: ","))
            bytes.append(amount, currency)
        }
        bytes.append(contentsOf: terms.code)
        amount(quote.fare)
        amount(quote.ancillaries)
        amount(quote.original)
        if plan.quoteType == .cannotQuote {
            bytes.append(literal: ",,,,")
        } else {
            amount(quote.farePenalty)
            amount(quote.ancillaryPenalty)
            amount(quote.penalty)
            amount(quote.refundBeforeFee + plan.estimateSurplus)
        }
        amount(quote.fee)
    }

    private func conflictingQuote(_ quote: Breakdown) -> Breakdown {
        var other = quote
        other.farePenalty = quote.farePenalty + Amount(market.currencies[quote.currency].fees[0])
        return other
    }

    /// A flat JSON record with only the fields that are needed or usual.
    func appendFlat(_ plan: CasePlan, _ order: OrderPlan, to bytes: inout [UInt8]) {
        let terms = market.currencies[plan.quote.currency]
        bytes.append(literal: "{\"orderNo\":\"")
        bytes.append(order.number)
        bytes.append(literal: "\",\"airlinePNR\":\"")
        bytes.append(pnr: order.pnr)
        bytes.append(literal: "\",\"carrier\":\"")
        bytes.append(contentsOf: market.carriers[order.carrier])
        bytes.append(literal: "\",\"refundCode\":\"")
        bytes.append(refundCode: plan)
        bytes.append(literal: "\",\"refundReason\":")
        bytes.append(text(plan.reason))
        bytes.append(literal: plan.payment == .vcc ? ",\"paymentMethod\":\"vcc\"" : "")
        bytes.append(literal: ",\"currency\":\"")
        bytes.append(contentsOf: terms.code)
        bytes.append(literal: "\",\"originalTotalFareAmount\":")
        bytes.append(trimmed: plan.quote.fare, terms.currency)
        bytes.append(literal: ",\"originalTotalAncillaryAmount\":\"")
        bytes.append(plan.quote.ancillaries, terms.currency)
        bytes.append(literal: "\",\"airlinePenaltyAmountForFare\":")
        bytes.append(trimmed: plan.quote.farePenalty, terms.currency)
        bytes.append(literal: ",\"airlinePenaltyAmountForAncillaries\":")
        bytes.append(trimmed: plan.quote.ancillaryPenalty, terms.currency)
        bytes.append(literal: ",\"transactionFee\":\"")
        bytes.append(plan.quote.fee, terms.currency)
        bytes.append(literal: "\",\"requestedAt\":\"")
        bytes.append(plan.requestedAt, milliseconds: plan.serial % 86_400 * 1000, showsMilliseconds: false)
        bytes.append(literal: "\",\"expectedConfirmationDate\":\"")
        bytes.append(compact: plan.confirmation)
        bytes.append(literal: "\",\"expectedRefundDate\":\"")
        bytes.append(plan.refundDate)
        bytes.append(literal: "\"}\n")
    }

    private func text(_ reason: RefundReason) -> UInt8 {
        switch reason {
        case .involuntary: UInt8(ascii: "0")
        case .voluntary: UInt8(ascii: "1")
        case .void: UInt8(ascii: "4")
        }
    }
}
