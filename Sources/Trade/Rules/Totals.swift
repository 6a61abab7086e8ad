import Memory
import Refunds

/// Sums rows up. It numbers what it counts by, so that adding a row looks nothing up by a name; `summary` has the names.
package struct SummaryTally: Sendable {
    /// The sums of one currency, and its open cases by age.
    private struct ByCurrency {
        let currency: Currency
        var totals = CurrencyTotals()
        /// Whether a case or a final was of this currency.
        var hasTotals = false
        /// Of the webhooks of this currency, nil where there are none; likewise of the finals.
        var webhooks: WebhookControl?
        var finals: FinalControl?
        var ageing = [AgeingTotals](repeating: AgeingTotals(), count: AgeBucket.allCases.count)

        mutating func addFinalAmount(_ refund: Amount?, _ source: EvidenceSource?) {
            var amounts = finals ?? FinalControl()
            if let refund {
                switch source {
                case .webhook: amounts.webhook += refund
                case .query: amounts.query += refund
                case nil: break
                }
            }
            finals = amounts
        }
    }

    private var rows = Controls.Rows()
    private var outcomes = [Int](repeating: 0, count: Outcome.allCases.count)
    private var exceptions = [Int](repeating: 0, count: ExceptionCode.allCases.count)
    private var byCurrency: [ByCurrency] = []
    /// The place of each currency in `byCurrency`, by its ordinal; negative for none.
    private var placeOfCurrency = [Int16](repeating: -1, count: 256)
    private var carriers: [(key: CarrierCurrency, totals: CarrierTotals)] = []
    private var carrierIndex = HashIndex()
    private var ruleAudit = AuditSums()
    private var feeAudit = AuditSums()

    package init() {}

    /// Adds a row. Totals are of case rows only; a final counts under its own currency (FORMATS.md, "summary.json").
    package mutating func add(_ row: ResultRow) {
        for code in row.exceptions { exceptions[code.ordinal] += 1 }
        switch row.rowType {
        case .orphanWebhook: rows.orphanWebhook += 1
        case .unrecordedRefund: rows.unrecordedRefund += 1
        case .case:
            rows.case += 1
            guard let currency = row.currency, let outcome = row.outcome else { return }
            outcomes[outcome.ordinal] += 1
            let place = place(of: currency)
            byCurrency[place].totals.addExpected(row, outcome)
            byCurrency[place].hasTotals = true
            if let final = row.final, let finalCurrency = row.finalCurrency {
                let place = self.place(of: finalCurrency)
                byCurrency[place].totals.final += final
                byCurrency[place].hasTotals = true
                byCurrency[place].addFinalAmount(final.refund, row.finalSource)
            }
            addCarrier(row, currency)
            if let bucket = row.ageBucket { byCurrency[place].ageing[bucket.ordinal].add(row) }
            if let finding = row.audits?.rule { ruleAudit.add(finding, currency) }
            if let finding = row.audits?.fee { feeAudit.add(finding, currency) }
        }
    }

    /// Where the amount of a webhook goes (FORMATS.md, `webhookAmounts`).
    package enum WebhookUse: Sendable {
        case final, notFinal, orphan
    }

    /// Adds the final refund of a webhook that is not a duplicate.
    package mutating func add(_ webhook: Webhook, _ use: WebhookUse) {
        let place = place(of: webhook.currency)
        var amounts = byCurrency[place].webhooks ?? WebhookControl()
        switch use {
        case .final: amounts.final += webhook.finalRefundAmount
        case .notFinal: amounts.notFinal += webhook.finalRefundAmount
        case .orphan: amounts.orphan += webhook.finalRefundAmount
        }
        byCurrency[place].webhooks = amounts
    }

    private mutating func place(of currency: Currency) -> Int {
        let known = placeOfCurrency[currency.ordinal]
        if known >= 0 { return Int(known) }
        placeOfCurrency[currency.ordinal] = Int16(byCurrency.count)
        byCurrency.append(ByCurrency(currency: currency))
        return byCurrency.count - 1
    }

    private mutating func addCarrier(_ row: ResultRow, _ currency: Currency) {
        let carrier = row.carrier ?? ""
        let place = place(of: CarrierCurrency(carrier: carrier, currency: currency))
        carriers[place].totals.cases += 1
        if let refund = row.expected?.refund { carriers[place].totals.expectedRefund += refund }
        if let variance = row.variances.refund { carriers[place].totals.refundVariance += variance }
        if let finalCurrency = row.finalCurrency, let refund = row.final?.refund {
            let finalPlace =
                finalCurrency == currency
                ? place : self.place(of: CarrierCurrency(carrier: carrier, currency: finalCurrency))
            carriers[finalPlace].totals.finalRefund += refund
        }
    }

    private mutating func place(of key: CarrierCurrency) -> Int {
        let hash = key.carrier.keyHash &+ key.currency.ordinal &* 0x9E37_79B9
        if let known = carrierIndex.find(hash, { carriers[$0].key == key }) { return known }
        carrierIndex.insert(carriers.count, hash)
        carriers.append((key, CarrierTotals()))
        return carriers.count - 1
    }

    /// The sums of all rows that were added.
    package var summary: Summary {
        var summary = Summary()
        summary.rows = rows
        for outcome in Outcome.allCases where outcomes[outcome.ordinal] > 0 {
            summary.cases[outcome] = outcomes[outcome.ordinal]
        }
        for code in ExceptionCode.allCases where exceptions[code.ordinal] > 0 {
            summary.exceptions[code] = exceptions[code.ordinal]
        }
        for sums in byCurrency {
            if sums.hasTotals { summary.totals[sums.currency] = sums.totals }
            summary.webhookAmounts[sums.currency] = sums.webhooks
            summary.finalAmounts[sums.currency] = sums.finals
            for bucket in AgeBucket.allCases where sums.ageing[bucket.ordinal].cases > 0 {
                summary.ageing[CurrencyBucket(currency: sums.currency, bucket: bucket)] = sums.ageing[bucket.ordinal]
            }
        }
        for (key, totals) in carriers { summary.byCarrier[key] = totals }
        summary.ruleAudit = ruleAudit
        summary.feeAudit = feeAudit
        return summary
    }
}

