import Core
import State

/// What the rows of a report, or of a part of it, mean for the nights to come. Parts merge in the report's order.
struct NightRows: Sendable {
    /// A case whose refund has come to its end by Atlas's own answer.
    struct Ended: Sendable {
        let id: String
        let answer: SourceLine
    }

    var openCases: [Int] = []
    var items: [OpenItem] = []
    /// The items' sums, added up row by row.
    var balance = OpenBalance()
    var breaks: [BreakRecord] = []
    /// Rows that were breaks at the last night and are none.
    var resolved: [BreakId] = []
    var ended: [Ended] = []
    /// Cases whose kept answer something contradicts now: it is not used again.
    var contradicted: [String] = []
    /// Cases whose last answer was used again.
    var reusedAnswers = 0

    mutating func merge(_ next: NightRows) throws(Total.Overflow) {
        openCases += next.openCases
        items += next.items
        try balance.merge(next.balance)
        breaks += next.breaks
        resolved += next.resolved
        ended += next.ended
        contradicted += next.contradicted
        reusedAnswers += next.reusedAnswers
    }
}

extension Outcome {
    /// Whether a case with it is carried forward: nobody knows yet what will be paid.
    var isOpen: Bool { self == .pending || self == .overdue || self == .unverified }
}

extension ResultRow {
    /// Whether Atlas itself says that the refund has come to its end, and nothing contradicts it.
    fileprivate var isVerifiedEnd: Bool {
        statusSource == .query && status?.isTerminal == true && !exceptions.contains(.statusConflict)
            && !exceptions.contains(.sourceAmountConflict)
    }

    /// The amount at stake while it is open: the expected refund; of an orphan its final refund.
    fileprivate var openAmount: Amount? { rowType == .case ? expected?.refund : final?.refund }
}

/// Reads the rows of a report for what the nights to come need of them.
struct NightReader: Sendable {
    let night: NightOpened
    /// The key of a case's record, by its row's place in the report.
    let caseKey: @Sendable (Int) -> CaseKey?
    let asOf: CalendarDate
    /// The number of the file of the answers that are used again; none has a negative number.
    let answersFile: Int32
    /// When each item became open, by id.
    private let openSince: [BreakId: CalendarDate]

    init(
        _ night: NightOpened, asOf: CalendarDate, answersFile: Int32, caseKey: @escaping @Sendable (Int) -> CaseKey?
    ) {
        self.night = night
        self.asOf = asOf
        self.answersFile = answersFile
        self.caseKey = caseKey
        openSince = Dictionary((night.opening?.items ?? []).map { ($0.id, $0.since) }) { first, _ in first }
    }

    func key(_ row: ResultRow) -> RowKey { RowKey(row, caseKey: row.rowType == .case ? caseKey(row.ordinal) : nil) }

    /// Whether anything of the row can be of interest; most rows are neither open nor a break and never were.
    private func matters(_ row: ResultRow) -> Bool {
        row.isException || row.outcome?.isOpen == true || row.rowType != .case || night.requeryAfterDays > 0
            || night.ledger.before?.isEmpty == false
    }

    func add(_ row: ResultRow, to rows: inout NightRows) throws(Total.Overflow) {
        guard matters(row) else { return }
        let key = key(row)
        let id = key.id
        if row.outcome?.isOpen == true || row.rowType == .orphanWebhook, let currency = row.currency {
            if row.rowType == .case { rows.openCases.append(row.ordinal) }
            rows.items.append(
                OpenItem(
                    id: id, key: key, currency: currency, amount: row.openAmount, outcome: row.outcome,
                    since: openSince[id] ?? asOf))
            try rows.balance.add(row.rowType, currency, row.openAmount)
        }
        if row.isException {
            rows.breaks.append(
                BreakRecord(
                    id: id, key: key, currency: row.currency, outcome: row.outcome,
                    exceptions: row.exceptions.map(\.rawValue).joined(separator: ";"), amounts: BreakAmounts.text(row),
                    since: night.ledger.since(id), nights: night.ledger.nights(id), examined: asOf))
        } else if night.ledger.before?[id] != nil {
            rows.resolved.append(id)
        }
        if night.requeryAfterDays > 0, row.rowType == .case, let answer = row.querySource {
            addAnswer(answer, row, id.description, to: &rows)
        }
    }

    /// An answer that ends a case is kept, and a kept one that no longer does is given up.
    private func addAnswer(_ answer: SourceLine, _ row: ResultRow, _ id: String, to rows: inout NightRows) {
        if answer.file == answersFile {
            rows.reusedAnswers += 1
            if !row.isVerifiedEnd { rows.contradicted.append(id) }
        } else if row.isVerifiedEnd {
            rows.ended.append(NightRows.Ended(id: id, answer: answer))
        }
    }
}
