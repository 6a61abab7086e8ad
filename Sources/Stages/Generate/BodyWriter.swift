import Memory
import Refunds

/// Writes Atlas's answers: the entries of queryRefundOrders.do and the bodies of refundQuotation.do and refund.do,
/// each in the order of keys of Atlas's own samples.
struct BodyWriter {
    let market: Market

    /// One entry of a query's `refundOrders`.
    func appendEntry(_ plan: CasePlan, _ order: OrderPlan, to bytes: inout [UInt8]) {
        bytes.append(literal: "{\"orderNo\":\"")
        bytes.append(order.number)
        bytes.append(literal: "\",\"refundCode\":\"")
        bytes.append(refundCode: plan)
        bytes.append(literal: "\",\"displayCurrency\":null,")
        appendDates(plan, given: plan.answer.givesDates, to: &bytes)
        bytes.append(literal: plan.quoteType == .cannotQuote ? "CannotQuote" : "AccurateQuote")
        bytes.append(literal: "\",")
        appendTickets(plan, order, to: &bytes)
        var isTooPrecise = false
        if case .unusable = plan.answer.outcome { isTooPrecise = true }
        appendParts(
            plan, order, plan.answer.breakdown, isVoucher: plan.answer.isVoucher, isTooPrecise: isTooPrecise,
            feeCurrency: plan.answer.feeCurrency, to: &bytes)
        bytes.append(literal: ",\"refundRules\":[],\"refundStatus\":")
        bytes.append(UInt8(ascii: "0") + plan.answer.status.rawValue)
        bytes.append(literal: ",\"cancelReason\":")
        if let reason = plan.answer.cancelReason {
            bytes.append(UInt8(ascii: "\""))
            bytes.append(contentsOf: market.cancelReasons[reason])
            bytes.append(UInt8(ascii: "\""))
        } else {
            bytes.append(literal: "null")
        }
        bytes.append(literal: ",\"refundOfferId\":\"")
        bytes.append(offer: plan.offer)
        bytes.append(
            literal: plan.answer.isVoucher
                ? "\",\"refundMethod\":\"Voucher\"}" : "\",\"refundMethod\":\"CashBackToOriginalPayment\"}")
    }

    /// The current, nested body of a quotation, or of a refund that has just been asked for.
    func appendCurrentBody(_ plan: CasePlan, _ order: OrderPlan, isRefund: Bool, to bytes: inout [UInt8]) {
        bytes.append(literal: "{")
        if isRefund {
            bytes.append(literal: "\"refundStatus\":0,\"refundCode\":\"")
            bytes.append(refundCode: plan)
            bytes.append(literal: "\",\"cancelReason\":\"\",\"refundReason\":\"")
            bytes.append(contentsOf: plan.reason.rawValue.utf8)
            bytes.append(literal: "\",")
        }
        bytes.append(literal: "\"displayCurrency\":null,\"fastConfirmation\":null,")
        appendDates(plan, given: true, to: &bytes)
        bytes.append(literal: plan.quoteType == .cannotQuote ? "CannotQuote" : "AccurateQuote")
        bytes.append(literal: "\",\"refundOfferId\":\"")
        bytes.append(offer: plan.offer)
        bytes.append(
            literal: plan.method == .voucher
                ? "\",\"refundMethod\":\"Voucher\"" : "\",\"refundMethod\":\"CashBackToOriginalPayment\"")
        bytes.append(literal: plan.isRefundable ? ",\"isRefundable\":true," : ",\"isRefundable\":false,")
        appendTickets(plan, order, to: &bytes)
        appendParts(
            plan, order, plan.quote, isVoucher: plan.method == .voucher, isTooPrecise: false, feeCurrency: nil,
            to: &bytes)
        bytes.append(literal: ",\"refundRules\":[],\"orderNo\":\"")
        bytes.append(order.number)
        bytes.append(literal: "\",\"status\":0,\"msg\":null}")
    }

