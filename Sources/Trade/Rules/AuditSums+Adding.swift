import Memory
import Refunds

extension AuditSums {
    /// Adds the finding of a case in its currency.
    mutating func add(_ finding: AuditFinding, _ currency: Currency) throws(Total.Overflow) {
        if let reason = finding.unknown { unknown[reason, default: 0] += 1 }
        guard finding.due != nil else { return }
        var sums = byCurrency[currency] ?? OfCurrency()
        if let difference = finding.quotedVersusDue { try sums.quoted.add(difference) }
        if let difference = finding.finalVersusDue { try sums.final.add(difference) }
        byCurrency[currency] = sums
    }

    mutating func merge(_ other: AuditSums) throws(Total.Overflow) {
        for (reason, count) in other.unknown { unknown[reason, default: 0] += count }
        for (currency, sums) in other.byCurrency {
            var merged = byCurrency[currency] ?? OfCurrency()
            try merged.quoted.merge(sums.quoted)
            try merged.final.merge(sums.final)
            byCurrency[currency] = merged
        }
    }
}

extension AuditSums.Compared {
    fileprivate mutating func add(_ difference: Amount) throws(Total.Overflow) {
        cases += 1
        if difference > .zero {
            above += 1
            try aboveAmount.add(difference)
        } else if difference.isNegative {
            below += 1
            try belowAmount.add(difference)
        }
    }

    fileprivate mutating func merge(_ other: AuditSums.Compared) throws(Total.Overflow) {
        cases += other.cases
        above += other.above
        below += other.below
        try aboveAmount.add(other.aboveAmount)
        try belowAmount.add(other.belowAmount)
    }
}
