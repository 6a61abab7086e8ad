import CSV
import Core
import Ingest
import Report

/// One row of `reconciliation.csv` as its text says it, and what is wrong with its arithmetic.
struct RecomputedRow {
    let rowType: String
    let outcome: String
    let exceptions: [String]
    let carrier: String
    let ageBucket: String
    let webhookCount: Int
    /// nil, and of a case a fault, if there is none.
    let currency: Currency?
    /// nil where the row does not tell in which currency its final amounts are, since it is another than the row's.
    let finalCurrency: Currency?
    /// How many digits a final amount has behind its point; all of one currency have as many.
    private(set) var finalDigits = 0
    /// In minor units, in the order of the columns below; no value is nil.
    private(set) var expected: [Int128?] = []
    private(set) var final: [Int128?] = []
    private(set) var variances: [Int128?] = []
    private(set) var unexplained: Int128?
    /// What is wrong, each in a few words.
    private(set) var faults: [String] = []

    var isCase: Bool { rowType == "case" }

    /// Belongs into exceptions.csv: all codes but these are errors and warnings.
    var isException: Bool { exceptions.contains { $0 != "DUPLICATE_WEBHOOK" && $0 != "DUPLICATE_ORDER" } }

    private static let expectedColumns = [
        "expectedOriginalAmount", "expectedPenaltyAmount", "expectedTransactionFee", "expectedRefundAmount",
    ]
    private static let finalColumns = [
        "finalOriginalAmount", "finalPenaltyAmount", "finalTransactionFee", "finalRefundAmount",
    ]
    private static let varianceColumns = ["originalVariance", "penaltyVariance", "feeVariance", "refundVariance"]

    init(_ row: CSVTable.Row) {
        rowType = row["rowType"]
        outcome = row["outcome"]
        exceptions = row["exceptions"].split(separator: ";").map(String.init)
        carrier = row["carrier"]
        ageBucket = row["ageBucket"]
        webhookCount = Int(row["webhookCount"]) ?? 0
        currency = Currency(row["currency"])
        let isForeign = exceptions.contains("CURRENCY_MISMATCH") && Self.varianceColumns.allSatisfy { row[$0].isEmpty }
        finalCurrency = isForeign ? nil : currency
        if currency == nil, isCase { faults.append("no currency") }
        expected = Self.expectedColumns.map { read(row, $0, currency) }
        final = Self.finalColumns.map { readFinal(row, $0) }
        variances = Self.varianceColumns.map { read(row, $0, currency) }
        unexplained = readFinal(row, "unexplainedVariance")
        if isCase { checkArithmetic() }
    }

    // MARK: Amounts

    private mutating func readFinal(_ row: CSVTable.Row, _ column: String) -> Int128? {
        let text = row[column].utf8
        guard !text.isEmpty else { return nil }
        finalDigits = text.firstIndex(of: UInt8(ascii: ".")).map { text.distance(from: $0, to: text.endIndex) - 1 } ?? 0
        return read(row, column, finalCurrency ?? Self.currency(digits: finalDigits))
    }

    private mutating func read(_ row: CSVTable.Row, _ column: String, _ currency: Currency?) -> Int128? {
        let text = row[column]
        if text.isEmpty { return nil }
        // Far beyond what a report can hold, and far from where sums of a row would overflow.
        let limit = Int128(1_000_000_000_000_000_000) * 1_000_000_000_000
        if let currency, let amount = Total(written: text, currency)?.minorUnits, -limit...limit ~= amount {
            return amount
        }
        faults.append("\(column) is no amount")
        return nil
    }

    /// Any currency with so many digits: amounts of one that the row does not name can be added up all the same.
    private static func currency(digits: Int) -> Currency? {
        [0: "JPY", 2: "USD", 3: "KWD", 4: "CLF"][digits].flatMap { Currency($0) }
    }

    // MARK: Arithmetic

    /// RULES.md: expected refund, the variances, the unexplained amount, and the bridge that they make.
    private mutating func checkArithmetic() {
        if let refund = expected[3], let explained = Self.refund(expected), refund != explained {
            faults.append("the expected refund does not follow from its parts")
        }
        for (place, column) in Self.varianceColumns.enumerated() where finalCurrency != nil {
            let difference = final[place].flatMap { final in expected[place].map { final - $0 } }
            if variances[place] != difference { faults.append("\(column) is not final − expected") }
        }
        let difference = final[3].flatMap { refund in Self.refund(final).map { refund - $0 } }
        if unexplained != difference { faults.append("unexplainedVariance does not follow from the final amounts") }
        if let original = variances[0], let penalty = variances[1], let fee = variances[2], let refund = variances[3],
            let unexplained, refund != original - penalty - fee + unexplained
        {
            faults.append("the bridge from expected to final does not hold")
        }
    }

    /// original − penalty − fee, if all are there.
    private static func refund(_ side: [Int128?]) -> Int128? {
        guard let original = side[0], let penalty = side[1], let fee = side[2] else { return nil }
        return original - penalty - fee
    }
}