extension AgeingTotals {
    fileprivate mutating func add(_ row: ResultRow) {
        cases += 1
        if let refund = row.expected?.refund { expectedRefund += refund }
    }
}

extension Summary {
    /// Adds one row.
    package mutating func add(_ row: ResultRow) {
        var tally = SummaryTally()
        tally.add(row)
        merge(tally.summary)
    }

    /// Adds the summary of other rows: the summary of a whole is that of its parts, in any order and by any split.
    package mutating func merge(_ other: Summary) {
        for (outcome, count) in other.cases { cases[outcome, default: 0] += count }
        for (code, count) in other.exceptions { exceptions[code, default: 0] += count }
        rows.case += other.rows.case
        rows.orphanWebhook += other.rows.orphanWebhook
        rows.unrecordedRefund += other.rows.unrecordedRefund
        for (currency, sums) in other.totals { totals[currency, default: CurrencyTotals()].merge(sums) }
        for (currency, amounts) in other.webhookAmounts {
            for (_, path) in WebhookControl.columns.parts {
                webhookAmounts[currency, default: WebhookControl()][keyPath: path] += amounts[keyPath: path]
            }
        }
        for (currency, amounts) in other.finalAmounts {
            for (_, path) in FinalControl.columns.parts {
                finalAmounts[currency, default: FinalControl()][keyPath: path] += amounts[keyPath: path]
            }
        }
        for (key, sums) in other.byCarrier {
            byCarrier[key, default: CarrierTotals()].cases += sums.cases
            byCarrier[key]?.expectedRefund += sums.expectedRefund
            byCarrier[key]?.finalRefund += sums.finalRefund
            byCarrier[key]?.refundVariance += sums.refundVariance
        }
        for (key, sums) in other.ageing {
            ageing[key, default: AgeingTotals()].cases += sums.cases
            ageing[key]?.expectedRefund += sums.expectedRefund
        }
        ruleAudit.merge(other.ruleAudit)
        feeAudit.merge(other.feeAudit)
    }
}

extension CurrencyTotals {
    fileprivate mutating func addExpected(_ row: ResultRow, _ outcome: Outcome) {
        guard let amounts = row.expected else { return }
        expected += amounts
        guard let refund = amounts.refund else { return }
        if outcome.isAtRisk { atRisk += refund }
        if outcome.isInProgress { inProgress += refund }
        // Variances count where both sides have a refund in one currency.
        guard let difference = row.variances.refund else { return }
        variance += row.variances
        if difference.isNegative { short += difference } else { over += difference }
        if let amount = row.unexplained { unexplained += amount }
    }

    fileprivate mutating func merge(_ other: CurrencyTotals) {
        for (_, path) in Self.columns { self[keyPath: path] += other[keyPath: path] }
    }
}
