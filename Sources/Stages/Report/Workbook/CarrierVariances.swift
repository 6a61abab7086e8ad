import Memory
import Refunds

/// Refund variances by carrier and currency, gross beside net: offsetting variances net to zero and hide.
struct CarrierVariances: Sendable {
    struct Sum: Equatable, Sendable {
        /// Cases that have both sides.
        var cases = 0
        var gross = Total()
        var net = Total()
    }

    private(set) var sums: [CarrierCurrency: Sum] = [:]

    mutating func add(_ row: ResultRow) {
        guard row.rowType == .case, let currency = row.currency, let variance = row.variances.refund else { return }
        let key = CarrierCurrency(carrier: row.carrier ?? "", currency: currency)
        let sum = sums[key, default: Sum()]
        sums[key] = Sum(
            cases: sum.cases + 1,
            gross: sum.gross + Total(variance.magnitude),
            net: sum.net + Total(variance))
    }

    /// Adds those of other rows.
    mutating func merge(_ other: CarrierVariances) {
        for (key, added) in other.sums {
            let sum = sums[key, default: Sum()]
            sums[key] = Sum(
                cases: sum.cases + added.cases,
                gross: sum.gross + added.gross,
                net: sum.net + added.net)
        }
    }

    /// The carriers of a currency with the largest gross variance that is not zero, largest first.
    func largest(_ count: Int, in currency: Currency) -> [(carrier: Text, sum: Sum)] {
        let found = sums.filter { $0.key.currency == currency && $0.value.gross.minorUnits > 0 }
            .map { (carrier: $0.key.carrier, sum: $0.value) }
        let sorted = found.sorted { left, right in
            left.sum.gross == right.sum.gross
                ? left.carrier < right.carrier
                : left.sum.gross.minorUnits > right.sum.gross.minorUnits
        }
        return Array(sorted.prefix(count))
    }
}
