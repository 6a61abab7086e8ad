import Memory
import Refunds
import Rules

/// Reads the links of a report's rows to other nights. All tasks share it.
package final class NightReader: Sendable {
    package let opened: NightOpened
    package let asOf: CalendarDate
    private let carried: CarriedPlaces?
    /// The key of a case's record, by its row's place in the report.
    private let caseKey: @Sendable (Int) -> RefundIdentity?

    package init(
        _ opened: NightOpened, _ carried: CarriedPlaces?, asOf: CalendarDate,
        caseKey: @escaping @Sendable (Int) -> RefundIdentity?
    ) {
        self.opened = opened
        self.carried = carried
        self.asOf = asOf
        self.caseKey = caseKey
    }

    package func key(_ row: ResultRow) -> RowKey {
        RowKey(row, caseKey: row.rowType == .case ? caseKey(row.ordinal) : nil)
    }

    /// The as-of date of the first report that had the record of a case that is carried forward.
    package func carriedFrom(_ row: ResultRow) -> CalendarDate? {
        row.rowType == .case ? carried?.firstPlace(of: row.source)?.asOf : nil
    }

    /// How many days before tonight the answer was received that a night before got.
    package func answerAgeDays(_ row: ResultRow) -> Int? {
        row.querySource.flatMap { carried?.answerReceivedFor($0) }.map { asOf.days(since: $0) }
    }

    /// A person's decision about a row.
    func decision(_ row: ResultRow) -> RowDecision? {
        guard let disposition = row.night.flatMap({ opened.ledger.disposition(of: $0.id) }) else { return nil }
        return RowDecision(
            decision: disposition.decision, note: disposition.note, preparer: disposition.preparer,
            reviewer: disposition.reviewer, date: disposition.date)
    }
}

/// Reads rows one after another. Each task has its own, for it has memory that is used again for each row.
package final class RowReader {
    package let night: NightReader
    package let ledger: BreakLedger
    private let hasDecisions: Bool
    /// Where the texts of the rows are kept.
    private let arena = TextArena()
    private var scratch = ByteWriter(capacity: 256)

    package init(_ night: NightReader) {
        self.night = night
        ledger = night.opened.ledger
        hasDecisions = ledger.hasDispositions
    }

    /// Sets the columns of a row that come from the nights before.
    package func read(_ row: inout ResultRow) {
        row.night = mark(row)
        row.decision = hasDecisions ? night.decision(row) : nil
        row.carriedFrom = night.carriedFrom(row)
        row.answerAgeDays = night.answerAgeDays(row)
    }

    /// The links of a row to the nights before and to come: of a break, a break of the last night, and an open item.
    private func mark(_ row: ResultRow) -> NightMark? {
        let isOpen = row.isBreak || row.isOutstanding
        if !isOpen, ledger.isEmpty { return nil }
        let key = night.key(row)
        guard isOpen || ledger.mayKnow(key) else { return nil }
        let id = key.id(writtenIn: &scratch)
        let known = ledger.known(id)
        if !isOpen, known == nil { return nil }
        let amounts = BreakAmounts.text(row, writtenIn: &scratch, keptIn: arena)
        let standing = ledger.standing(
            id, isBreak: row.isBreak, isOutstanding: row.isOutstanding, amounts: amounts, isKnown: known != nil)
        if standing == nil, !row.isOutstanding { return nil }
        // A break that a person has settled is not followed any more once its refund has ended.
        let isFollowed = known != nil || (row.isBreak && (standing != .settled || row.isOutstanding))
        return NightMark(
            id: id, amounts: amounts, standing: standing,
            since: isFollowed ? ledger.since(known) : nil,
            nights: isFollowed ? ledger.nights(known, isBreak: row.isBreak) : nil)
    }
}
