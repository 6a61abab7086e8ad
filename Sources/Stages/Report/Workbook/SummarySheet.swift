import Memory
import Refunds
import XLSX

/// The Summary sheet: the verdict, and the figures that a person asks for first.
final class SummarySheet {
    static let name = "Summary"
    static let columnCount = 10
    /// Charts beside a table begin here.
    private static let chartColumn = 4

    let sheet: Sheet
    let context: ReportContext
    let chartData: ChartDataSheet
    let figures: SummaryFigures
    private let controls: ControlsSheet
    var row = 0
    /// Where a printed page begins.
    private var pageStarts: [Int] = []

    init(
        _ sheet: Sheet, _ context: ReportContext, _ chartData: ChartDataSheet,
        _ figures: SummaryFigures, _ controls: ControlsSheet
    ) {
        self.sheet = sheet
        self.context = context
        self.chartData = chartData
        self.figures = figures
        self.controls = controls
    }

    /// - Parameters:
    ///   - checks: what the Controls sheet's cell of all checks says.
    ///   - leftOut: what the workbook does not show, in words; nil if it shows all.
    func write(checks: CellValue.CachedValue, leftOut: String?) throws(WorkbookError) {
        try sheet.setWidth(27, ofColumns: 0...0)
        try sheet.setWidth(18, ofColumns: 1...1)
        try sheet.setWidth(14.5, ofColumns: 2...Self.columnCount - 1)
        try sheet.setUpPrinting(titleRow: nil)
        try sheet.hideGridlines()
        try writeHead(checks, leftOut)
        try writeCurrencies()
        for table in context.additions.tables { try write(table) }
        try writeOutcomes()
        pageStarts.append(row + 1)
        try writeBridges()
        pageStarts.append(row + 1)
        try writeExceptions()
        pageStarts.append(row + 1)
        try writeAgeing()
        try writeCarriers()
        try sheet.setPages(percent: 62, startingAtRows: pageStarts)
    }

    // MARK: Head

    private func writeHead(_ checks: CellValue.CachedValue, _ leftOut: String?) throws(WorkbookError) {
        try sheet.setHeight(34, ofRow: 0)
        try sheet.write(.text("Refund reconciliation"), row: 0, column: 0, .title)
        for (index, part) in VerdictText(context).parts.enumerated() {
            let text = VerdictText.text(part)
            let band = CellStyle(
                fill: Palette(part.tone), color: .white, isBold: true, points: Self.bandPoints(text),
                alignment: .indented)
            try sheet.setHeight(26, ofRow: index + 1)
            try sheet.write(.text(text), row: index + 1, column: 0, band)
            for column in 1..<Self.columnCount { try sheet.write(.blank, row: index + 1, column: column, band) }
        }
        if let leftOut { try sheet.write(.text(leftOut), row: 3, column: 0, CellStyle(color: .brown, isBold: true)) }
        try sheet.write(.text("As of"), row: 4, column: 0, .label)
        try sheet.write(.date(context.asOf), row: 4, column: 1, CellStyle(isBold: true, alignment: .left))
        try sheet.write(.text("Statuses from"), row: 5, column: 0, .label)
        try sheet.write(.text(context.statusSource), row: 5, column: 1, .plain.with(.text))
        try sheet.write(.text("Tool version"), row: 6, column: 0, .label)
        try sheet.write(.text(context.toolVersion), row: 6, column: 1, .plain.with(.text))
        try sheet.write(.text("Control totals"), row: 7, column: 0, .label)
        try sheet.write(
            .formula("=\(ControlsSheet.allChecksCell)", checks), row: 7, column: 1,
            CellStyle(isBold: true, alignment: .left))
        try sheet.colorChecks(firstRow: 7, lastRow: 7, column: 1)
        row = 8
    }

    /// Letters that are small enough for the text to end within the band: white beyond it nobody could read.
    private static func bandPoints(_ text: String) -> Int { max(8, min(14, 14 * 120 / max(text.count, 1))) }

    // MARK: Tables

    func section(_ title: String, _ note: String? = nil, _ header: [String], textColumns: Int)
        throws(WorkbookError)
    {
        row += 1
        try sheet.setHeight(22, ofRow: row)
        try sheet.write(.text(title), row: row, column: 0, .section)
        row += 1
        if let note {
            try sheet.write(.text(note), row: row, column: 0, .note)
            row += 1
        }
        for (index, name) in header.enumerated() {
            try sheet.write(
                .text(name), row: row, column: index, index < textColumns ? .header : .header.aligned(.right))
        }
        row += 1
    }

