import Memory
import Refunds

/// Columns that an option adds after those of the contract; in JSON Lines, after `evidence`.
public enum AddedColumns: Sendable, CaseIterable {
    /// `--audit-rules`
    case ruleAudit
    /// `--fee-schedule`
    case feeAudit
    /// The links of a row to the nights before.
    case breaks
    /// `--state`
    case nights
    /// A person's decision about a row; in the workbook's Exceptions sheet these are the columns that a person fills in.
    case dispositions

    public var columns: [Column] { ReportColumns.columns { $0.writeCells(of: self, to: &$1) } }

    /// The cells of a row.
    public func cells(of row: ResultRow) -> [Cell] {
        var list = CellList()
        row.writeCells(of: self, to: &list)
        return list.cells
    }
}

extension ResultRow {
    /// The table of these columns; a line is as in that of the contract's.
    @inline(__always)
    public func writeCells<Cells: CellSink & ~Copyable>(of columns: AddedColumns, to cells: inout Cells) {
        switch columns {
        case .ruleAudit: writeRuleAudit(to: &cells)
        case .feeAudit: writeFeeAudit(to: &cells)
        case .breaks: writeBreaks(to: &cells)
        case .nights: writeNights(to: &cells)
        case .dispositions: writeDisposition(to: &cells)
        }
    }

    private func writeRuleAudit<Cells: CellSink & ~Copyable>(to cells: inout Cells) {
        let audit = audits?.rule
        cells.amount("rulePenaltyAmount", audit?.due, currency, "what the refund rules come to")
        cells.amount(
            "quotedPenaltyVersusRule", audit?.quotedVersusDue, currency,
            "the quoted and the final penalty of the fare − that")
        cells.amount(
            "finalPenaltyVersusRule", audit?.finalVersusDue, currency,
            "the quoted and the final penalty of the fare − that")
        cells.word(
            "ruleUnknown", audit?.unknown?.text, width: 15,
            "why quotedPenaltyVersusRule has no value; empty where it has one")
    }

    private func writeFeeAudit<Cells: CellSink & ~Copyable>(to cells: inout Cells) {
        let audit = audits?.fee
        cells.amount("contractedFee", audit?.due, currency, "the fee of the schedule")
        cells.amount(
            "quotedFeeVersusContract", audit?.quotedVersusDue, currency, "the quoted and the final fee − that")
        cells.amount(
            "chargedFeeVersusContract", audit?.finalVersusDue, currency, "the quoted and the final fee − that")
        cells.word(
            "feeUnknown", audit?.unknown?.text, width: 15,
            "why quotedFeeVersusContract has no value; empty where it has one")
    }

    private func writeBreaks<Cells: CellSink & ~Copyable>(to cells: inout Cells) {
        cells.id("breakId", night?.id, "of a row that is a break, was one at the last night, or is open")
        cells.word(
            "breakStanding", night?.standing?.text, width: 15,
            "of a row that is a break, was one at the last night, or was closed")
        cells.word(
            "breakAmounts", night?.amounts, width: 15,
            """
            the decisive values of the row, as one text: `variance REFUND_SHORT USD 47.32/5.00/2.00/40.32 final USD \
            47.32/0.00/2.00/37.32`: the outcome; the codes of severity error or warning, joined by `+`; original, \
            penalty, fee and refund, expected and final; `-` for no value
            """)
    }

    private func writeNights<Cells: CellSink & ~Copyable>(to cells: inout Cells) {
        cells.date(
            "breakSince", night?.since,
            """
            the first report that had the break, and in how many nights it was open; with a store. Empty for a break \
            that is not followed: it was settled and its refund had ended before
            """)
        cells.count(
            "breakNights", night?.nights,
            """
            the first report that had the break, and in how many nights it was open; with a store. Empty for a break \
            that is not followed: it was settled and its refund had ended before
            """)
        cells.date("carriedFrom", carriedFrom, "of a carried case: the first report that had it; with a store")
        cells.count(
            "answerAgeDays", answerAgeDays,
            "of an answer of a night before, used again or because tonight's query failed: its age; with a store")
    }

    private func writeDisposition<Cells: CellSink & ~Copyable>(to cells: inout Cells) {
        cells.text("disposition", decision?.decision, width: 15, "with dispositions, of a row with a breakId")
        cells.text("dispositionNote", decision?.note, width: 15, "with dispositions, of a row with a breakId")
        cells.text("dispositionPreparer", decision?.preparer, width: 15, "with dispositions, of a row with a breakId")
        cells.text("dispositionReviewer", decision?.reviewer, width: 15, "with dispositions, of a row with a breakId")
        cells.text("dispositionDate", decision?.date, width: 15, "with dispositions, of a row with a breakId")
    }
}