    /// The flat body of the older generation, which carries no order number and no dates.
    func appendLegacyBody(_ plan: CasePlan, isRefund: Bool, to bytes: inout [UInt8]) {
        let terms = market.currencies[plan.quote.currency]
        func amount(_ key: StaticString, _ amount: Amount) {
            bytes.append(literal: key)
            bytes.append(amount, terms.currency)
        }
        bytes.append(literal: "{\"status\":0,\"msg\":\"success\"")
        bytes.append(literal: isRefund ? ",\"refundStatus\":0" : "")
        bytes.append(literal: ",\"currency\":\"")
        bytes.append(contentsOf: terms.code)
        amount("\",\"originalTotalFareAmount\":", plan.quote.fare)
        amount(",\"originalTotalAncillaryAmount\":", plan.quote.ancillaries)
        amount(",\"originalTotalAmount\":", plan.quote.original)
        amount(",\"airlinePenaltyAmountForFare\":", plan.quote.farePenalty)
        amount(",\"airlinePenaltyAmountForAncillaries\":", plan.quote.ancillaryPenalty)
        amount(",\"airlinePenaltyAmount\":", plan.quote.penalty)
        amount(",\"estimatedRefundAmount\":", plan.quote.refundBeforeFee)
        amount(",\"transactionFee\":", plan.quote.fee)
        bytes.append(literal: ",\"refundOfferId\":\"")
        bytes.append(offer: plan.offer)
        bytes.append(literal: plan.isRefundable ? "\",\"isRefundable\":true}" : "\",\"isRefundable\":false}")
    }

    // MARK: Pieces

    private func appendDates(_ plan: CasePlan, given: Bool, to bytes: inout [UInt8]) {
        guard given else {
            bytes.append(
                literal: "\"expectedConfirmationDate\":null,\"expectedRefundDate\":null,\"refundQuoteType\":\"")
            return
        }
        bytes.append(literal: "\"expectedConfirmationDate\":\"")
        bytes.append(compact: plan.confirmation)
        bytes.append(literal: "\",\"expectedRefundDate\":\"")
        bytes.append(compact: plan.refundDate)
        bytes.append(literal: "\",\"refundQuoteType\":\"")
    }

    private func appendTickets(_ plan: CasePlan, _ order: OrderPlan, to bytes: inout [UInt8]) {
        bytes.append(literal: "\"refundTickets\":[{\"lastName\":\"")
        bytes.append(contentsOf: market.lastNames[plan.passenger % market.lastNames.count])
        bytes.append(literal: "\",\"firstName\":\"")
        bytes.append(contentsOf: market.firstNames[plan.passenger / 16 % market.firstNames.count])
        bytes.append(literal: "\",\"ticketNo\":\"")
        bytes.append(pnr: order.pnr)
        bytes.append(literal: "\"}],")
    }

    /// Fare, services, vouchers and fee.
    private func appendParts(
        _ plan: CasePlan, _ order: OrderPlan, _ breakdown: Breakdown, isVoucher: Bool, isTooPrecise: Bool,
        feeCurrency: Int?, to bytes: inout [UInt8]
    ) {
        let terms = market.currencies[breakdown.currency]
        if isVoucher {
            appendVoucher(plan, breakdown.refundBeforeFee, terms, isTooPrecise: isTooPrecise, to: &bytes)
        } else {
            appendFare(breakdown, terms, isTooPrecise: isTooPrecise, to: &bytes)
            appendServices(plan, order, breakdown, to: &bytes)
            bytes.append(literal: ",\"refundVouchers\":null")
        }
        let feeTerms = feeCurrency.map { market.currencies[$0] } ?? terms
        bytes.append(literal: ",\"serviceFee\":{\"currency\":\"")
        bytes.append(contentsOf: feeTerms.code)
        bytes.append(literal: "\",\"transactionFee\":")
        bytes.append(trimmed: feeCurrency == nil ? breakdown.fee : Amount(feeTerms.fees[0]), feeTerms.currency)
        bytes.append(literal: ",\"displayTransactionFee\":null}")
    }

