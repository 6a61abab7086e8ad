import Memory
import Refunds
import XLSX

/// One row of the Controls sheet.
enum ControlLine {
    case blank
    case section(String)
    /// A line above the parts of a whole: what they are parts of.
    case subject(String)
    /// A part of a whole, which the next check adds up.
    case part(String, FigureValue)
    case check(Check)
    /// A figure that no formula can check.
    case tooLong(String, FigureValue)

    /// A figure that the run stated, beside the same figure worked out again.
    struct Check {
        let title: String
        let stated: FigureValue
        /// What the figure follows from on this sheet; nil where it is a value.
        var statedFormula: String?
        /// What works it out again; nil where that can only be a value.
        let formula: String?
        let recomputed: Total
        var isSum = false

        var holds: Bool { stated.total == recomputed }
    }
}

/// The rows of the Controls sheet below its head, as values: what came in and where it went, and the stored figures against
/// formulas over the Reconciliation sheets.
struct ControlLines {
    /// The first row, from 0.
    static let firstRow = 6

    private(set) var lines: [ControlLine] = []
    /// The rows of the figures that the Summary sheet shows.
    private(set) var rows: [ControlFigure: Int] = [:]

    let context: ReportContext
    private let sheets: ReconciliationSheets?
    private let tieOut: TieOut

    /// - Parameter sheets: nil where the Reconciliation is left out: then the figures are added up again as values.
    init(_ context: ReportContext, _ sheets: ReconciliationSheets?, _ tieOut: TieOut) {
        self.context = context
        self.sheets = sheets
        self.tieOut = tieOut
        addEquations()
        addAmounts()
        addCounts()
        for currency in context.currencies { addTotals(currency) }
    }

    /// The row that is added next.
    private var nextRow: Int { Self.firstRow + lines.count }

    mutating func addSection(_ title: String) { lines += [.blank, .section(title)] }

    mutating func addSubject(_ name: String) { lines.append(.subject(name)) }

    /// The part of that name that was added last must be the same as another figure of the run.
    ///
    /// - Parameter otherPart: the part that has the other figure; nil if that is not on a line of its own.
    mutating func addTie(
        _ title: String, _ part: String, _ stated: Total, to other: Total, _ otherPart: Int? = nil,
        in currency: Currency
    ) {
        let value = FigureValue.total(stated, currency)
        func cell(_ row: Int) -> String { "=" + CellName.cell(row: row, column: 2) }
        if value.isNumber, value.with(other).isNumber {
            lines.append(
                .check(
                    .init(
                        title: title, stated: value, statedFormula: self.row(ofPart: part).map(cell),
                        formula: otherPart.map(cell), recomputed: other)))
        } else {
            lines.append(.tooLong(title, value))
        }
    }

    /// The row of the part of that name that was added last.
    func row(ofPart name: String) -> Int? {
        lines.lastIndex { if case .part(name, _) = $0 { true } else { false } }.map { Self.firstRow + $0 }
    }

    // MARK: What came in and where it went

    private mutating func addEquations() {
        addSection("What came in, and where it went")
        var subject = ""
        for equation in context.controls.equations {
            if equation.subject != subject { lines.append(.subject(equation.subject)) }
            subject = equation.subject
            addWhole(
                [(equation.whole.name, .count(equation.whole.count))],
                equation.parts.map { ($0.name, .count($0.count)) })
        }
    }

    /// What came in, in one or two sums, against the sum of where it went.
    mutating func addWhole(
        _ whole: [(name: String, value: FigureValue)], _ parts: [(name: String, value: FigureValue)]
    ) {
        let first = nextRow
        for part in parts { lines.append(.part(part.name, part.value)) }
        var stated = Total()
        for sum in whole { stated += sum.value.total }
        var recomputed = Total()
        for part in parts { recomputed += part.value.total }
        let title = [whole, parts].map { $0.map(\.name).joined(separator: " + ") }.joined(separator: " = ")
        let value = parts[0].value.with(stated)
        if (parts + whole).contains(where: { !$0.value.isNumber }) || !value.isNumber {
            return lines.append(.tooLong(title, value))
        }
        lines.append(
            .check(
                .init(
                    title: title, stated: value,
                    formula:
                        "=SUM(\(CellName.cell(row: first, column: 2)):\(CellName.cell(row: nextRow - 1, column: 2)))",
                    recomputed: recomputed, isSum: true)))
    }

    // MARK: Counts

