import Memory
import Refunds

/// Refund variances by carrier and currency, gross beside net: offsetting variances net to zero and hide.
struct CarrierVariances: Sendable {
    struct Sum: Equatable, Sendable {
        /// Cases that have both sides.
        var cases = 0
        var refundBeforeFee = Total()
        var net = Total()
    }

    private(set) var sums: [CarrierCurrency: Sum] = [:]

    mutating func add(_ row: ResultRow) {
        guard row.rowType == .case, let currency = row.currency, let variance = row.variances.refund else { return }
        let key = CarrierCurrency(carrier: row.carrier ?? "", currency: currency)
        let sum = sums[key, default: Sum()]
        sums[key] = Sum(
            cases: sum.cases + 1,
            refundBeforeFee: Total(minorUnits: sum.refundBeforeFee.minorUnits &+ Int128(variance.magnitude.minorUnits)),
            net: Total(minorUnits: sum.net.minorUnits &+ Int128(variance.minorUnits)))
    }

    /// Adds those of other rows.
    mutating func merge(_ other: CarrierVariances) {
        for (key, added) in other.sums {
            let sum = sums[key, default: Sum()]
            sums[key] = Sum(
                cases: sum.cases + added.cases,
                refundBeforeFee: Total(minorUnits: sum.refundBeforeFee.minorUnits &+ added.refundBeforeFee.minorUnits),
                net: Total(minorUnits: sum.net.minorUnits &+ added.net.minorUnits))
        }
    }

    /// The carriers of a currency with the largest gross variance that is not zero, largest first.
    func largest(_ count: Int, in currency: Currency) -> [(carrier: Text, sum: Sum)] {
        let found = sums.filter { $0.key.currency == currency && $0.value.refundBeforeFee.minorUnits > 0 }
            .map { (carrier: $0.key.carrier, sum: $0.value) }
        let sorted = found.sorted { left, right in
            left.sum.refundBeforeFee == right.sum.refundBeforeFee
                ? left.carrier < right.carrier
                : left.sum.refundBeforeFee.minorUnits > right.sum.refundBeforeFee.minorUnits
        }
        return Array(sorted.prefix(count))
    }
}
