import Memory
import Refunds

extension ReportContext {
    /// Every currency that has totals, in alphabetical order.
    var currencies: [Currency] { summary.totals.keys.sorted() }

    /// Those with the most cases first.
    var currenciesByCases: [Currency] {
        let counted = currencies.map { (currency: $0, cases: caseCount($0)) }
        return counted.sorted { $0.cases == $1.cases ? $0.currency < $1.currency : $0.cases > $1.cases }.map(\.currency)
    }

    func caseCount(_ currency: Currency) -> Int {
        summary.byCarrier.reduce(0) { $0 + ($1.key.currency == currency ? $1.value.cases : 0) }
    }

    func totals(_ currency: Currency) -> CurrencyTotals { summary.totals[currency] ?? CurrencyTotals() }

    /// Cases that have an outcome.
    var caseCount: Int { Outcome.allCases.reduce(0) { $0 + summary.cases[$1, default: 0] } }
}

extension CurrencyTotals {
    /// Overpaid and underpaid amounts added up: the net variance hides those that offset each other.
    var grossVariance: Total { over - short }
}

extension ResultRow {
    /// The expected refund at risk: of a case rejected, withdrawn, overdue or unverified.
    var atRisk: Amount? { outcome?.isAtRisk == true ? expected?.refund : nil }
}