    private mutating func addCounts() {
        addSection("Counts tie to \(rowsName)")
        let stated = context.controls.rows
        for (type, count) in [
            (RowType.case, stated.case), (.orphanWebhook, stated.orphanWebhook),
            (.unrecordedRefund, stated.unrecordedRefund),
        ] {
            addCount(
                nil, "Rows of type \(type.rawValue)", count, [("rowType", type.rawValue)],
                tieOut.rowTypes[type, default: 0])
        }
        for outcome in Outcome.allCases {
            addCount(
                .outcome(outcome), "Cases with outcome \(outcome.rawValue)",
                context.summary.cases[outcome, default: 0], [("outcome", outcome.rawValue)],
                tieOut.outcomes[outcome, default: 0])
        }
        for code in ExceptionCode.allCases {
            addCount(
                .code(code), "Rows with exception \(code.rawValue)", context.summary.exceptions[code, default: 0],
                [("exceptions", "*\(code.rawValue)*")], tieOut.exceptions[code, default: 0])
        }
    }

    private mutating func addCount(
        _ figure: ControlFigure?, _ title: String, _ stated: Int, _ criteria: [ReconciliationSheets.Criterion],
        _ found: Int
    ) {
        let formula = sheets?.formula("COUNTIFS", where: criteria)
        add(figure, title, .count(stated), formula, Total(minorUnits: Int128(found)))
    }

    private mutating func add(
        _ figure: ControlFigure?, _ title: String, _ stated: FigureValue, _ formula: String?, _ recomputed: Total
    ) {
        if let figure { rows[figure] = nextRow }
        lines.append(.check(.init(title: title, stated: stated, formula: formula, recomputed: recomputed)))
    }

    // MARK: Totals

    private mutating func addTotals(_ currency: Currency) {
        addSection("Totals in \(currency) tie to \(rowsName)")
        addCount(
            .cases(currency), "cases", context.caseCount(currency), [("rowType", "case"), ("currency", currency.code)],
            tieOut.cases[currency, default: 0])
        for (index, figure) in Figure.all.enumerated() {
            let sum = tieOut.sum(index, currency)
            addTotal(
                .total(figure.name, currency), figure.name,
                .total(context.totals(currency)[keyPath: figure.stored], currency), formula(figure, currency), sum)
        }
        for bucket in AgeBucket.allCases {
            let key = CurrencyBucket(currency: currency, bucket: bucket)
            guard let stated = context.summary.ageing[key] else { continue }
            let found = tieOut.ageing[key, default: TieOut.Aged()]
            // A pattern, for a criterion such as 8-30 alone is a date.
            let criteria = [("rowType", "case"), ("currency", currency.code), ("ageBucket", bucket.rawValue + "*")]
            addCount(.agedCases(key), "cases aged \(bucket.rawValue) days", stated.cases, criteria, found.cases)
            addTotal(
                .agedAmount(key), "expectedRefund aged \(bucket.rawValue) days",
                .total(stated.expectedRefund, currency), sumFormula("expectedRefundAmount", criteria),
                found.expectedRefund)
        }
    }

    /// A formula can add only what was written as numbers, and a double shows only 15 digits.
    private mutating func addTotal(
        _ figure: ControlFigure, _ title: String, _ stated: FigureValue, _ formula: String?, _ found: TieOut.Sum
    ) {
        guard !found.hasText, stated.isNumber, stated.with(found.total).isNumber else {
            rows[figure] = nextRow
            return lines.append(.tooLong(title, stated))
        }
        add(figure, title, stated, formula, found.total)
    }

    /// nil where there are no rows to add up.
    private func formula(_ figure: Figure, _ currency: Currency) -> String? {
        let currencyColumn = figure.isFinal ? ReconciliationSheets.finalCurrency : "currency"
        let common = [("rowType", "case"), (currencyColumn, currency.code)]
        func sum(_ more: (String, String)...) -> String { sumFormula(figure.column, common + more) ?? "" }
        guard sheets != nil else { return nil }
        switch figure.filter {
        case .all: return sum()
        case .bothSides: return sum(("refundVariance", "<>"))
        case .short: return sum(("refundVariance", "<0"))
        case .over: return sum(("refundVariance", ">0"))
        case .gross:
            return sum(("refundVariance", ">0")) + "-(" + sum(("refundVariance", "<0")).dropFirst() + ")"
        case .outcomes(let outcomes):
            return "=" + outcomes.map { String(sum(("outcome", $0.rawValue)).dropFirst()) }.joined(separator: "+")
        }
    }

    /// The sum of a column over the rows that meet all criteria; nil where there are no rows to add up.
    private func sumFormula(_ column: String, _ criteria: [ReconciliationSheets.Criterion]) -> String? {
        sheets?.formula("SUMIFS", column: column, where: criteria)
    }

    /// What the figures are held against.
    private var rowsName: String { sheets == nil ? "the rows of the report" : "the Reconciliation sheet" }
}

extension FigureValue {
    /// Another sum of the same kind.
    func with(_ total: Total) -> FigureValue {
        switch self {
        case .count: .count(Int(clamping: total.minorUnits))
        case .total(_, let currency): .total(total, currency)
        }
    }

    var currency: Currency? {
        if case .total(_, let currency) = self { currency } else { nil }
    }
}
