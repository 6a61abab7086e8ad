import Memory
import Refunds

/// What a person is shown of the rows, gathered as they pass: the largest exceptions and breaks, and the variances by
/// carrier. Memory depends on the limits and on the number of currencies and carriers, not on the number of rows.
///
/// The highlights of consecutive parts, merged in their order, are those of the whole.
package struct Highlights: Sendable {
    /// How many exceptions the page shows.
    package static let exceptionLimit = 100
    /// How many breaks the terminal shows.
    package static let breakLimit = 5

    /// The largest rows with an exception of severity error or warning.
    private(set) var exceptions = LargestRows(limit: exceptionLimit)
    /// The largest rows with an exception of severity error.
    private(set) var breaks = LargestRows(limit: breakLimit)
    private(set) var carriers = CarrierVariances()

    package init() {}

    /// Adds a row; rows come in the report's order.
    package mutating func add(_ row: ResultRow) {
        if let variance = row.variances.refund, variance != .zero { carriers.add(row) }
        guard row.isBreak else { return }
        exceptions.add(row)
        if row.exceptions.contains(Severity.error) { breaks.add(row) }
    }

    /// Adds those of the part that follows.
    package mutating func merge(_ next: Highlights) {
        exceptions.merge(next.exceptions)
        breaks.merge(next.breaks)
        carriers.merge(next.carriers)
    }
}
