import Memory
import Refunds
import Report
import State

/// The columns that tie a row to the nights before it (FROM-NIGHT-TO-NIGHT.md, "The files"). They hold nothing: a closure
/// that does costs more than most of these cells.
enum NightColumns {
    /// What the last night makes of a row.
    static let ofEveryNight = [
        Column("breakId") { $0.night.map { .id($0.id) } ?? .empty },
        Column("breakStanding") { ($0.night?.standing).map { .word($0.text) } ?? .empty },
        Column("breakAmounts") { $0.night.map { .word($0.amounts) } ?? .empty },
    ]

    static let withStore = [
        Column("breakSince", .date) { ($0.night?.since).map { .date($0) } ?? .empty },
        Column("breakNights", .count) { ($0.night?.nights).map { .count($0) } ?? .empty },
        Column("carriedFrom", .date) { $0.carriedFrom.map { .date($0) } ?? .empty },
        Column("answerAgeDays", .count) { $0.answerAgeDays.map { .count($0) } ?? .empty },
    ]
}

extension NightReader {
    var columns: [Column] {
        NightColumns.ofEveryNight + (opened.opening == nil ? [] : NightColumns.withStore)
    }

    /// The columns of a disposition: what a person decided about a row.
    var entryColumns: [Column] {
        let ledger = opened.ledger
        if !ledger.hasDispositions { return [] }
        func cell(_ part: @escaping @Sendable (Disposition) -> String) -> @Sendable (ResultRow) -> Cell {
            { row in
                guard let disposition = row.night.flatMap({ ledger.disposition(of: $0.id) }) else { return .empty }
                let text = part(disposition)
                return text.isEmpty ? .empty : .outsideText(Text(text))
            }
        }
        return [
            Column("disposition", .text, cell(\.decision)), Column("dispositionNote", .text, cell(\.note)),
            Column("dispositionPreparer", .text, cell(\.preparer)),
            Column("dispositionReviewer", .text, cell(\.reviewer)),
            Column("dispositionDate", .text, cell(\.date)),
        ]
    }
}