    private func appendFare(
        _ breakdown: Breakdown, _ terms: CurrencyTerms, isTooPrecise: Bool, to bytes: inout [UInt8]
    ) {
        bytes.append(literal: "\"refundFareAmount\":{\"currency\":\"")
        bytes.append(contentsOf: terms.code)
        bytes.append(literal: "\",\"originalFareAmount\":")
        bytes.append(trimmed: breakdown.fare, terms.currency)
        bytes.append(literal: ",\"estimatedRefundAmount\":")
        let estimate = breakdown.fare - breakdown.farePenalty
        if isTooPrecise {
            bytes.append(tooPrecise: estimate, terms.currency)
        } else {
            bytes.append(trimmed: estimate, terms.currency)
        }
        bytes.append(literal: ",\"displayOriginalFareAmount\":null,\"displayEstimatedRefundAmount\":null}")
    }

    private func appendVoucher(
        _ plan: CasePlan, _ refundBeforeFee: Amount, _ terms: CurrencyTerms, isTooPrecise: Bool, to bytes: inout [UInt8]
    ) {
        bytes.append(literal: "\"refundFareAmount\":null,\"refundPostTicketingServiceAmounts\":null")
        bytes.append(literal: ",\"refundVouchers\":[{\"voucherId\":\"V")
        bytes.append(digits: UInt(plan.serial), minimumCount: 9)
        bytes.append(literal: "\",\"currency\":\"")
        bytes.append(contentsOf: terms.code)
        bytes.append(literal: "\",\"estimatedRefundAmount\":")
        if isTooPrecise {
            bytes.append(tooPrecise: refundBeforeFee, terms.currency)
        } else {
            bytes.append(trimmed: refundBeforeFee, terms.currency)
        }
        bytes.append(literal: ",\"note\":null}]")
    }

    /// One or two post-ticketing orders, if ancillaries were paid.
    private func appendServices(
        _ plan: CasePlan, _ order: OrderPlan, _ breakdown: Breakdown, to bytes: inout [UInt8]
    ) {
        bytes.append(literal: ",\"refundPostTicketingServiceAmounts\":[")
        let estimate = breakdown.ancillaries - breakdown.ancillaryPenalty
        let place = (plan.serial - order.number.serial) * 2
        if breakdown.ancillaries > .zero, plan.serial % 3 == 0, breakdown.ancillaryPenalty == .zero {
            let step = Int64(market.currencies[breakdown.currency].step)
            let third = Amount(minorUnits: breakdown.ancillaries.minorUnits / 3 / step * step)
            appendService(place, third, third, order, breakdown.currency, to: &bytes)
            bytes.append(UInt8(ascii: ","))
            let rest = breakdown.ancillaries - third
            appendService(place + 1, rest, rest, order, breakdown.currency, to: &bytes)
        } else if breakdown.ancillaries > .zero {
            appendService(place, breakdown.ancillaries, estimate, order, breakdown.currency, to: &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private func appendService(
        _ place: Int, _ original: Amount, _ estimate: Amount, _ order: OrderPlan, _ currency: Int,
        to bytes: inout [UInt8]
    ) {
        let terms = market.currencies[currency]
        bytes.append(literal: "{\"postTicketingOrderNo\":\"P")
        bytes.append(order.number)
        bytes.append(UInt8(ascii: "0") + UInt8(place % 10))
        bytes.append(literal: "\",\"currency\":\"")
        bytes.append(contentsOf: terms.code)
        bytes.append(literal: "\",\"originalPostTicketingServiceAmount\":")
        bytes.append(trimmed: original, terms.currency)
        bytes.append(literal: ",\"estimatedRefundAmount\":")
        bytes.append(trimmed: estimate, terms.currency)
        bytes.append(literal: ",\"displayPostTicketingServiceAmount\":null,\"displayEstimatedRefundAmount\":null}")
    }
}
