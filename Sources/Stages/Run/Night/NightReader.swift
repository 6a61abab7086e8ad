import Ingest
import Memory
import Refunds
import State

/// What the rows of a report are read with for what ties them to other nights. All tasks share it.
final class NightReader: Sendable {
    let opened: NightOpened
    let asOf: CalendarDate
    private let carried: CarriedPlaces?
    /// The key of a case's record, by its row's place in the report.
    private let caseKey: @Sendable (Int) -> RefundIdentity?

    init(
        _ opened: NightOpened, _ carried: CarriedPlaces?, asOf: CalendarDate,
        caseKey: @escaping @Sendable (Int) -> RefundIdentity?
    ) {
        self.opened = opened
        self.carried = carried
        self.asOf = asOf
        self.caseKey = caseKey
    }

    func key(_ row: ResultRow) -> RowKey { RowKey(row, caseKey: row.rowType == .case ? caseKey(row.ordinal) : nil) }

    /// The as-of date of the first report that had the record of a case that is carried forward.
    func carriedFrom(_ row: ResultRow) -> CalendarDate? {
        row.rowType == .case ? carried?.firstPlace(of: row.source)?.asOf : nil
    }

    /// How many days before tonight the answer was received that a night before got.
    func answerAgeDays(_ row: ResultRow) -> Int? {
        row.querySource.flatMap { carried?.answerReceivedFor($0) }.map { asOf.days(since: $0) }
    }
}

/// Reads rows one after another. Each task has its own, for it has memory that is used again for each row.
final class RowReader {
    let night: NightReader
    let ledger: BreakLedger
    private let hasDecisions: Bool
    /// Where the texts of the rows are kept.
    private let arena = TextArena()
    private var scratch = ByteWriter(capacity: 256)

    init(_ night: NightReader) {
        self.night = night
        ledger = night.opened.ledger
        hasDecisions = ledger.hasDispositions
    }

    /// Sets what a row has from the nights before.
    func read(_ row: inout ResultRow) {
        row.night = mark(row)
        row.decision = hasDecisions ? night.decision(row) : nil
        row.carriedFrom = night.carriedFrom(row)
        row.answerAgeDays = night.answerAgeDays(row)
    }

    /// What ties a row to the nights before and to come: of a break, of what was one at the last night, and of an open item.
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
        // What a person has settled is followed no longer once its refund has ended.
        let isFollowed = known != nil || (row.isBreak && (standing != .settled || row.isOutstanding))
        return NightMark(
            id: id, amounts: amounts, standing: standing,
            since: isFollowed ? ledger.since(known) : nil,
            nights: isFollowed ? ledger.nights(known, isBreak: row.isBreak) : nil)
    }
}
