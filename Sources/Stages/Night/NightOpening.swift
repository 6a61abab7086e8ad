import Memory
import Refunds
import Rules

/// The opening of a night: the closing of the last one before it. Empty on the first night.
package struct NightOpening: Sendable, Equatable {
    /// The night that it comes from.
    package private(set) var asOf: CalendarDate?
    /// The SHA-256 of all that it handed on; nil on the first night.
    package private(set) var digest: String?
    /// In the order of their ids, as the files of the report have them: one that is made again has nothing else to go by.
    package private(set) var items: [OpenItem] = []
    /// The sums of the items, as that night added them up.
    package private(set) var balance = OpenBalance()
    /// All breaks that were open, in the order of their ids.
    package private(set) var breaks: [BreakRecord] = []

    /// Of the first night.
    package init() {}

    /// - Parameters:
    ///   - items: in any order, as are the breaks.
    package init(asOf: CalendarDate?, digest: String?, items: [OpenItem], balance: OpenBalance, breaks: [BreakRecord]) {
        self.asOf = asOf
        self.digest = digest
        self.items = items.sortedByID
        self.balance = balance
        self.breaks = breaks.sortedByID
    }

    /// Says so where nights between are missing; nil where none is.
    package func missedNights(before asOf: CalendarDate) -> String? {
        guard let opened = self.asOf, case let days = asOf.days(since: opened), days > 1 else { return nil }
        let missed =
            days == 2
            ? "the night of \(opened.adding(days: 1)) is"
            : "the nights from \(opened.adding(days: 1)) to \(asOf.adding(days: -1)) are"
        return "warning: \(missed) not in the state, so this one is opened from \(opened): "
            + "run missed days in their order, then this one again"
    }
}
