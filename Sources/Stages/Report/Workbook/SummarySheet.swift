import CXlsx
import Memory
import Refunds

/// The Summary sheet: the verdict, and the figures that a person asks for first.
final class SummarySheet {
    static let name = "Summary"
    static let columnCount = 10
    /// Charts beside a table begin here.
    private static let chartColumn = 4

    let sheet: Sheet
    let context: ReportContext
    let charts: Charts
    let chartData: ChartDataSheet
    let figures: SummaryFigures
    private let controls: ControlsSheet
    var row = 0
    /// Where a printed page begins.
    private var pageStarts: [Int] = []

    init(
        _ sheet: Sheet, _ file: XLSXFile, _ context: ReportContext, _ chartData: ChartDataSheet,
        _ figures: SummaryFigures, _ controls: ControlsSheet
    ) {
        self.sheet = sheet
        self.context = context
        charts = Charts(file: file)
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
        worksheet_gridlines(sheet.pointer, UInt8(LXW_HIDE_ALL_GRIDLINES.rawValue))
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
        try sheet.write(0, 0, .text("Refund reconciliation"), .title)
        for (index, part) in VerdictText(context).parts.enumerated() {
            let text = VerdictText.text(part)
            let band = CellStyle(
                fill: Palette(part.tone), color: .white, isBold: true, points: Self.bandPoints(text),
                alignment: .indented)
            try sheet.setHeight(26, ofRow: index + 1)
            try sheet.write(index + 1, 0, .text(text), band)
            for column in 1..<Self.columnCount { try sheet.write(index + 1, column, .blank, band) }
        }
        if let leftOut { try sheet.write(3, 0, .text(leftOut), CellStyle(color: .brown, isBold: true)) }
        try sheet.write(4, 0, .text("As of"), .label)
        try sheet.write(4, 1, .date(context.asOf), CellStyle(isBold: true, alignment: .left))
        try sheet.write(5, 0, .text("Statuses from"), .label)
        try sheet.write(5, 1, .text(context.statusSource), .plain.with(.text))
        try sheet.write(6, 0, .text("Tool version"), .label)
        try sheet.write(6, 1, .text(context.toolVersion), .plain.with(.text))
        try sheet.write(7, 0, .text("Control totals"), .label)
        try sheet.write(
            7, 1, .formula("=\(ControlsSheet.allChecksCell)", checks), CellStyle(isBold: true, alignment: .left))
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
        try sheet.write(row, 0, .text(title), .section)
        row += 1
        if let note {
            try sheet.write(row, 0, .text(note), .note)
            row += 1
        }
        for (index, name) in header.enumerated() {
            try sheet.write(row, index, .text(name), index < textColumns ? .header : .header.aligned(.right))
        }
        row += 1
    }

    func line(_ values: [CellValue], _ style: CellStyle = .plain) throws(WorkbookError) {
        for (index, value) in values.enumerated() { try sheet.write(row, index, value, style) }
        row += 1
    }

    /// Writes a figure as the Controls sheet states it.
    func figure(_ key: SummaryFigure.Key, column: Int, _ style: CellStyle = .plain) throws(WorkbookError) {
        let value = controls.value(key)
        let isText = if case .formula(_, .text) = value { true } else { false }
        try sheet.write(row, column, value, (isText ? style.aligned(.right) : style).shrunk)
        controls.note(key, shownAtRow: row, column: column)
    }

    private func writeCurrencies() throws(WorkbookError) {
        try section(
            "By currency", "Variances are final − expected. Gross is over plus short; net lets them offset each other.",
            ["Currency", "Cases"] + SummaryFigures.currencyColumns.map(\.title), textColumns: 1)
        for currency in context.currencies {
            try sheet.write(row, 0, .text(currency.code))
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
            try sheet.write(row - 1, index, .text(heading.title), .header.aligned(alignments[index]))
        }
        for cells in table.rows {
            for (index, cell) in cells.enumerated() {
                let style = alignments[index] == .indented ? CellStyle.plain.aligned(.indented) : .plain
                try sheet.write(row, index, cell.value, style)
            }
            row += 1
        }
        if table.rows.isEmpty { try line([.text("none")], .note) }
    }

    private func writeOutcomes() throws(WorkbookError) {
        let start = row + 1
        try section("Outcomes of the cases", nil, ["Outcome", "Meaning", "Cases", "Share"], textColumns: 2)
        let first = row
        let all = CellName.cell(first + Outcome.allCases.count, 2)
        for outcome in Outcome.allCases.reversed() {
            try sheet.write(row, 0, .text(outcome.rawValue))
            try sheet.write(row, 1, .text(outcome.entry.meaning))
            try figure(.outcome(outcome), column: 2)
            if context.caseCount > 0 {
                let share = Double(context.summary.cases[outcome, default: 0]) / Double(context.caseCount)
                let rounded = (share * 10_000).rounded() / 10_000
                try sheet.write(
                    row, 3, .formula("=ROUND(\(CellName.cell(row, 2))/\(all),4)", .number(rounded, .percent)))
            }
            row += 1
        }
        try sheet.write(row, 0, .text("all"), .sum)
        for column in [1, 3] { try sheet.write(row, column, .blank, .sum) }
        try figure(.allCases, column: 2, .sum)
        row += 1
        let last = first + Outcome.allCases.count - 1
        let chart = try charts.plain(
            LXW_CHART_BAR, title: "Cases by outcome",
            Charts.Series(
                name: "Cases", categories: "\(Self.name)!\(CellName.fixed(first, 0)):\(CellName.fixed(last, 0))",
                values: "\(Self.name)!\(CellName.fixed(first, 2)):\(CellName.fixed(last, 2))", color: .blue),
            pointColors: Outcome.allCases.reversed().map { Palette($0.entry.tone) }, format: "#,##0")
        try place(chart, at: start, endRow: 15)
    }

    /// Puts a chart beside the table that began at `start` and goes on below both.
    func place(_ chart: UnsafeMutablePointer<lxw_chart>, at start: Int, endRow rows: Int) throws(WorkbookError) {
        try sheet.insert(chart, row: start, column: Self.chartColumn, xScale: 1.33, yScale: Double(rows) * 20 / 288)
        row = max(row, start + rows + 1)
    }
}
