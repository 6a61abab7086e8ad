import Core
import Ingest
import Report
import State

/// The columns that tie a row to the nights before it (docs/FORMATS.md, "From night to night").
struct NightColumns {
    let reader: NightReader
    let carried: CarriedPlaces?

    /// What the last night makes of a row, and what a person decided about it.
    var columns: [Column] {
        func cell(_ make: @escaping @Sendable (NightMark) -> Cell) -> @Sendable (ResultRow) -> Cell {
            { row in row.night.map(make) ?? .empty }
        }
        var columns = [
            Column("breakId", .text, cell { .id($0.id) }),
            Column("breakStanding", .text, cell { mark in mark.standing.map { .word($0.text) } ?? .empty }),
            Column("breakAmounts", .text, cell { .word($0.amounts) }),
        ]
        if reader.night.opening != nil {
            columns += [
                Column("breakSince", .date, cell { mark in mark.since.map { .date($0) } ?? .empty }),
                Column("breakNights", .count, cell { mark in mark.nights.map { .count($0) } ?? .empty }),
                Column("carriedFrom", .date, carriedFrom), Column("answerAgeDays", .count, answerAge),
            ]
        }
        return columns
    }

    /// The columns of a disposition.
    var entryColumns: [Column] {
        let ledger = reader.night.ledger
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

    /// The as-of date of the first report that had the record of a case that is carried forward.
    private var carriedFrom: @Sendable (ResultRow) -> Cell {
        { [carried] row in
            guard row.rowType == .case, let first = carried?.firstPlace(of: row.source) else { return .empty }
            return .date(first.asOf)
        }
    }

    /// How many days before tonight the answer was received that a night before got.
    private var answerAge: @Sendable (ResultRow) -> Cell {
        { [carried, asOf = reader.asOf] row in
            guard let source = row.querySource, let night = carried?.answerReceivedFor(source) else { return .empty }
            return .count(asOf.days(since: night))
        }
    }
}
