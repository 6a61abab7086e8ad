import TestSupport

/// Records of refunds, and how they come again.
extension PopulationMaker {
    mutating func addOrder(_ number: Int) {
        let orderNo = "\(names)O\(number)"
        let locator: (airlinePNR: String, carrier: String)? =
            random.once(in: 3) ? ("\(names)PNR\(random.once(in: 6) ? 9 : number)", "XX") : nil
        let isKeyedByLocator = locator != nil && random.once(in: 2)
        let currency = random.once(in: 5) ? random.pick(["EUR", "JPY", "KWD"]) : "USD"
        let firstTerms = terms()
        var finals: [RefundTerms] = []
        for place in 1...(1 + random.pick([0, 0, 0, 1, 1, 2, 3])) {
            let terms = random.once(in: 2) ? firstTerms : terms()
            finals.append(terms)
            let code = random.once(in: 10) ? nil : "\(names)R\(random.once(in: 12) ? 1 + random.below(4) : place)"
            var record = record(terms, random.once(in: 12) ? "USD" : currency)
            if !isKeyedByLocator || random.once(in: 6) { record["orderNo"] = orderNo }
            record["airlinePNR"] = locator?.airlinePNR
            record["carrier"] = locator?.carrier
            record["refundCode"] = code
            addDeliveries(record, terms, orderNo, isKeyedByLocator: isKeyedByLocator, place)
        }
        for _ in 0..<random.below(4) { addWebhook(orderNo, random.pick(finals), finals, currency) }
    }

    private mutating func addDeliveries(
        _ record: OrderRecord, _ terms: RefundTerms, _ orderNo: String, isKeyedByLocator: Bool, _ place: Int
    ) {
        var first = anyNight()
        if random.once(in: 2) { first = 0 }
        deliver(record, terms, first, orderNo)
        var record = record
        if record["refundCode"] == nil, random.once(in: 2) {
            guard let later = night(after: first) else { return }
            record["refundCode"] = "\(names)R\(place)"
            first = later
            deliver(record, terms, first, orderNo)
        } else if isKeyedByLocator, record["refundCode"] != nil, record["orderNo"] == nil, random.once(in: 2) {
            var named = record
            named["orderNo"] = orderNo
            if random.once(in: 3) { (named["airlinePNR"], named["carrier"]) = (nil, nil) }
            deliver(named, terms, anyNight(), orderNo)
        }
        while random.once(in: 3), let later = night(after: first) {
            deliver(restated(record), terms, later, orderNo)
            first = later
        }
    }

    private mutating func deliver(_ record: OrderRecord, _ terms: RefundTerms, _ night: Int, _ orderNo: String) {
        orders.append((night, record))
        guard let code = record["refundCode"] else { return }
        plans.append(
            AnswerPlan(
                record: record, refundCode: code, orderNo: record["orderNo"] ?? orderNo, terms: terms,
                firstNight: night, names: names))
    }

    mutating func terms() -> RefundTerms {
        RefundTerms(original: random.pick([10_000, 10_000, 7_000]), penalty: random.pick([1_000, 1_000, 2_000, 0]))
    }

    private mutating func record(_ terms: RefundTerms, _ currency: String) -> OrderRecord {
        var record = OrderRecord([
            "currency": currency,
            "requestedAt": random.once(in: 40)
                ? random.pick(["0001-01-01", "9999-12-31"]) : day(-random.pick([1, 5, 9, 40])),
            "transactionFee": "2.00",
        ])
        if random.once(in: 10) { record["refundOfferId"] = "\(names)q" }
        if random.once(in: 10) { record["refundReason"] = random.pick(["0", "1", "4"]) }
        if random.once(in: 4) { addAuditTerms(to: &record) }
        if random.once(in: 14) {
            record["voucherRefundAmount"] = moneyText(terms.original)
            if random.once(in: 2) { record["expectedRefundDate"] = day(random.below(8) - 2) }
            return record
        }
        record["originalTotalFareAmount"] = moneyText(terms.original)
        switch random.below(8) {
        case 0: record["estimatedRefundAmount"] = moneyText(terms.original - terms.penalty)
        case 1:
            record["airlinePenaltyAmountForFare"] = moneyText(terms.penalty)
            record["airlinePenaltyAmountForAncillaries"] = "0.00"
        default: record["airlinePenaltyAmount"] = moneyText(terms.penalty)
        }
        if random.once(in: 10) { record["originalTotalAncillaryAmount"] = random.pick(["0.00", "5.00"]) }
        if random.once(in: 4) { record["originalTotalAmount"] = moneyText(terms.original) }
        if random.once(in: 3) { record["expectedConfirmationDate"] = day(random.below(8) - 2) }
        if random.once(in: 2) { record["expectedRefundDate"] = day(random.below(8) - 2) }
        if random.once(in: 6) { record["paymentMethod"] = random.pick(["vcc", "deposit"]) }
        if random.once(in: 8) { record["isRefundable"] = random.pick(["true", "false"]) }
        if random.once(in: 12) { record["refundQuoteType"] = "CannotQuote" }
        if random.once(in: 8) { record["refundMethod"] = "CashBackToOriginalPayment" }
        return record
    }

    /// What only the audit of rules reads.
    private mutating func addAuditTerms(to record: inout OrderRecord) {
        record["departureAt"] = "2026-02-0\(1 + random.below(3))T12:00:00+08:00"
        record["refundRules"] = random.pick([
            #"[{"ruleType":"refund","penaltyAmount":"10.00 USD","fareRefundable":true,"taxRefundable":true}]"#,
            #"[{"ruleType":"refund","penaltyPercent":"10","penaltyPercentBase":"fare"}]"#, "[]", #"["x"]"#,
        ])
        if random.once(in: 2) { record["originalTotalTaxAmount"] = "5.00" }
        if random.once(in: 2) { record["refundTickets"] = #"[{"lastName":"L"},{}]"# }
    }

    /// The record as it comes again: with fewer values, with more, with another one, or as it was.
    private mutating func restated(_ record: OrderRecord) -> OrderRecord {
        var record = record
        let optional = [
            "expectedConfirmationDate", "expectedRefundDate", "paymentMethod", "isRefundable", "refundMethod",
            "refundQuoteType", "originalTotalAmount",
        ]
        switch random.below(6) {
        case 0, 1:
            if random.once(in: 2) { (record["refundRules"], record["departureAt"]) = (nil, nil) }
            for name in optional where random.once(in: 2) { record[name] = nil }
        case 2 where record["voucherRefundAmount"] == nil:
            for (name, value) in [
                ("expectedRefundDate", day(random.below(8) - 2)), ("isRefundable", "false"), ("paymentMethod", "vcc"),
                ("refundMethod", "CashBackToOriginalPayment"),
            ] where record[name] == nil && random.once(in: 2) { record[name] = value }
        case 2:
            for name in ["refundRules", "departureAt"] where random.once(in: 2) { record[name] = nil }
        case 3 where record["originalTotalFareAmount"] != nil && random.once(in: 2):
            record["originalTotalFareAmount"] = "101.00"
        case 4: record["requestedAt"] = random.once(in: 3) ? day(-2) : record["requestedAt"]
        default: break
        }
        return record
    }
}
