import Core

extension Summary {
    /// Adds a row. Totals are of case rows only; a final counts under its own currency (FORMATS.md, "summary.json").
    public mutating func add(_ row: ResultRow) throws(Total.Overflow) {
        for code in row.exceptions { exceptions[code, default: 0] += 1 }
        switch row.rowType {
        case .orphanWebhook: rows.orphanWebhook += 1
        case .unrecordedRefund: rows.unrecordedRefund += 1
        case .case:
            rows.case += 1
            guard let currency = row.currency, let outcome = row.outcome else { return }
            cases[outcome, default: 0] += 1
            try totals[currency, default: CurrencyTotals()].addExpected(row, outcome)
            if let final = row.final, let finalCurrency = final.currency {
                try totals[finalCurrency, default: CurrencyTotals()].addFinal(final)
            }
            try addCarrier(row, currency)
            try addAgeing(row, currency)
        }
    }

    private mutating func addCarrier(_ row: ResultRow, _ currency: Currency) throws(Total.Overflow) {
        let carrier = row.carrier ?? ""
        let key = CarrierCurrency(carrier: carrier, currency: currency)
        byCarrier[key, default: CarrierTotals()].cases += 1
        if let refund = row.expected?.refund { try byCarrier[key]?.expectedRefund.add(refund) }
        if let variance = row.variances.refund { try byCarrier[key]?.refundVariance.add(variance) }
        if let final = row.final, let finalCurrency = final.currency, let refund = final.refund {
            let finalKey = CarrierCurrency(carrier: carrier, currency: finalCurrency)
            try byCarrier[finalKey, default: CarrierTotals()].finalRefund.add(refund)
        }
    }

    private mutating func addAgeing(_ row: ResultRow, _ currency: Currency) throws(Total.Overflow) {
        guard let bucket = row.ageBucket else { return }
        let key = CurrencyBucket(currency: currency, bucket: bucket)
        ageing[key, default: AgeingTotals()].cases += 1
        if let refund = row.expected?.refund { try ageing[key]?.expectedRefund.add(refund) }
    }

    /// Adds the summary of other rows: the summary of a whole is that of its parts, in any order and by any split.
    public mutating func merge(_ other: Summary) throws(Total.Overflow) {
        for (outcome, count) in other.cases { cases[outcome, default: 0] += count }
        for (code, count) in other.exceptions { exceptions[code, default: 0] += count }
        rows.case += other.rows.case
        rows.orphanWebhook += other.rows.orphanWebhook
        rows.unrecordedRefund += other.rows.unrecordedRefund
        for (currency, sums) in other.totals { try totals[currency, default: CurrencyTotals()].merge(sums) }
        for (key, sums) in other.byCarrier {
            byCarrier[key, default: CarrierTotals()].cases += sums.cases
            try byCarrier[key]?.expectedRefund.add(sums.expectedRefund)
            try byCarrier[key]?.finalRefund.add(sums.finalRefund)
            try byCarrier[key]?.refundVariance.add(sums.refundVariance)
        }
        for (key, sums) in other.ageing {
            ageing[key, default: AgeingTotals()].cases += sums.cases
            try ageing[key]?.expectedRefund.add(sums.expectedRefund)
        }
    }
}

extension CurrencyTotals {
    fileprivate mutating func addExpected(_ row: ResultRow, _ outcome: Outcome) throws(Total.Overflow) {
        guard let expected = row.expected else { return }
        if let original = expected.original { try expectedOriginal.add(original) }
        if let penalty = expected.penalty { try expectedPenalty.add(penalty) }
        if let fee = expected.fee { try expectedFee.add(fee) }
        guard let refund = expected.refund else { return }
        try expectedRefund.add(refund)
        switch outcome {
        case .rejected, .withdrawn, .overdue, .unverified: try atRisk.add(refund)
        case .pending: try open.add(refund)
        case .unquoted, .variance, .withinTolerance, .matched: break
        }
        if let variance = row.variances.refund { try addVariances(row, variance) }
    }

    /// Over the cases that have both sides: E.refund and F.refund have values in one currency.
    private mutating func addVariances(_ row: ResultRow, _ refund: Amount) throws(Total.Overflow) {
        try refundVariance.add(refund)
        if refund.isNegative { try refundShort.add(refund) } else { try refundOver.add(refund) }
        if let original = row.variances.original { try originalVariance.add(original) }
        if let penalty = row.variances.penalty { try penaltyVariance.add(penalty) }
        if let fee = row.variances.fee { try feeVariance.add(fee) }
        if let unexplained = row.unexplained { try unexplainedVariance.add(unexplained) }
    }

    fileprivate mutating func addFinal(_ final: FinalSide) throws(Total.Overflow) {
        if let original = final.original { try finalOriginal.add(original) }
        if let penalty = final.penalty { try finalPenalty.add(penalty) }
        if let fee = final.fee { try finalFee.add(fee) }
        if let refund = final.refund { try finalRefund.add(refund) }
    }

    fileprivate mutating func merge(_ other: CurrencyTotals) throws(Total.Overflow) {
        for (_, path) in Self.columns { try self[keyPath: path].add(other[keyPath: path]) }
    }
}
