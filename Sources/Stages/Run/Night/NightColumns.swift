import Refunds
import Night
import Rules
import Schema

extension NightReader {
    /// The columns that tie a row to the nights before it (FROM-NIGHT-TO-NIGHT.md, "Breaks").
    var columns: [AddedColumns] {
        [.breaks] + (opened.opening == nil ? [] : [.nights]) + (opened.ledger.hasDispositions ? [.dispositions] : [])
    }
}
