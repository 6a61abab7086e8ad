import Memory
import Refunds

/// The largest rows of every currency, by the refund variance, else the amount at risk.
///
/// Amounts of different currencies cannot be compared, so each currency keeps its own largest, and a choice among all
/// takes them in turn: no currency hides another.
struct LargestRows: Sendable {
    /// A row that may be among the largest; by reference, for a row is wide and is moved when others come.
    final class Candidate: Sendable {
        let row: ResultRow
        /// How far the refund is off or at risk, in minor units; nil where that is not known.
        let size: Int64?
        /// Its place among the rows that were offered.
        let ordinal: Int

        init(_ row: ResultRow, _ size: Int64?, _ ordinal: Int) {
            self.row = row
            self.size = size
            self.ordinal = ordinal
        }
    }

    /// The largest of one currency.
    private struct Shelf: Sendable {
        /// How many rows were offered.
        var offered = 0
        /// The largest first, at most `limit`.
        var kept: [Candidate] = []
    }

    let limit: Int
    private var shelves: [Currency?: Shelf] = [:]
    /// How many rows were offered in all.
    private(set) var offered = 0

    init(limit: Int) { self.limit = limit }

    /// Offers a row; rows come in the report's order.
    mutating func add(_ row: ResultRow) {
        let ordinal = offered
        offered += 1
        let size = Self.size(row)
        shelves[row.currency, default: Shelf()].offered += 1
        guard let kept = shelves[row.currency]?.kept else { return }
        // A later row comes after an equal one, so only a larger one displaces the last.
        if kept.count == limit, let last = kept.last, !Self.isLarger(size, than: last.size) { return }
        insert(Candidate(row, size, ordinal), row.currency)
    }

    /// Takes the rows of the part that follows.
    mutating func merge(_ next: LargestRows) {
        for (currency, shelf) in next.shelves {
            shelves[currency, default: Shelf()].offered += shelf.offered
            for candidate in shelf.kept {
                // The largest come first: after one that is too small, all are.
                if let kept = shelves[currency]?.kept, kept.count == limit, let last = kept.last,
                    !Self.isLarger(candidate.size, than: last.size)
                {
                    break
                }
                insert(Candidate(candidate.row, candidate.size, offered + candidate.ordinal), currency)
            }
        }
        offered += next.offered
    }

    private mutating func insert(_ candidate: Candidate, _ currency: Currency?) {
        guard limit > 0, var kept = shelves[currency]?.kept else { return }
        shelves[currency]?.kept = []
        var (low, high) = (0, kept.count)
        while low < high {
            let middle = (low + high) / 2
            if Self.precedes(kept[middle], candidate) { low = middle + 1 } else { high = middle }
        }
        kept.insert(candidate, at: low)
        if kept.count > limit { kept.removeLast() }
        shelves[currency]?.kept = kept
    }

    /// The largest of all currencies: of each the largest, then of each the second, and so on, the currencies with the
    /// most rows first, until there are `limit`; ordered by currency, no currency last, and size.
    var largest: [ResultRow] { chosen.sorted(by: Self.precedesInReport).map(\.row) }

    /// The same in the order in which they were chosen.
    var largestInTurn: [ResultRow] { chosen.map(\.row) }

    private var chosen: [Candidate] {
        let ordered = shelves.sorted { left, right in
            left.value.offered == right.value.offered
                ? Self.precedes(left.key, right.key) : left.value.offered > right.value.offered
        }
        let ranks = ordered.map(\.value.kept.count).max() ?? 0
        let inTurn = (0..<ranks).flatMap { rank in
            ordered.compactMap { rank < $0.value.kept.count ? $0.value.kept[rank] : nil }
        }
        return Array(inTurn.prefix(limit))
    }

    /// How many rows are held, of all currencies.
    var keptCount: Int { shelves.values.reduce(0) { $0 + $1.kept.count } }

    // MARK: Order

    /// The refund variance, else the amount at risk.
    private static func size(_ row: ResultRow) -> Int64? {
        (row.variances.refund?.magnitude ?? row.atRisk)?.minorUnits
    }

    private static func isLarger(_ left: Int64?, than right: Int64?) -> Bool {
        guard let left else { return false }
        return right.map { left > $0 } ?? true
    }

    /// The larger first, then as the report has them.
    private static func precedes(_ left: Candidate, _ right: Candidate) -> Bool {
        left.size == right.size ? left.ordinal < right.ordinal : isLarger(left.size, than: right.size)
    }

    private static func precedes(_ left: Currency?, _ right: Currency?) -> Bool {
        guard let left else { return false }
        return right.map { left < $0 } ?? true
    }

    private static func precedesInReport(_ left: Candidate, _ right: Candidate) -> Bool {
        left.row.currency == right.row.currency
            ? precedes(left, right) : precedes(left.row.currency, right.row.currency)
    }
}
