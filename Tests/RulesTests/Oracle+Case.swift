import Memory
import Refunds

extension Oracle {
    /// A case's row: status, final, variances, outcome and exceptions, in RULES.md's order.
    func caseRow(_ index: Int, _ got: Got) -> Facts {
        let order = cases[index]
        let entry = entry(index)
        let webhook = effective(got.webhooks)
        var facts = Facts()
        facts.rowType = "case"
        facts.texts["orderNo"] = orderNo(index)
        facts.texts["refundCode"] = order.refundCode
        facts.texts["carrier"] = order.carrier
        facts.texts["airlinePNR"] = order.airlinePNR
        facts.texts["paymentMethod"] = order.paymentMethod == .vcc ? "vcc" : "deposit"
        facts.texts["cancelReason"] = entry?.cancelReason
        facts.texts["queriedAt"] = answers[index]?.queriedAt
        facts.currency = order.currency.code
        facts.source = order.source
        facts.webhooks = got.webhooks.map(\.source)
        facts.webhookSource = webhook?.source
        facts.querySource = answers[index]?.source
        facts.status = (entry?.refundStatus ?? webhook?.refundStatus)?.rawValue
        facts.statusSource = entry != nil ? "query" : webhook != nil ? "webhook" : nil
        facts.dates["requestedAt"] = order.requestedAt.daysSinceEpoch
        facts.dates["confirmation"] =
            (entry?.expectedConfirmationDate ?? order.expectedConfirmationDate)?.daysSinceEpoch
        facts.dates["refund"] = (entry?.expectedRefundDate ?? order.expectedRefundDate)?.daysSinceEpoch
        let expected = expected(order)
        let final = finalSide(index, entry, webhook, &facts)
        compare(expected, final, &facts)
        facts.outcome = outcome(facts, expected, final)
        age(order, &facts)
        var codes = amountCodes(facts, order, final, entry)
        codes.formUnion(evidenceCodes(index, got, entry, webhook))
        codes.formUnion(stateCodes(facts, order, expected))
        facts.codes = Self.listed.filter { codes.contains($0) }
        return facts
    }

    private func finalSide(
        _ index: Int, _ entry: RefundOrderEntry?, _ webhook: Webhook?, _ facts: inout Facts
    ) -> Side? {
        guard facts.status == 2 || facts.status == 5 else { return nil }
        let isOneOfSeveral = cases.indices.contains {
            $0 != index && orderNo($0) != nil && orderNo($0) == orderNo(index)
        }
        let mayStandForSeveral = webhook.map {
            isOneOfSeveral
                && ($0.currency != cases[index].currency
                    || $0.originalTotalAmount.minorUnits != expected(cases[index]).original)
        }
        let queriedRefund = entry.flatMap { [2, 5].contains($0.refundStatus.rawValue) ? final($0).refund : nil }
        if mayStandForSeveral == true, queriedRefund != nil {
            facts.finalSource = "query"
            return entry.map { final($0) }
        }
        if let webhook, [2, 5].contains(webhook.refundStatus.rawValue) {
            facts.finalSource = "webhook"
            return final(webhook)
        }
        facts.finalSource = "query"
        return entry.map { final($0) }
    }

    private func compare(_ expected: Side, _ final: Side?, _ facts: inout Facts) {
        facts.amounts["E.original"] = expected.original
        facts.amounts["E.penalty"] = expected.penalty
        facts.amounts["E.fee"] = expected.fee
        facts.amounts["E.refund"] = expected.refund
        guard let final else { return }
        facts.add(final)
        guard final.currency == expected.currency else { return }
        func difference(_ final: Int64?, _ expected: Int64?) -> Int64? {
            if let final, let expected { return final - expected }
            return nil
        }
        facts.amounts["original"] = difference(final.original, expected.original)
        facts.amounts["penalty"] = difference(final.penalty, expected.penalty)
        facts.amounts["farePenalty"] = difference(final.farePenalty, expected.farePenalty)
        facts.amounts["ancillaryPenalty"] = difference(final.ancillaryPenalty, expected.ancillaryPenalty)
        facts.amounts["fee"] = difference(final.fee, expected.fee)
        facts.amounts["refund"] = difference(final.refund, expected.refund)
    }

    private func isPast(_ day: Int32?) -> Bool { day.map { asOf.daysSinceEpoch > $0 } ?? false }