    func line(_ values: [CellValue], _ style: CellStyle = .plain) throws(WorkbookError) {
        for (index, value) in values.enumerated() { try sheet.write(value, row: row, column: index, style) }
        row += 1
    }

    /// Writes a figure as the Controls sheet states it.
    func figure(_ key: SummaryFigure.Key, column: Int, _ style: CellStyle = .plain) throws(WorkbookError) {
        let value = controls.value(key)
        let isText = if case .formula(_, .text) = value { true } else { false }
        try sheet.write(value, row: row, column: column, (isText ? style.aligned(.right) : style).shrunk)
        controls.note(key, shownAtRow: row, column: column)
    }

    private func writeCurrencies() throws(WorkbookError) {
        try section(
            "By currency", "Variances are final − expected. Gross is over plus short; net lets them offset each other.",
            ["Currency", "Cases"] + SummaryFigures.currencyColumns.map(\.title), textColumns: 1)
        for currency in context.currencies {
            try sheet.write(.text(currency.code), row: row, column: 0)
            try figure(.cases(currency), column: 1)
            for (index, column) in SummaryFigures.currencyColumns.enumerated() {
                try figure(.total(column.total, currency), column: index + 2)
            }
            row += 1
        }
    }

    /// A table that an option adds. Words behind a figure keep their distance from it; the last column may be wide.
    private func write(_ table: ReportTable) throws(WorkbookError) {
        try section(table.title, table.note, [], textColumns: 0)
        let alignments = table.header.indices.map { index -> CellStyle.Alignment in
            if table.header[index].isFigure { return .right }
            return index > 0 && table.header[index - 1].isFigure ? .indented : .left
        }
        for (index, heading) in table.header.enumerated() {
            try sheet.write(.text(heading.title), row: row - 1, column: index, .header.aligned(alignments[index]))
        }
        for cells in table.rows {
            for (index, cell) in cells.enumerated() {
                let style = alignments[index] == .indented ? CellStyle.plain.aligned(.indented) : .plain
                try sheet.write(cell.value, row: row, column: index, style)
            }
            row += 1
        }
        if table.rows.isEmpty { try line([.text("none")], .note) }
    }

    private func writeOutcomes() throws(WorkbookError) {
        let start = row + 1
        try section("Outcomes of the cases", nil, ["Outcome", "Meaning", "Cases", "Share"], textColumns: 2)
        let first = row
        let all = CellName.cell(row: first + Outcome.allCases.count, column: 2)
        for outcome in Outcome.allCases.reversed() {
            try sheet.write(.text(outcome.rawValue), row: row, column: 0)
            try sheet.write(.text(outcome.entry.meaning), row: row, column: 1)
            try figure(.outcome(outcome), column: 2)
            if context.caseCount > 0 {
                let share = Double(context.summary.cases[outcome, default: 0]) / Double(context.caseCount)
                let rounded = (share * 10_000).rounded() / 10_000
                try sheet.write(
                    .formula("=ROUND(\(CellName.cell(row: row, column: 2))/\(all),4)", .number(rounded, .percent)),
                    row: row, column: 3)
            }
            row += 1
        }
        try sheet.write(.text("all"), row: row, column: 0, .sum)
        for column in [1, 3] { try sheet.write(.blank, row: row, column: column, .sum) }
        try figure(.allCases, column: 2, .sum)
        row += 1
        let last = first + Outcome.allCases.count - 1
        let chart = Chart(
            .bars, title: "Cases by outcome",
            [
                Chart.Series(
                    name: "Cases",
                    categories: CellName.range(sheet: Self.name, column: 0, rows: first...last),
                    values: CellName.range(sheet: Self.name, column: 2, rows: first...last), color: .blue)
            ],
            pointColors: Outcome.allCases.reversed().map { Palette($0.entry.tone) }, format: "#,##0")
        try place(chart, at: start, endRow: 15)
    }

    /// Puts a chart beside the table that began at `start` and goes on below both.
    func place(_ chart: Chart, at start: Int, endRow rows: Int) throws(WorkbookError) {
        try sheet.insert(chart, row: start, column: Self.chartColumn, xScale: 1.33, yScale: Double(rows) * 20 / 288)
        row = max(row, start + rows + 1)
    }
}
