import Refunds
import Schema
import State

extension NightReader {
    /// The columns that tie a row to the nights before it (FROM-NIGHT-TO-NIGHT.md, "Breaks").
    var columns: [AddedColumns] {
        [.breaks] + (opened.opening == nil ? [] : [.nights]) + (opened.ledger.hasDispositions ? [.dispositions] : [])
    }

    /// What a person decided about a row.
    func decision(_ row: ResultRow) -> RowDecision? {
        guard let disposition = row.night.flatMap({ opened.ledger.disposition(of: $0.id) }) else { return nil }
        return RowDecision(
            decision: disposition.decision, note: disposition.note, preparer: disposition.preparer,
            reviewer: disposition.reviewer, date: disposition.date)
    }
}