    private func isConfirmationPast(_ facts: Facts) -> Bool {
        (facts.status == 0 || facts.status == 1) && isPast(facts.dates["confirmation"])
    }

    private func isRefundPast(_ facts: Facts) -> Bool {
        (facts.status == 0 || facts.status == 1 || facts.status == 3) && isPast(facts.dates["refund"])
    }

    private func outcome(_ facts: Facts, _ expected: Side, _ final: Side?) -> String {
        guard let status = facts.status else { return "unverified" }
        if isConfirmationPast(facts) || isRefundPast(facts) { return "overdue" }
        if [0, 1, 3].contains(status) { return "pending" }
        if status == 4 { return "rejected" }
        if status == 6 { return "withdrawn" }
        if expected.refund == nil { return "unquoted" }
        if let currency = final?.currency, currency != expected.currency { return "variance" }
        if final?.refund == nil { return "variance" }
        let judged = ["original", "penalty", "fee", "refund", "unexplained"].compactMap { facts.amounts[$0] }
        if judged.contains(where: { abs($0) > tolerance(expected.currency ?? "") }) { return "variance" }
        return judged.contains { $0 != 0 } ? "withinTolerance" : "matched"
    }

    private func age(_ order: RefundCase, _ facts: inout Facts) {
        guard facts.outcome == "pending" || facts.outcome == "overdue" else { return }
        let days = max(0, Int(asOf.daysSinceEpoch) - Int(order.requestedAt.daysSinceEpoch))
        facts.ageDays = days
        facts.bucket = days > 90 ? "90+" : days > 60 ? "61-90" : days > 30 ? "31-60" : days > 7 ? "8-30" : "0-7"
    }

    // MARK: Exceptions

    private func amountCodes(_ facts: Facts, _ order: RefundCase, _ final: Side?, _ entry: RefundOrderEntry?) -> Set<
        String
    > {
        var codes: Set<String> = []
        let limit = tolerance(order.currency.code)
        func isBeyond(_ name: String) -> Bool { facts.amounts[name].map { abs($0) > limit } ?? false }
        if let refund = facts.amounts["refund"], refund < -limit { codes.insert("REFUND_SHORT") }
        if let refund = facts.amounts["refund"], refund > limit { codes.insert("REFUND_OVER") }
        if isBeyond("penalty") { codes.insert("PENALTY_VARIANCE") }
        if isBeyond("fee") { codes.insert("FEE_VARIANCE") }
        if isBeyond("original") { codes.insert("ORIGINAL_AMOUNT_VARIANCE") }
        if let unexplained = facts.amounts["unexplained"], abs(unexplained) > tolerance(final?.currency ?? "") {
            codes.insert("FINAL_ARITHMETIC_MISMATCH")
        }
        if let currency = final?.currency, currency != order.currency.code { codes.insert("CURRENCY_MISMATCH") }
        if let entry, entry.amounts.hasSeveralCurrencies {
            codes.insert(facts.finalSource == "query" ? "CURRENCY_MISMATCH" : "QUERY_CURRENCIES_MIXED")
        }
        if let entry, facts.finalSource == "webhook", [2, 5].contains(entry.refundStatus.rawValue) {
            let queried = self.final(entry)
            if final?.currency == order.currency.code, queried.currency == order.currency.code,
                let told = final?.refund, let asked = queried.refund, abs(told - asked) > limit
            {
                codes.insert("SOURCE_AMOUNT_CONFLICT")
            }
        }
        if order.isRefundable == false, let refund = final?.refund, refund > 0 {
            codes.insert("REFUNDED_NOT_REFUNDABLE")
        }
        return codes
    }

