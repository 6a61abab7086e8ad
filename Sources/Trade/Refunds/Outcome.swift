import Memory

/// The one outcome of a case: the first that applies, in this order. All that is said about an outcome is in its entry
/// below; `make tables` writes the table in RULES.md from it.
public enum Outcome: String, Sendable, Word {
    case unverified, overdue, pending, rejected, withdrawn, unquoted, variance, withinTolerance, matched

    public static let words = WordTable<Self>()

    /// The words about an outcome.
    public struct Entry: Sendable {
        /// When a case has it (RULES.md, "Outcome").
        public let condition: String
        /// Its meaning, in a few words.
        public let meaning: String
        public let tone: Tone
        /// The number by which a store keeps it: from 1 on, never another, never that of another outcome.
        public let number: UInt64
    }

    public var entry: Entry {
        switch self {
        case .unverified:
            Entry(
                condition: "no status: no webhook, and the query failed, was not possible, or did not find the refund",
                meaning: "status unknown", tone: .unknown, number: 1)
        case .overdue:
            Entry(
                condition: "status 0, 1 or 3, and a promised date is past",
                meaning: "past its promised date", tone: .bad, number: 2)
        case .pending:
            Entry(
                condition: "status 0, 1 or 3",
                meaning: "in progress", tone: .wait, number: 3)
        case .rejected:
            Entry(
                condition: "status 4",
                meaning: "rejected, no refund", tone: .bad, number: 4)
        case .withdrawn:
            Entry(
                condition: "status 6",
                meaning: "withdrawn, no refund", tone: .bad, number: 5)
        case .unquoted:
            Entry(
                condition: "paid, and expected refund has no value",
                meaning: "paid, never quoted", tone: .wait, number: 6)
        case .variance:
            Entry(
                condition: """
                    paid, and: the currencies differ, or the final refund has no value, or a variance or the unexplained \
                    amount is beyond tolerance
                    """,
                meaning: "paid, differs", tone: .bad, number: 7)
        case .withinTolerance:
            Entry(
                condition: "paid, and one of these is not zero",
                meaning: "paid, within tolerance", tone: .good, number: 8)
        case .matched:
            Entry(
                condition: "paid, and all of them are zero",
                meaning: "paid as quoted", tone: .good, number: 9)
        }
    }

    /// Its time has not come yet.
    public var isInProgress: Bool { self == .pending }

    /// The refund has not ended: it is carried to the next night (RULES.md, "Words").
    public var isOutstanding: Bool { self == .pending || self == .overdue || self == .unverified }

    /// Its row says how old the request is: time alone may end the waiting.
    public var isAged: Bool { self == .pending || self == .overdue }

    /// The expected refund may not come (RULES.md, "Words").
    public var isAtRisk: Bool {
        self == .rejected || self == .withdrawn || self == .overdue || self == .unverified
    }
}

/// The weight of a finding for a person, which decides its color.
public enum Tone: Sendable {
    case good, wait, bad, unknown, neutral

    public init(_ severity: Severity) {
        switch severity {
        case .error: self = .bad
        case .warning: self = .wait
        case .info: self = .neutral
        }
    }
}
