import CXlsx
import Core

/// The Controls sheet: what came in and where it went, and the stored figures against live formulas over the
/// Reconciliation sheets; where these are left out, against the figures added up again from the rows. A check cell says OK or
/// shows the difference.
final class ControlsSheet {
    static let name = "Controls"
    /// The cell of the sheet that sums the checks up.
    static let allChecksCell = "\(name)!$E$3"

    private let sheet: Sheet
    private let context: ReportContext
    private let rows: ReconciliationSheets?
    private let tieOut: TieOut
    private var row = 6
    private var checkCount = 0
    private var okCount = 0

    private static let columns: [TableColumn] = [
        TableColumn("Control", 84), TableColumn("Currency", 11), TableColumn("Stated", 20),
        TableColumn("Recomputed", 20), TableColumn("Check", 16),
    ]
    private static let titleRow = 5

    init(_ sheet: Sheet, _ context: ReportContext, _ rows: ReconciliationSheets?, _ tieOut: TieOut) {
        self.sheet = sheet
        self.context = context
        self.rows = rows
        self.tieOut = tieOut
    }

    /// Writes the sheet; gives what the cell that sums the checks up says.
    func write() throws(WorkbookError) -> CellValue.CachedValue {
        // The rows of a sheet are written from the top, and the top cell needs the number of checks below.
        let plan = plannedChecks()
        let summary: CellValue.CachedValue =
            plan.ok == plan.all ? .text("OK") : .number(Double(plan.all - plan.ok), .failures)
        try writeHead(plan.all, summary)
        try writeEquations()
        try writeCounts()
        for currency in context.summary.totals.keys.sorted() { try writeTotals(currency) }
        try sheet.colorChecks(firstRow: 2, lastRow: row, column: 4)
        return summary
    }

    private func writeHead(_ checkCount: Int, _ summary: CellValue.CachedValue) throws(WorkbookError) {
        for (index, column) in Self.columns.enumerated() { try sheet.setWidth(column.width, ofColumns: index...index) }
        try sheet.setUpPrinting(titleRow: Self.titleRow)
        worksheet_freeze_panes(sheet.pointer, UInt32(Self.titleRow + 1), 0)
        try sheet.setHeight(30, ofRow: 0)
        try sheet.write(0, 0, .text("Control totals"), .title)
        try sheet.write(
            1, 0,
            .text(
                rows == nil
                    ? "Stated: what the run counted. Recomputed: added up again row by row, for the rows are not in this workbook."
                    : "Stated: what the run counted. Recomputed: a live formula over this workbook's own cells."),
            .note)
        try sheet.write(2, 0, .text("All checks"), .sum)
        for column in 1...3 { try sheet.write(2, column, .blank, .sum) }
        let failing = "\(checkCount)-COUNTIF($E$7:$E$\(LXW_ROW_MAX),\"OK\")"
        try sheet.write(2, 4, .formula("=IF(\(failing)=0,\"OK\",\(failing))", summary), Self.checkStyle)
        for (index, column) in Self.columns.enumerated() {
            try sheet.write(
                Self.titleRow, index, .text(column.title), index < 2 ? .header : .header.aligned(.right))
        }
    }

    /// Its colour comes from the condition, so that it follows the formula.
    private static let checkStyle = CellStyle(isBold: true, alignment: .right)

    // MARK: What came in and where it went

    private var equations: [ControlEquation] { context.controls.equations }

    private func writeEquations() throws(WorkbookError) {
        try section("What came in, and where it went")
        for equation in equations {
            let first = row
            for part in equation.parts {
                try sheet.write(row, 0, .text(part.name), CellStyle(color: .grey))
                try sheet.write(row, 2, .count(part.count))
                row += 1
            }
            let names = equation.parts.map(\.name).joined(separator: " + ")
            try writeCheck(
                "\(equation.whole.name) = \(names)", nil, stated: .count(equation.whole.count),
                formula: "=SUM(\(CellName.cell(first, 2)):\(CellName.cell(row - 1, 2)))",
                recomputed: Total(minorUnits: Int128(equation.parts.reduce(0) { $0 + $1.count })),
                statedTotal: Total(minorUnits: Int128(equation.whole.count)), style: .sum)
        }
    }

    // MARK: Counts of the Reconciliation sheets

    /// A count that the run stated, and what the rows give.
    private struct RowCount {
        let title: String
        let stated: Int
        let column: String
        let criterion: String
        let found: Int
    }

    private var rowCounts: [RowCount] {
        let stated = context.controls.rows
        let types: [(RowType, Int)] = [
            (.case, stated.case), (.orphanWebhook, stated.orphanWebhook), (.unrecordedRefund, stated.unrecordedRefund),
        ]
        return types.map { type, count in
            RowCount(
                title: "Rows of type \(type.rawValue)", stated: count, column: "rowType", criterion: type.rawValue,
                found: tieOut.rowTypes[type, default: 0])
        }
            + Outcome.allCases.map { outcome in
                RowCount(
                    title: "Cases with outcome \(outcome.rawValue)",
                    stated: context.summary.cases[outcome, default: 0], column: "outcome",
                    criterion: outcome.rawValue, found: tieOut.outcomes[outcome, default: 0])
            }
            + ExceptionCode.allCases.map { code in
                RowCount(
                    title: "Rows with exception \(code.rawValue)",
                    stated: context.summary.exceptions[code, default: 0], column: "exceptions",
                    criterion: "*\(code.rawValue)*", found: tieOut.exceptions[code, default: 0])
            }
    }

    /// nil where there are no rows to count.
    private func formula(_ count: RowCount) -> String? {
        let terms = rows?.ranges(ofColumn: count.column).map { "COUNTIF(\($0),\"\(count.criterion)\")" }
        return terms.map { "=" + $0.joined(separator: "+") }
    }

