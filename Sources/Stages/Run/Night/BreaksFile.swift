import CSV
import Files
import Memory
import Night
import Refunds
import Report
import Rules

/// breaks.csv: every break that is open or was resolved tonight, every item that a person closed, and every disposition that
/// belongs to none.
struct BreaksFile: Sendable {
    static let name = "breaks.csv"

    private static let header: [Text] = [
        "breakId", "breakStanding", "breakSince", "breakNights", "lastExamined", "rowType", "orderNo", "refundCode",
        "airlinePNR", "carrier", "currency", "outcome", "exceptions", "breakAmounts", "disposition",
        "dispositionNote", "dispositionPreparer", "dispositionReviewer", "dispositionDate",
    ]

    let closed: NightClosed
    let threads: Int

    /// - Parameter write: gets whole lines.
    func write(_ write: (borrowing ByteWriter) throws -> Void) async throws {
        var header = ByteWriter()
        for name in Self.header { header.append(field: name, isFirst: header.count == 0) }
        header.append(literal: "\r\n")
        try write(header)
        let ledger = closed.ledger
        try await lines(ledger.tonight.count, write) { index, line in
            append(ledger.tonight[index].record, ledger.tonight[index].standing, to: &line)
        }
        try await lines(ledger.notExamined.count, write) { index, line in
            append(ledger.notExamined[index], .notExamined, to: &line)
        }
        try await lines(ledger.resolved.count, write) { index, line in
            append(ledger.resolved[index], .resolved, to: &line)
        }
        try await lines(ledger.unknownDispositions.count, write) { index, line in
            append(unknown: ledger.unknownDispositions[index], to: &line)
        }
    }

    private func lines(
        _ count: Int, _ write: (borrowing ByteWriter) throws -> Void,
        _ append: @escaping @Sendable (Int, inout ByteWriter) -> Void
    ) async throws {
        try await ParallelLines.make(count, end: "\r\n", threads: threads, append, consume: write)
    }

    private func append(_ record: BreakRecord, _ standing: BreakStanding, to line: inout ByteWriter) {
        // A break that a person has settled is not followed any more once its refund has ended.
        let isFollowed =
            closed.rollForward != nil
            && (standing != .settled || record.isOutstanding || closed.opened.ledger.known(record.id) != nil)
        line.append(record.id)
        line.append(field: standing.text)
        line.append(field: isFollowed ? record.since : nil)
        line.append(field: isFollowed ? record.nights : nil)
        line.append(field: record.examined)
        line.append(field: record.key.rowType.text)
        line.append(outsideField: record.key.orderNo)
        line.append(outsideField: record.key.refundCode)
        line.append(outsideField: record.key.airlinePNR)
        line.append(outsideField: record.key.carrier)
        line.append(field: record.currency?.text)
        line.append(field: record.outcome?.text)
        line.append(field: record.exceptions)
        line.append(outsideField: record.amounts)
        append(closed.opened.ledger.disposition(of: record.id), to: &line)
    }

    private func append(unknown disposition: Disposition, to line: inout ByteWriter) {
        line.append(outsideField: Text(disposition.breakID), isFirst: true)
        line.append(field: "unknown")
        line.append(literal: ",,,,,,,,,,,")
        line.append(outsideField: disposition.amounts)
        append(disposition, to: &line)
    }

    private func append(_ disposition: Disposition?, to line: inout ByteWriter) {
        guard let disposition else { return line.append(literal: ",,,,,") }
        line.append(outsideField: Text(disposition.decision))
        line.append(outsideField: Text(disposition.note))
        line.append(outsideField: Text(disposition.preparer))
        line.append(outsideField: Text(disposition.reviewer))
        line.append(outsideField: Text(disposition.date))
    }
}

/// Fields of a record, a comma before each but the first.
extension ByteWriter {
    /// Appends a word of ours, in which nothing has to be quoted; nothing is an empty field.
    fileprivate mutating func append(field word: Text?, isFirst: Bool = false) {
        if !isFirst { append(UInt8(ascii: ",")) }
        if let word { append(word) }
    }

    /// Appends text from outside.
    fileprivate mutating func append(outsideField text: Text?, isFirst: Bool = false) {
        if !isFirst { append(UInt8(ascii: ",")) }
        if let text { append(csvField: text) }
    }

    fileprivate mutating func append(field date: CalendarDate?) {
        append(UInt8(ascii: ","))
        if let date { append(date) }
    }

    fileprivate mutating func append(field count: Int?) {
        append(UInt8(ascii: ","))
        if let count { append(decimal: count) }
    }

    fileprivate mutating func append(field codes: ExceptionSet) {
        append(UInt8(ascii: ","))
        append(joined: codes)
    }
}
