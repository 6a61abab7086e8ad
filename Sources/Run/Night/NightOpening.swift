import Core
import State

/// What a night begins with: what the last one before it closed with. Empty on the first night.
struct NightOpening: Sendable, Equatable {
    /// The night that it comes from.
    var asOf: CalendarDate?
    /// The SHA-256 of all that it handed on; nil on the first night.
    var digest: String?
    var items: [OpenItem] = []
    /// What the items come to, as that night added them up.
    var balance = OpenBalance()
    /// All breaks that were open.
    var breaks: [BreakRecord] = []

    /// Says so where nights between are missing; nil where none is.
    func missedNights(before asOf: CalendarDate) -> String? {
        guard let opened = self.asOf, case let days = asOf.days(since: opened), days > 1 else { return nil }
        let missed =
            days == 2
            ? "the night of \(opened.adding(days: 1)) is"
            : "the nights from \(opened.adding(days: 1)) to \(asOf.adding(days: -1)) are"
        return "warning: \(missed) not in the state, so this one is opened from \(opened): "
            + "run missed days in their order, then this one again"
    }
}
