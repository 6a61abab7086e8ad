import Core

/// What a person decided about a break: a row of the Exceptions sheet that came back.
public struct Disposition: Sendable, Equatable {
    public var breakId: String
    /// The break's amounts as the person saw them.
    public var amounts: String
    /// `accepted`, `written off`, `disputed with Atlas` …, as written.
    public var decision: String
    public var note: String
    public var preparer: String
    public var reviewer: String
    public var date: String
    /// The line of the file.
    public var line: Int

    public init(
        breakId: String, amounts: String, decision: String, note: String, preparer: String, reviewer: String,
        date: String, line: Int
    ) {
        self.breakId = breakId
        self.amounts = amounts
        self.decision = decision
        self.note = note
        self.preparer = preparer
        self.reviewer = reviewer
        self.date = date
        self.line = line
    }

    /// Whether the person is done with it: the difference is borne.
    public var settles: Bool { decision == "accepted" || decision == "written off" }
}

/// How a break stands tonight against the last night and against what a person decided.
public enum BreakStanding: String, Sendable, CaseIterable {
    /// It was none at the last night.
    case new
    /// It was one at the last night, and is.
    case persisting
    /// It is one; there is no last night to compare with.
    case open
    /// Accepted or written off, and its amounts are what the person saw.
    case settled
    /// Accepted or written off, and its amounts have changed since.
    case reopened
    /// It was one at the last night; tonight its row has no exception of severity error or warning.
    case resolved
    /// It was one at the last night; its record is not in tonight's inputs.
    case notExamined
}

/// The breaks of the nights before and what was decided about them, against which tonight's rows are held. Pure.
public struct BreakLedger: Sendable {
    /// By id; nil where no state is kept.
    public let before: [BreakId: BreakRecord]?
    public let dispositions: [BreakId: Disposition]
    private let asOf: CalendarDate

    public init(before: [BreakRecord]?, dispositions: [Disposition], asOf: CalendarDate) {
        self.before = before.map { Dictionary($0.map { ($0.id, $0) }) { first, _ in first } }
        self.dispositions = Dictionary(dispositions.compactMap { row in BreakId(row.breakId).map { ($0, row) } }) {
            _, last in last
        }
        self.asOf = asOf
    }

    /// How a row stands; nil for one that is no break and was none.
    ///
    /// - Parameter amounts: the row's amounts, as `BreakAmounts` writes them.
    public func standing(_ id: BreakId, isBreak: Bool, amounts: @autoclosure () -> String) -> BreakStanding? {
        let known = before?[id]
        guard isBreak else { return known == nil ? nil : .resolved }
        if let disposition = dispositions[id], disposition.settles {
            return disposition.amounts == amounts() ? .settled : .reopened
        }
        guard before != nil else { return .open }
        return known == nil ? .new : .persisting
    }

    /// The as-of date of the first report that had the break.
    public func since(_ id: BreakId) -> CalendarDate { before?[id]?.since ?? asOf }

    /// In how many nights the break was open, tonight included if it still is one.
    public func nights(_ id: BreakId, isBreak: Bool = true) -> Int { (before?[id]?.nights ?? 0) + (isBreak ? 1 : 0) }

    /// The ledger at the end of the night, and how it came about.
    ///
    /// - Parameters:
    ///   - breaks: tonight's, in the report's order.
    ///   - resolved: the ids of the rows that were breaks and are none.
    public func close(_ breaks: [BreakRecord], resolved: Set<BreakId>) -> ClosedLedger {
        let tonight = Set(breaks.map(\.id))
        let untouched = (before ?? [:]).values.filter { !tonight.contains($0.id) && !resolved.contains($0.id) }
            .sorted { ($0.since, $0.id) < ($1.since, $1.id) }
            .map { record in
                var record = record
                record.nights += 1
                return record
            }
        var counts: [BreakStanding: Int] = [:]
        for record in breaks {
            if let standing = standing(record.id, isBreak: true, amounts: record.amounts) {
                counts[standing, default: 0] += 1
            }
        }
        counts[.resolved] = resolved.count
        counts[.notExamined] = untouched.count
        let known = tonight.union((before ?? [:]).keys)
        return ClosedLedger(
            opening: before?.count ?? 0, appeared: breaks.count { before?[$0.id] == nil }, counts: counts,
            breaks: breaks + untouched, notExamined: untouched,
            unknownDispositions: dispositions.filter { !known.contains($0.key) }.map(\.value).sorted {
                $0.line < $1.line
            }
        )
    }
}

/// The breaks at the end of a night: opening + appeared − resolved = closing.
public struct ClosedLedger: Sendable, Equatable {
    /// How many there were before.
    public let opening: Int
    /// How many there were not, those included that a person has accepted or written off already.
    public let appeared: Int
    public let counts: [BreakStanding: Int]
    /// All that are open, those included that tonight did not examine.
    public let breaks: [BreakRecord]
    public let notExamined: [BreakRecord]
    /// Decisions about breaks that nobody knows.
    public let unknownDispositions: [Disposition]

    public var balances: Bool { opening + appeared - counts[.resolved, default: 0] == breaks.count }
}

/// The amounts of a break as one text, exact, so that it survives a spreadsheet and can be compared:
/// `USD 47.32/5.00/2.00/40.32 final USD 47.32/0.00/2.00/37.32`: original, penalty, fee and refund; `-` where there is none.
public enum BreakAmounts {
    public static func text(_ row: ResultRow) -> String {
        var parts: [String] = []
        if let expected = row.expected, let currency = row.currency {
            parts.append(
                side(currency, [expected.original, expected.penalty, expected.fee, expected.refund]))
        }
        if let final = row.final, let currency = final.currency {
            parts.append("final " + side(currency, [final.original, final.penalty, final.fee, final.refund]))
        }
        return parts.joined(separator: " ")
    }

    private static func side(_ currency: Currency, _ amounts: [Amount?]) -> String {
        "\(currency) " + amounts.map { $0?.formatted(currency) ?? "-" }.joined(separator: "/")
    }
}