    private func evidenceCodes(
        _ index: Int, _ got: Got, _ entry: RefundOrderEntry?, _ webhook: Webhook?
    ) -> Set<String> {
        var codes: Set<String> = []
        let hasTerminal = got.webhooks.contains(where: isTerminal)
        if let entry, let webhook, isTerminal(webhook), webhook.refundStatus != entry.refundStatus {
            codes.insert("STATUS_CONFLICT")
        }
        if cases[index].refundCode == nil {
            codes.insert("NOT_QUERYABLE")
        } else if case .ok = answers[index]?.outcome {
            if entry == nil { codes.insert("NOT_FOUND_AT_ATLAS") }
        } else {
            codes.insert("QUERY_FAILED")
        }
        if let entry, [2, 5].contains(entry.refundStatus.rawValue), !hasTerminal { codes.insert("MISSING_WEBHOOK") }
        if let entry, entry.isVoucher, cases[index].refundMethod != .voucher { codes.insert("VOUCHER_ISSUED") }
        let terminal = got.webhooks.filter(isTerminal)
        if terminal.contains(where: { says($0) != says(terminal[0]) }) { codes.insert("WEBHOOK_REVISED") }
        if got.isAmbiguous { codes.insert("AMBIGUOUS_MATCH") }
        if got.duplicates > 0 { codes.insert("DUPLICATE_WEBHOOK") }
        if let webhook {
            let told = says(webhook)
            if let fare = told[2], let ancillaries = told[3], fare + ancillaries != told[4] {
                codes.insert("PARTS_MISMATCH")
            }
            if let fare = told[5], let ancillaries = told[6], fare + ancillaries != told[7] {
                codes.insert("PARTS_MISMATCH")
            }
        }
        return codes
    }

    private func stateCodes(_ facts: Facts, _ order: RefundCase, _ expected: Side) -> Set<String> {
        var codes: Set<String> = []
        if order.hasConflict { codes.insert("CONFLICTING_ORDER") }
        if order.droppedDuplicates > 0 { codes.insert("DUPLICATE_ORDER") }
        if isQuoteInconsistent(order) { codes.insert("QUOTE_INCONSISTENT") }
        if let status = facts.status {
            let allowed: [UInt8] = order.paymentMethod == .vcc ? [0, 1, 4, 5, 6] : [0, 1, 2, 3, 4]
            if !allowed.contains(status) { codes.insert("STATUS_ILLEGAL_FOR_PAYMENT") }
        }
        switch facts.outcome {
        case "unverified": codes.insert("NO_EVIDENCE")
        case "overdue":
            if isConfirmationPast(facts) { codes.insert("OVERDUE_CONFIRMATION") }
            if isRefundPast(facts) { codes.insert("OVERDUE_REFUND") }
        case "rejected": if (expected.refund ?? 1) > 0 { codes.insert("REJECTED") }
        case "withdrawn": codes.insert("WITHDRAWN")
        case "unquoted": codes.insert("UNQUOTED")
        default: break
        }
        return codes
    }

    private func isQuoteInconsistent(_ order: RefundCase) -> Bool {
        let fare = order.originalTotalFareAmount?.minorUnits
        let ancillaries = order.originalTotalAncillaryAmount?.minorUnits ?? 0
        if let fare, let total = order.originalTotalAmount?.minorUnits, fare + ancillaries != total { return true }
        let parts = (
            order.airlinePenaltyAmountForFare?.minorUnits, order.airlinePenaltyAmountForAncillaries?.minorUnits
        )
        if let fare = parts.0, let ancillaries = parts.1, let total = order.airlinePenaltyAmount?.minorUnits,
            fare + ancillaries != total
        {
            return true
        }
        if order.refundQuoteType == .cannotQuote { return false }
        let side = expected(order)
        guard let estimate = order.estimatedRefundAmount?.minorUnits, let original = side.original,
            let penalty = side.penalty
        else { return false }
        return estimate != original - penalty
    }

    /// RULES.md's order of codes.
    static let listed = """
        REFUND_SHORT REFUND_OVER PENALTY_VARIANCE FEE_VARIANCE ORIGINAL_AMOUNT_VARIANCE FINAL_ARITHMETIC_MISMATCH \
        CURRENCY_MISMATCH STATUS_CONFLICT SOURCE_AMOUNT_CONFLICT CONFLICTING_ORDER QUERY_FAILED NOT_FOUND_AT_ATLAS \
        UNRECORDED_REFUND ORPHAN_WEBHOOK REFUNDED_NOT_REFUNDABLE REJECTED OVERDUE_CONFIRMATION OVERDUE_REFUND \
        STATUS_ILLEGAL_FOR_PAYMENT NO_EVIDENCE MISSING_WEBHOOK WEBHOOK_REVISED AMBIGUOUS_MATCH VOUCHER_ISSUED \
        QUOTE_INCONSISTENT PARTS_MISMATCH WITHDRAWN UNQUOTED NOT_QUERYABLE QUERY_CURRENCIES_MIXED \
        DUPLICATE_WEBHOOK DUPLICATE_ORDER
        """.split(separator: " ").map(String.init)
}
