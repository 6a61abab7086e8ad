import Memory
import Refunds

/// The breaks at the end of a night: opening + appeared − resolved − ended − closed = closing.
package struct ClosedLedger: Sendable, Equatable {
    /// How many there were before.
    package let opening: Int
    /// How many there were not, those included that a person has settled or closed already.
    package internal(set) var appeared = 0
    package internal(set) var counts: [BreakStanding: Int] = [:]
    /// How many of the settled ones leave the ledger, because their refund has ended.
    package internal(set) var ended = 0
    /// Tonight's, in the report's order.
    package let tonight: [ExaminedBreak]
    /// As the last night left them.
    package internal(set) var resolved: [BreakRecord] = []
    /// With tonight in their nights.
    package internal(set) var notExamined = ListedBreaks([], places: [], moreNights: 0)
    /// Decisions about rows that are neither breaks nor open.
    package internal(set) var unknownDispositions: [Disposition] = []
    /// Decisions to close open items that have changed since and are not breaks: they stay open.
    package internal(set) var notClosed: [Disposition] = []
    /// Decisions that are nearly words which settle or close, and do nothing.
    package internal(set) var miswritten: [Disposition] = []
    /// Decisions on texts without outcome and codes, by which breaks are reopened: nobody can tell whether these have changed.
    package internal(set) var onFormerAmounts: [Disposition] = []

    init(opening: Int, tonight: [ExaminedBreak]) {
        self.opening = opening
        self.tonight = tonight
    }

    /// All that are open, those included that tonight did not examine, in the order of their ids.
    package var breaks: OpenBreaks { OpenBreaks(tonight, notExamined) }

    /// How many are open.
    package var closing: Int { tonight.count(where: \.stays) + notExamined.count }

    package var balances: Bool {
        opening + appeared - counts[.resolved, default: 0] - ended - counts[.closed, default: 0] == closing
    }
}
