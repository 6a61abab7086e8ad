import Core

/// One row of a published report, as far as two reports are compared. Amounts are kept as the report writes them: exact, with
/// their currency's digits, so that equal amounts are equal texts; no value is the empty text.
public struct ComparedRow: Sendable, Equatable {
    public var rowType: String
    public var orderNo: String
    public var refundCode: String
    public var airlinePNR: String
    public var carrier: String
    public var currency: String
    public var outcome: String
    /// In the order of `amountColumns`.
    public var amounts: [String]

    /// The columns of `reconciliation.csv` whose change is told.
    public static let amountColumns = [
        "expectedOriginalAmount", "finalOriginalAmount", "expectedPenaltyAmount", "finalPenaltyAmount",
        "expectedTransactionFee", "finalTransactionFee", "expectedRefundAmount", "finalRefundAmount", "refundVariance",
    ]

    /// - Parameter field: the text of a column of `reconciliation.csv`.
    public init(_ field: (String) -> String) {
        rowType = field("rowType")
        orderNo = field("orderNo")
        refundCode = field("refundCode")
        airlinePNR = field("airlinePNR")
        carrier = field("carrier")
        currency = field("currency")
        outcome = field("outcome")
        amounts = Self.amountColumns.map(field)
    }

    /// What makes two rows the same row: FORMATS.md's key of a case.
    fileprivate struct Key: Hashable {
        let rowType: Text
        let orderNo: Text
        let refundCode: Text
        let airlinePNR: Text
        let carrier: Text
        /// Which of several rows with these.
        var occurrence = 0
    }

    fileprivate var key: Key {
        Key(
            rowType: Text(rowType), orderNo: Text(orderNo), refundCode: Text(refundCode),
            airlinePNR: Text(orderNo.isEmpty ? airlinePNR : ""), carrier: Text(orderNo.isEmpty ? carrier : ""))
    }
}

/// The rows of one report, found by their keys.
public struct ComparedReport: Sendable {
    fileprivate var rows: [ComparedRow] = []
    fileprivate var keys: [ComparedRow.Key] = []
    fileprivate var places: [ComparedRow.Key: Int] = [:]
    private var occurrences: [ComparedRow.Key: Int] = [:]
    /// By currency, from `summary.json`.
    public var totals: [Currency: ComparedTotals] = [:]

    public init() {}

    public mutating func add(_ row: ComparedRow) {
        var key = row.key
        let occurrence = occurrences[key, default: 0]
        occurrences[key] = occurrence + 1
        key.occurrence = occurrence
        places[key] = rows.count
        rows.append(row)
        keys.append(key)
    }
}

/// The totals of one currency that two reports are compared by.
public struct ComparedTotals: Sendable, Equatable {
    public var expectedRefund: Total
    public var finalRefund: Total
    public var refundVariance: Total

    public init(
        expectedRefund: Total = Total(), finalRefund: Total = Total(), refundVariance: Total = Total()
    ) {
        self.expectedRefund = expectedRefund
        self.finalRefund = finalRefund
        self.refundVariance = refundVariance
    }

    static let columns: [(name: String, path: any KeyPath<ComparedTotals, Total> & Sendable)] = [
        ("expectedRefund", \.expectedRefund), ("finalRefund", \.finalRefund), ("refundVariance", \.refundVariance),
    ]
}

/// What changed between two reports (CLI.md, `diff`).
public struct ReportComparison: Sendable {
    public enum Change: String, Sendable, CaseIterable {
        case appeared, gone
        case outcomeChanged = "outcome changed"
        case amountsChanged = "amounts changed"
    }

    /// One row that is not as it was.
    public struct Entry: Sendable, Equatable {
        public let change: Change
        /// nil where the row appeared.
        public let before: ComparedRow?
        /// nil where the row is gone.
        public let after: ComparedRow?
    }

    /// What became of one total of a currency.
    public struct TotalChange: Sendable, Equatable {
        public let currency: Currency
        /// As `summary.json` names it.
        public let name: String
        public let before: Total
        public let after: Total

        /// nil if it leaves 128 bits.
        public var difference: Total? {
            let (difference, overflow) = after.minorUnits.subtractingReportingOverflow(before.minorUnits)
            return overflow ? nil : Total(minorUnits: difference)
        }
    }

    /// In the order of the later report, what is gone last in the order of the earlier one.
    public let entries: [Entry]
    /// Every currency of either report, in alphabetical order, changed or not.
    public let totals: [TotalChange]

    public var isEmpty: Bool { entries.isEmpty && totals.allSatisfy { $0.before == $0.after } }

    public init(before: ComparedReport, after: ComparedReport) {
        var entries: [Entry] = []
        for (row, key) in zip(after.rows, after.keys) {
            let earlier = before.places[key].map { before.rows[$0] }
            if let change = Self.change(earlier, row) {
                entries.append(Entry(change: change, before: earlier, after: row))
            }
        }
        for (row, key) in zip(before.rows, before.keys) where after.places[key] == nil {
            entries.append(Entry(change: .gone, before: row, after: nil))
        }
        self.entries = entries
        totals = Set(before.totals.keys).union(after.totals.keys).sorted().flatMap { currency in
            ComparedTotals.columns.map { name, path in
                TotalChange(
                    currency: currency, name: name,
                    before: (before.totals[currency] ?? ComparedTotals())[keyPath: path],
                    after: (after.totals[currency] ?? ComparedTotals())[keyPath: path])
            }
        }
    }

    private static func change(_ before: ComparedRow?, _ after: ComparedRow) -> Change? {
        guard let before else { return .appeared }
        if before.outcome != after.outcome { return .outcomeChanged }
        return before.amounts != after.amounts || before.currency != after.currency ? .amountsChanged : nil
    }
}

extension Total {
    /// Reads a total as the report writes it, with exactly its currency's digits; nil for anything else.
    public init?(written text: String, _ currency: Currency) {
        let bytes = Array(text.utf8)
        let digits = bytes.filter { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "-") }
        guard !digits.isEmpty, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let minorUnits = Int128(
                (bytes.first == UInt8(ascii: "-") ? "-" : "") + String(decoding: digits, as: UTF8.self))
        else { return nil }
        self.init(minorUnits: minorUnits)
        // Only what is written the same way has the digits, the point and the sign where they belong.
        if formatted(currency) != text { return nil }
    }
}