    private func writeCounts() throws(WorkbookError) {
        try section("Counts tie to \(rowsName)")
        for count in rowCounts {
            try writeCheck(
                count.title, nil, stated: .count(count.stated), formula: formula(count),
                recomputed: Total(minorUnits: Int128(count.found)),
                statedTotal: Total(minorUnits: Int128(count.stated)), style: .plain)
        }
    }

    // MARK: Totals of the Reconciliation sheets

    private func writeTotals(_ currency: Currency) throws(WorkbookError) {
        try section("Totals in \(currency) tie to \(rowsName)")
        for (index, figure) in Figure.all.enumerated() {
            let stated = stated(figure, currency)
            guard isCheckable(index, currency) else {
                try sheet.write(row, 0, .text(figure.name))
                try sheet.write(row, 1, .text(currency.code))
                try sheet.write(row, 2, .total(stated, currency))
                try sheet.write(row, 4, .text("over 15 digits"), .note.aligned(.right))
                row += 1
                continue
            }
            try writeCheck(
                figure.name, currency, stated: .total(stated, currency), formula: formula(figure, currency),
                recomputed: tieOut.sum(index, currency).total, statedTotal: stated, style: .plain)
        }
    }

    private func stated(_ figure: Figure, _ currency: Currency) -> Total {
        (context.summary.totals[currency] ?? CurrencyTotals())[keyPath: figure.stored]
    }

    /// A formula can add only what was written as numbers, and a double shows only 15 digits.
    private func isCheckable(_ figureIndex: Int, _ currency: Currency) -> Bool {
        let sum = tieOut.sum(figureIndex, currency)
        let totals = [sum.total, stated(Figure.all[figureIndex], currency)]
        return !sum.hasText && totals.allSatisfy { $0.minorUnits.magnitude < CellNumber.limit.magnitude }
    }

    /// nil where there are no rows to add up.
    private func formula(_ figure: Figure, _ currency: Currency) -> String? {
        guard let rows else { return nil }
        let variances = rows.ranges(ofColumn: "refundVariance")
        let outcomes = rows.ranges(ofColumn: "outcome")
        let types = rows.ranges(ofColumn: "rowType")
        let currencies = rows.ranges(ofColumn: figure.isFinal ? ReconciliationSheets.finalCurrency : "currency")
        var terms: [String] = []
        for (sheet, amounts) in rows.ranges(ofColumn: figure.column).enumerated() {
            let common = "\(amounts),\(types[sheet]),\"case\",\(currencies[sheet]),\"\(currency)\""
            switch figure.filter {
            case .all: terms.append("SUMIFS(\(common))")
            case .bothSides: terms.append("SUMIFS(\(common),\(variances[sheet]),\"<>\")")
            case .short: terms.append("SUMIFS(\(common),\(variances[sheet]),\"<0\")")
            case .over: terms.append("SUMIFS(\(common),\(variances[sheet]),\">0\")")
            case .outcomes(let wanted):
                terms += wanted.map { "SUMIFS(\(common),\(outcomes[sheet]),\"\($0.rawValue)\")" }
            }
        }
        return "=" + terms.joined(separator: "+")
    }

    /// What the figures are held against.
    private var rowsName: String { rows == nil ? "the rows of the report" : "the Reconciliation sheet" }

    // MARK: Checks

    private func plannedChecks() -> (all: Int, ok: Int) {
        var checks = equations.map(\.holds) + rowCounts.map { $0.stated == $0.found }
        for currency in context.summary.totals.keys {
            for (index, figure) in Figure.all.enumerated() where isCheckable(index, currency) {
                checks.append(tieOut.sum(index, currency).total == stated(figure, currency))
            }
        }
        return (checks.count, checks.count { $0 })
    }

    /// Writes one line with its check: equal to less than half a minor unit, for the formula adds doubles.
    private func writeCheck(
        _ title: String, _ currency: Currency?, stated: CellValue, formula: String?, recomputed: Total,
        statedTotal: Total, style: CellStyle
    ) throws(WorkbookError) {
        let shown = currency.map { CellStyle.Number.amount(digits: $0.minorDigits) } ?? .count
        try sheet.write(row, 0, .text(title), style)
        try sheet.write(row, 1, currency.map { .text($0.code) } ?? .none, style)
        try sheet.write(row, 2, stated, style)
        let value = number(recomputed, currency)
        if let formula {
            try sheet.write(row, 3, .formula(formula, .number(value, shown)), style)
        } else {
            try sheet.write(row, 3, number: value, sheet.format(style.with(shown)))
        }
        let difference = "\(CellName.cell(row, 2))-\(CellName.cell(row, 3))"
        let half = "0." + String(repeating: "0", count: currency?.minorDigits ?? 0) + "5"
        let exactDifference = Total(minorUnits: statedTotal.minorUnits &- recomputed.minorUnits)
        let cached: CellValue.CachedValue =
            exactDifference == Total() ? .text("OK") : .number(number(exactDifference, currency), shown)
        var check = Self.checkStyle
        check.hasRule = style.hasRule
        try sheet.write(
            row, 4, .formula("=IF(ABS(\(difference))<\(half),\"OK\",\(difference))", cached), check)
        row += 1
    }

    private func number(_ total: Total, _ currency: Currency?) -> Double {
        guard let currency else { return Double(total.minorUnits) }
        if case .number(let value) = CellNumber(total, currency) { return value }
        return Double(total.minorUnits)
    }

    private func section(_ title: String) throws(WorkbookError) {
        row += 1
        try sheet.write(row, 0, .text(title), .section)
        row += 1
    }
}
