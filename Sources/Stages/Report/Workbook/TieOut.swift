import Memory
import Refunds
import XLSX

/// A figure of the summary that can be added up again from the rows of the Reconciliation sheet.
struct Figure: Sendable {
    /// Which rows count beside those of the currency.
    enum Filter: Sendable {
        case all
        /// Rows that have a refund variance: both sides in one currency (FORMATS.md, `totals`).
        case bothSides
        case short
        case over
        /// Over less short.
        case gross
        case outcomes([Outcome])
    }

    /// The name of the total in `CurrencyTotals.columns`.
    let name: String
    let stored: any KeyPath<CurrencyTotals, Total> & Sendable
    /// The column of the report that is added up.
    let column: String
    let isFinal: Bool
    let filter: Filter
    let amount: @Sendable (ResultRow) -> Amount?

    static let all: [Figure] = [
        expected("expectedOriginal", \.expected.original, "expectedOriginalAmount") { $0.expected?.original },
        expected("expectedPenalty", \.expected.penalty, "expectedPenaltyAmount") { $0.expected?.penalty },
        expected("expectedFee", \.expected.fee, "expectedTransactionFee") { $0.expected?.fee },
        expected("expectedRefund", \.expected.refund, "expectedRefundAmount") { $0.expected?.refund },
        final("finalOriginal", \.final.original, "finalOriginalAmount") { $0.final?.original },
        final("finalPenalty", \.final.penalty, "finalPenaltyAmount") { $0.final?.penalty },
        final("finalFee", \.final.fee, "finalTransactionFee") { $0.final?.fee },
        final("finalRefund", \.final.refund, "finalRefundAmount") { $0.final?.refund },
        both("originalVariance", \.variance.original, "originalVariance") { $0.variances.original },
        both("penaltyVariance", \.variance.penalty, "penaltyVariance") { $0.variances.penalty },
        both("feeVariance", \.variance.fee, "feeVariance") { $0.variances.fee },
        both("refundVariance", \.variance.refund, "refundVariance") { $0.variances.refund },
        both("unexplainedVariance", \.unexplained, "unexplainedVariance") { $0.unexplained },
        both("refundShort", \.short, "refundVariance", .short) { $0.variances.refund },
        both("refundOver", \.over, "refundVariance", .over) { $0.variances.refund },
        both("grossVariance", \.grossVariance, "refundVariance", .gross) { $0.variances.refund?.magnitude },
        expected(
            "atRisk", \.atRisk, "expectedRefundAmount", .outcomes(Outcome.allCases.filter(\.isAtRisk))
        ) { $0.expected?.refund },
        expected("open", \.inProgress, "expectedRefundAmount", .outcomes(Outcome.allCases.filter(\.isInProgress))) {
            $0.expected?.refund
        },
    ]

    typealias Stored = any KeyPath<CurrencyTotals, Total> & Sendable

    private static func expected(
        _ name: String, _ stored: Stored, _ column: String, _ filter: Filter = .all,
        _ amount: @escaping @Sendable (ResultRow) -> Amount?
    ) -> Figure {
        Figure(name: name, stored: stored, column: column, isFinal: false, filter: filter, amount: amount)
    }

    private static func final(
        _ name: String, _ stored: Stored, _ column: String, _ amount: @escaping @Sendable (ResultRow) -> Amount?
    ) -> Figure {
        Figure(name: name, stored: stored, column: column, isFinal: true, filter: .all, amount: amount)
    }

    private static func both(
        _ name: String, _ stored: Stored, _ column: String, _ filter: Filter = .bothSides,
        _ amount: @escaping @Sendable (ResultRow) -> Amount?
    ) -> Figure {
        Figure(name: name, stored: stored, column: column, isFinal: false, filter: filter, amount: amount)
    }

    /// The currency and amount that a row adds to the figure; nil if none.
    func contribution(_ row: ResultRow) -> (currency: Currency, amount: Amount)? {
        guard row.rowType == .case, let currency = isFinal ? row.finalCurrency : row.currency,
            let amount = amount(row), includes(row)
        else { return nil }
        return (currency, amount)
    }

    private func includes(_ row: ResultRow) -> Bool {
        switch filter {
        case .all: true
        case .bothSides, .gross: row.variances.refund != nil
        case .short: row.variances.refund.map { $0 < .zero } ?? false
        case .over: row.variances.refund.map { $0 > .zero } ?? false
        case .outcomes(let outcomes): row.outcome.map(outcomes.contains) ?? false
        }
    }
}

/// Adds the summary's figures up again from the rows as they are written, the way the workbook's formulas do.
struct TieOut: Sendable {
    /// A figure's sum in one currency.
    struct Sum: Sendable, Equatable {
        var total = Total()
        /// Whether an amount was too long for a number and so is text, which no formula adds.
        var hasText = false

        mutating func add(_ amount: Total, isText: Bool) {
            total += amount
            hasText = hasText || isText
        }
    }

    /// Cases of one age in one currency.
    struct Aged: Sendable, Equatable {
        var cases = 0
        var expectedRefund = Sum()
    }

    private(set) var rowTypes: [RowType: Int] = [:]
    private(set) var outcomes: [Outcome: Int] = [:]
    private(set) var exceptions: [ExceptionCode: Int] = [:]
    private(set) var cases: [Currency: Int] = [:]
    private(set) var ageing: [CurrencyBucket: Aged] = [:]
    /// By currency, then by figure in the order of `Figure.all`.
    private var sums: [Currency: [Sum]] = [:]

    mutating func add(_ row: ResultRow) {
        rowTypes[row.rowType, default: 0] += 1
        if let outcome = row.outcome { outcomes[outcome, default: 0] += 1 }
        for code in row.exceptions { exceptions[code, default: 0] += 1 }
        guard row.rowType == .case else { return }
        if let currency = row.currency {
            cases[currency, default: 0] += 1
            if let bucket = row.ageBucket {
                add(
                    row.expected?.refund,
                    to: &ageing[CurrencyBucket(currency: currency, bucket: bucket), default: Aged()])
            }
        }
        for (index, figure) in Figure.all.enumerated() {
            guard let (currency, amount) = figure.contribution(row) else { continue }
            sums[currency, default: Self.nothing][index].add(
                Total(amount), isText: !Total(amount).isNumber)
        }
    }

    private func add(_ expectedRefund: Amount?, to aged: inout Aged) {
        aged.cases += 1
        guard let expectedRefund else { return }
        aged.expectedRefund.add(
            Total(expectedRefund), isText: !Total(expectedRefund).isNumber)
    }

    private static let nothing = Array(repeating: Sum(), count: Figure.all.count)

    /// Adds those of other rows.
    mutating func merge(_ other: TieOut) {
        rowTypes.merge(other.rowTypes) { $0 + $1 }
        outcomes.merge(other.outcomes) { $0 + $1 }
        exceptions.merge(other.exceptions) { $0 + $1 }
        cases.merge(other.cases) { $0 + $1 }
        for (key, added) in other.ageing {
            ageing[key, default: Aged()].cases += added.cases
            ageing[key, default: Aged()].expectedRefund.add(
                added.expectedRefund.total, isText: added.expectedRefund.hasText)
        }
        for (currency, added) in other.sums {
            for (index, sum) in added.enumerated() {
                sums[currency, default: Self.nothing][index].add(sum.total, isText: sum.hasText)
            }
        }
    }

    func sum(_ figureIndex: Int, _ currency: Currency) -> Sum { sums[currency]?[figureIndex] ?? Sum() }
}
