import Memory
import Refunds
import Night
import Testing
@testable import Run

/// What was decided about a row is found by its id: two rows with one would be decided on together.
@Suite struct RowIDTests {
    private func row(_ ordinal: Int, id: UInt64, _ outcome: Outcome, standing: BreakStanding?) -> ResultRow {
        var row = ResultRow(.case, source: SourceLine(file: 0, line: Int32(ordinal + 2)))
        (row.orderNo, row.refundCode, row.ordinal) = ("ORD\u{1B}", "RC-1", ordinal)
        (row.outcome, row.currency) = (outcome, Currency("USD"))
        if standing != nil { row.exceptions.insert(.rejected) }
        row.night = NightMark(
            id: BreakID(high: id, low: 7), amounts: "", standing: standing, since: nil, nights: nil)
        return row
    }

    /// The message of the failure; nil if there is none.
    private func failure(_ rows: [ResultRow]) throws -> NightError? {
        let asOf = try #require(CalendarDate("2026-01-10"))
        let opened = NightOpened(nil, dispositions: [], requeryAfterDays: 0, asOf: asOf)
        let night = NightReader(opened, nil, asOf: asOf) { _ in nil }
        let reader = RowReader(night)
        var all = NightRows()
        for row in rows {
            var part = NightRows()
            reader.add(row, to: &part)
            all.merge(part)
        }
        do throws(NightError) { try all.checkIDs { rows[$0].named(["orders.csv"]) } } catch { return error }
        return nil
    }

    @Test(arguments: [
        (Outcome.pending, BreakStanding?.none, Outcome.pending, BreakStanding?.none),
        (.rejected, .new, .rejected, .settled), (.pending, nil, .rejected, .new), (.rejected, .new, .pending, nil),
        (.pending, .closed, .overdue, .new),
    ]) func twoRowsWithOneID(
        outcome: Outcome, standing: BreakStanding?, other: Outcome, otherStanding: BreakStanding?
    ) throws {
        let rows = [row(0, id: 1, outcome, standing: standing), row(1, id: 1, other, standing: otherStanding)]
        let failure = try #require(try failure(rows))
        #expect(failure == .failedCheck("\(failure)"))
        #expect(
            "\(failure)"
                == "two rows have the break id 00000000000000010000000000000007: case, order ORD\\u001B, refund RC-1, "
                + "orders.csv:2, and case, order ORD\\u001B, refund RC-1, orders.csv:3")
    }

    @Test func anItemAndItsBreakHaveOneID() throws {
        let rows = [
            row(0, id: 1, .overdue, standing: .new), row(1, id: 2, .rejected, standing: .new),
            row(2, id: 3, .pending, standing: nil), row(3, id: 4, .matched, standing: nil),
        ]
        #expect(try failure(rows) == nil)
    }
}
