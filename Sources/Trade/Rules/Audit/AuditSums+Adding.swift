import Memory
import Refunds

extension AuditSums {
    /// Adds the finding of a case in its currency.
    mutating func add(_ finding: AuditFinding, _ currency: Currency) {
        if let reason = finding.unknown { unknown[reason, default: 0] += 1 }
        guard finding.due != nil else { return }
        var sums = byCurrency[currency] ?? OfCurrency()
        if let difference = finding.quotedVersusDue { sums.quoted.add(difference) }
        if let difference = finding.finalVersusDue { sums.final.add(difference) }
        byCurrency[currency] = sums
    }

    mutating func merge(_ other: AuditSums) {
        for (reason, count) in other.unknown { unknown[reason, default: 0] += count }
        for (currency, sums) in other.byCurrency {
            var merged = byCurrency[currency] ?? OfCurrency()
            merged.quoted.merge(sums.quoted)
            merged.final.merge(sums.final)
            byCurrency[currency] = merged
        }
    }
}

extension AuditSums.Compared {
    fileprivate mutating func add(_ difference: Amount) {
        cases += 1
        if difference > .zero {
            above += 1
            aboveAmount += difference
        } else if difference.isNegative {
            below += 1
            belowAmount += difference
        }
    }

    fileprivate mutating func merge(_ other: AuditSums.Compared) {
        cases += other.cases
        above += other.above
        below += other.below
        aboveAmount += other.aboveAmount
        belowAmount += other.belowAmount
    }
}
