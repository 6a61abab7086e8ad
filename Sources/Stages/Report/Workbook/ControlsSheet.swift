import Memory
import Refunds
import XLSX

/// The Controls sheet: what came in and where it went; the stored figures against live formulas over the Reconciliation
/// sheets, or where these are left out, against the figures added up again from the rows; and the figures of the Summary
/// sheet. A check cell says OK or shows the difference.
final class ControlsSheet {
    static let name = "Controls"
    /// The cell of the sheet that sums the checks up.
    static let allChecksCell = "\(name)!$E$3"

    private let sheet: Sheet
    private let context: ReportContext
    private let hasRows: Bool
    private let controls: ControlLines
    private let figures: SummaryFigures
    /// Where the Summary sheet shows each of its figures.
    private var shownCells: [Int: String] = [:]
    private var row = ControlLines.firstRow

    private static let columns: [TableColumn] = [
        TableColumn("Control", width: 84), TableColumn("Currency", width: 11), TableColumn("Stated", width: 20),
        TableColumn("Recomputed", width: 20), TableColumn("Check", width: 16),
    ]
    private static let titleRow = 5

    init(
        _ sheet: Sheet, _ context: ReportContext, _ rows: ReconciliationSheets?, _ tieOut: TieOut,
        _ figures: SummaryFigures
    ) {
        self.sheet = sheet
        self.context = context
        self.figures = figures
        hasRows = rows != nil
        controls = ControlLines(context, rows, tieOut)
    }

    /// Writes the sheet but for the checks of the Summary sheet's figures; gives what the cell that sums the checks up says.
    func write() throws(WorkbookError) -> CellValue.CachedValue {
        let checks = controls.lines.compactMap { line in if case .check(let check) = line { check } else { nil } }
        // Those of the Summary sheet hold: it shows what is on this one.
        let count = checks.count + figures.all.count { $0.value.isNumber }
        let failing = checks.count { !$0.holds }
        let summary: CellValue.CachedValue = failing == 0 ? .text("OK") : .number(Double(failing), .counted("fail"))
        try writeHead(count, summary)
        for line in controls.lines { try write(line) }
        return summary
    }

    private func writeHead(_ checkCount: Int, _ summary: CellValue.CachedValue) throws(WorkbookError) {
        for (index, column) in Self.columns.enumerated() { try sheet.setWidth(column.width, ofColumns: index...index) }
        try sheet.setUpPrinting(titleRow: Self.titleRow)
        try sheet.freeze(rows: Self.titleRow + 1)
        try sheet.setHeight(30, ofRow: 0)
        try sheet.write(.text("Control totals"), row: 0, column: 0, .title)
        let recomputed =
            hasRows
            ? "a live formula over this workbook's own cells."
            : "added up again row by row, for the rows are not in this workbook."
        try sheet.write(.text("Stated: what the run counted. Recomputed: \(recomputed)"), row: 1, column: 0, .note)
        try sheet.write(.text("All checks"), row: 2, column: 0, .sum)
        for column in 1...3 { try sheet.write(.blank, row: 2, column: column, .sum) }
        let failing = "\(checkCount)-COUNTIF($E$7:$E$\(Sheet.mostRows),\"OK\")"
        try sheet.write(.formula("=IF(\(failing)=0,\"OK\",\(failing))", summary), row: 2, column: 4, Self.checkStyle)
        for (index, column) in Self.columns.enumerated() {
            try sheet.write(
                .text(column.title), row: Self.titleRow, column: index, index < 2 ? .header : .header.aligned(.right))
        }
    }

    /// Its color comes from the condition, so that it follows the formula.
    private static let checkStyle = CellStyle(isBold: true, alignment: .right)

    // MARK: Lines

    private func write(_ line: ControlLine) throws(WorkbookError) {
        switch line {
        case .blank: break
        case .section(let title): try sheet.write(.text(title), row: row, column: 0, .section)
        case .subject(let name): try sheet.write(.text(name), row: row, column: 0, CellStyle(isBold: true))
        case .part(let name, let value):
            try sheet.write(.text(name), row: row, column: 0, CellStyle(color: .grey, alignment: .indented))
            try sheet.write(.text(value.currency?.code ?? ""), row: row, column: 1, CellStyle(color: .grey))
            try sheet.write(value.cell, row: row, column: 2)
        case .check(let check): try write(check)
        case .tooLong(let title, let value):
            try sheet.write(.text(title), row: row, column: 0)
            try sheet.write(.text(value.currency?.code ?? ""), row: row, column: 1)
            try sheet.write(value.cell, row: row, column: 2)
            try sheet.write(.text("over 15 digits"), row: row, column: 4, .note.aligned(.right))
        }
        row += 1
    }

