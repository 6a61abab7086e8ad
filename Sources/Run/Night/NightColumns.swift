import Core
import Ingest
import Report
import State

/// The columns that tie a row to the nights before it (docs/FORMATS.md, "From night to night").
struct NightColumns {
    let reader: NightReader
    let carried: CarriedRecords?

    /// What the last night makes of a row, and what a person decided about it.
    var columns: [Column] {
        let (reader, ledger) = (reader, reader.night.ledger)
        /// The cell of a row that is a break, or was one at the last night.
        func cell(_ make: @escaping @Sendable (BreakId, ResultRow, BreakStanding) -> Cell)
            -> @Sendable (ResultRow) -> Cell
        {
            { row in
                if !row.isException, ledger.before?.isEmpty ?? true { return .empty }
                let id = reader.key(row).id
                let standing = ledger.standing(id, isBreak: row.isException, amounts: BreakAmounts.text(row))
                return standing.map { make(id, row, $0) } ?? .empty
            }
        }
        var columns = [
            Column("breakId", .text, cell { id, _, _ in .word(id.description) }),
            Column("breakStanding", .text, cell { _, _, standing in .word(standing.rawValue) }),
            Column("breakAmounts", .text, cell { _, row, _ in .word(BreakAmounts.text(row)) }),
        ]
        if reader.night.opening != nil {
            columns += [
                Column("breakSince", .date, cell { id, _, _ in .date(ledger.since(id)) }),
                Column(
                    "breakNights", .count, cell { id, row, _ in .count(ledger.nights(id, isBreak: row.isException)) }),
                Column("carriedFrom", .date, carriedFrom), Column("answerAgeDays", .count, answerAge),
            ]
        }
        return columns
    }

    /// The columns of a disposition.
    var entryColumns: [Column] {
        let (reader, ledger) = (reader, reader.night.ledger)
        if ledger.dispositions.isEmpty { return [] }
        func cell(_ part: @escaping @Sendable (Disposition) -> String) -> @Sendable (ResultRow) -> Cell {
            { row in
                guard let disposition = ledger.dispositions[reader.key(row).id] else { return .empty }
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
            guard let source = row.querySource, let answer = carried?.answer(at: source) else { return .empty }
            return .count(asOf.days(since: answer.receivedFor))
        }
    }
}