    /// Writes one line with its check: equal to less than half a minor unit, for the formula adds doubles.
    private func write(_ check: ControlLine.Check) throws(WorkbookError) {
        let style = check.isSum ? CellStyle.sum : .plain
        let currency = check.stated.currency
        try sheet.write(.text(check.title), row: row, column: 0, style)
        try sheet.write(currency.map { .text($0.code) } ?? .none, row: row, column: 1, style)
        if let formula = check.statedFormula {
            try sheet.write(.formula(formula, check.stated.cached), row: row, column: 2, style.shrunk)
        } else {
            try sheet.write(check.stated.cell, row: row, column: 2, style)
        }
        let recomputed = check.stated.with(check.recomputed)
        if let formula = check.formula {
            try sheet.write(.formula(formula, recomputed.cached), row: row, column: 3, style.shrunk)
        } else {
            try sheet.write(recomputed.cell, row: row, column: 3, style)
        }
        // What follows from other rows is held against these, so that writing over the cell that shows it is found as well.
        let stated = check.statedFormula.map { "(\($0.dropFirst()))" } ?? CellName.cell(row: row, column: 2)
        let found = CellName.cell(row: row, column: 3)
        let half = "0." + String(repeating: "0", count: currency?.minorDigits ?? 0) + "5"
        let difference = check.stated.total - check.recomputed
        var checkStyle = Self.checkStyle
        checkStyle.hasRule = style.hasRule
        try sheet.write(
            .formula(
                "=IF(ABS(\(stated)-\(found))<\(half),\"OK\",\(stated)-\(found))",
                check.holds ? .text("OK") : check.stated.with(difference).cached), row: row, column: 4, checkStyle)
    }

    // MARK: The Summary sheet

    /// The row on which this sheet states a figure of the Summary sheet, below all that was written so far.
    private func row(_ place: Int) -> Int { ControlLines.firstRow + controls.lines.count + 2 + place }

    /// A figure for the Summary sheet: a formula that shows this sheet's.
    func value(_ key: SummaryFigure.Key) -> CellValue {
        guard let place = figures.place(key) else { return .none }
        return .formula("=\(Self.name)!\(CellName.fixed(row: row(place), column: 2))", figures.all[place].value.cached)
    }

    /// Notes where the Summary sheet shows a figure.
    func note(_ key: SummaryFigure.Key, shownAtRow row: Int, column: Int) {
        guard let place = figures.place(key) else { return }
        shownCells[place] = "\(SummarySheet.name)!\(CellName.fixed(row: row, column: column))"
    }

    /// Writes the figures of the Summary sheet, when it is written, each beside what it shows.
    func finish() throws(WorkbookError) {
        try write(.blank)
        try write(.section("The Summary sheet shows these figures"))
        for (place, figure) in figures.all.enumerated() {
            guard let cell = shownCells[place] else {
                throw .inconsistent("\(figure.title) is not on the Summary sheet")
            }
            if !figure.value.isNumber {
                try write(.tooLong(figure.title, figure.value))
                continue
            }
            try write(
                .check(
                    .init(
                        title: figure.title, stated: figure.value, statedFormula: formula(figure), formula: "=\(cell)",
                        recomputed: figure.value.total)))
        }
        try sheet.colorChecks(firstRow: 2, lastRow: row, column: 4)
    }

    /// How the figure follows from others of this sheet; nil where it does not, or where one of these is text.
    private func formula(_ figure: SummaryFigure) -> String? {
        let rows = figure.terms.compactMap { controls.rows[$0.figure] }
        guard !rows.isEmpty, rows.count == figure.terms.count,
            rows.allSatisfy({ if case .check = controls.lines[$0 - ControlLines.firstRow] { true } else { false } })
        else { return nil }
        let terms = zip(figure.terms, rows).enumerated().map { index, term in
            (term.0.isAdded ? index == 0 ? "" : "+" : "-") + CellName.cell(row: term.1, column: 2)
        }
        // A sum of doubles can miss the last digit.
        let digits = figure.currency?.minorDigits ?? 0
        return terms.count == 1 ? "=" + terms[0] : "=ROUND(\(terms.joined()),\(digits))"
    }
}
