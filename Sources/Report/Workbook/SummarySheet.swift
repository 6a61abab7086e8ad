import CXlsx
import Core

/// The Summary sheet: the verdict, and the figures that a person asks for first.
final class SummarySheet {
    static let name = "Summary"
    /// How many currencies get a waterfall, those with the most cases first.
    private static let waterfallLimit = 4
    private static let carrierLimit = 10
    private static let columnCount = 10
    /// Charts beside a table begin here.
    private static let chartColumn = 4

    private let sheet: Sheet
    private let context: ReportContext
    private let charts: Charts
    private let chartData: ChartDataSheet
    private let carriers: CarrierVariances
    private var row = 0
    /// Where a printed page begins.
    private var pageStarts: [Int] = []

    init(
        _ sheet: Sheet, _ file: XLSXFile, _ context: ReportContext, _ chartData: ChartDataSheet,
        _ carriers: CarrierVariances
    ) {
        self.sheet = sheet
        self.context = context
        charts = Charts(file: file)
        self.chartData = chartData
        self.carriers = carriers
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
        let verdict = Verdict(context)
        let band = CellStyle(fill: verdict.color, color: .white, isBold: true, points: 16, alignment: .indented)
        try sheet.setHeight(30, ofRow: 1)
        try sheet.write(1, 0, .text(verdict.words), band)
        for column in 1..<Self.columnCount { try sheet.write(1, column, .blank, band) }
        try sheet.write(2, 0, .text(Verdict.reasons(context)), CellStyle(isItalic: true))
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

    // MARK: Tables

    private func section(_ title: String, _ note: String? = nil, _ header: [String], textColumns: Int)
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

    private func line(_ values: [CellValue], _ style: CellStyle = .plain) throws(WorkbookError) {
        for (index, value) in values.enumerated() { try sheet.write(row, index, value, style) }
        row += 1
    }

    /// A total with its currency's digits.
    private func total(_ currency: Currency, _ part: KeyPath<CurrencyTotals, Total>) -> CellValue {
        .total((context.summary.totals[currency] ?? CurrencyTotals())[keyPath: part], currency)
    }

    private func writeCurrencies() throws(WorkbookError) {
        try section(
            "By currency", "Variances are final − expected. Gross is over plus short; net lets them offset each other.",
            [
                "Currency", "Cases", "Expected refund", "Final refund", "Net variance", "Gross variance",
                "Refund short",
                "Refund over", "At risk", "Open",
            ], textColumns: 1)
        for currency in context.currencies {
            let totals = context.summary.totals[currency] ?? CurrencyTotals()
            let gross = Total(minorUnits: totals.refundOver.minorUnits &- totals.refundShort.minorUnits)
            try line([
                .text(currency.code), .count(context.caseCount(currency)), total(currency, \.expectedRefund),
                total(currency, \.finalRefund), total(currency, \.refundVariance), .total(gross, currency),
                total(currency, \.refundShort), total(currency, \.refundOver), total(currency, \.atRisk),
                total(currency, \.open),
            ])
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
                try sheet.write(row, index, cell.value(context.fileNames), style)
            }
            row += 1
        }
        if table.rows.isEmpty { try line([.text("none")], .note) }
    }

    private func writeOutcomes() throws(WorkbookError) {
        let start = row + 1
        try section("Outcomes of the cases", nil, ["Outcome", "Meaning", "Cases", "Share"], textColumns: 2)
        let first = row
        let all = Outcome.allCases.reduce(0) { $0 + context.summary.cases[$1, default: 0] }
        for outcome in Outcome.allCases.reversed() {
            let count = context.summary.cases[outcome, default: 0]
            try line([
                .text(outcome.rawValue), .text(ExceptionWording.meaning(outcome)), .count(count),
                all == 0 ? .none : .fraction(Double(count) / Double(all)),
            ])
        }
        try line([.text("all"), .blank, .count(all), .blank], .sum)
        let last = first + Outcome.allCases.count - 1
        let chart = try charts.plain(
            LXW_CHART_BAR, title: "Cases by outcome",
            Charts.Series(
                name: "Cases", categories: "\(Self.name)!\(CellName.fixed(first, 0)):\(CellName.fixed(last, 0))",
                values: "\(Self.name)!\(CellName.fixed(first, 2)):\(CellName.fixed(last, 2))", color: .blue),
            pointColors: Outcome.allCases.reversed().map(Self.color), format: "#,##0")
        try place(chart, at: start, endRow: 15)
    }

    private static func color(_ outcome: Outcome) -> Palette {
        switch outcome {
        case .matched, .withinTolerance: .green
        case .pending, .unquoted: .amber
        case .unverified: .purple
        case .overdue, .rejected, .withdrawn, .variance: .red
        }
    }

    /// Puts a chart beside the table that began at `start` and goes on below both.
    private func place(_ chart: UnsafeMutablePointer<lxw_chart>, at start: Int, endRow rows: Int) throws(WorkbookError)
    {
        try sheet.insert(chart, row: start, column: Self.chartColumn, xScale: 1.33, yScale: Double(rows) * 20 / 288)
        row = max(row, start + rows + 1)
    }

    // MARK: From expected to final

    private func writeBridges() throws(WorkbookError) {
        try section(
            "From expected to final",
            "Open and at risk are not paid. Variances stand as they change the refund. Other is paid, not comparable.",
            ["Currency"] + Bridge.names, textColumns: 1)
        for currency in context.currencies {
            guard let bridge = Bridge(context.summary.totals[currency] ?? CurrencyTotals()) else { continue }
            try line([.text(currency.code)] + bridge.values.map { .total($0, currency) })
        }
        row += 1
        var drawn = 0
        for currency in context.currenciesByCases.prefix(Self.waterfallLimit) {
            guard let chart = try waterfall(currency) else { continue }
            try sheet.insert(
                chart, row: row, column: drawn % 2 == 0 ? 0 : 5, xScale: drawn % 2 == 0 ? 1.3 : 1.1, yScale: 1)
            drawn += 1
            if drawn % 2 == 0 { row += 16 }
        }
        if drawn % 2 == 1 { row += 16 }
    }

    /// nil where columns cannot show the walk: below zero, or figures too long for numbers.
    private func waterfall(_ currency: Currency) throws(WorkbookError) -> UnsafeMutablePointer<lxw_chart>? {
        guard let bars = Bridge(context.summary.totals[currency] ?? CurrencyTotals())?.bars else { return nil }
        let levels = bars.flatMap { [$0.base, $0.whole, $0.rise, $0.fall] }
        guard levels.allSatisfy({ $0.minorUnits < CellNumber.limit }), levels.contains(where: { $0.minorUnits > 0 })
        else { return nil }
        let block = try chartData.write(
            "From expected to final, \(currency)", ["Step", "Base", "Whole", "Rise", "Fall"],
            bars.map { bar in
                [.text(bar.name)] + [bar.base, bar.whole, bar.rise, bar.fall].map { .total($0, currency) }
            })
        let colors: [Palette?] = [nil, .navy, .green, .red]
        let series = zip(["Base", "Whole", "Rise", "Fall"], colors).enumerated().map { index, drawn in
            Charts.Series(
                name: drawn.0, categories: block.categories, values: block.columns[index + 1], color: drawn.1)
        }
        return try charts.stacked(title: "From expected to final, \(currency)", series, format: "#,##0")
    }

    // MARK: Exceptions

    private func writeExceptions() throws(WorkbookError) {
        try section("Exceptions by code", nil, ["Code", "Severity", "Rows"], textColumns: 2)
        try sheet.write(row - 1, 3, .text("Meaning"), .header.aligned(.indented))
        try writeHeaderBlanks(4)
        var isEmpty = true
        for code in ExceptionCode.allCases {
            guard let count = context.summary.exceptions[code], count > 0 else { continue }
            isEmpty = false
            try sheet.write(row, 0, .text(code.rawValue))
            try sheet.write(row, 1, .text(code.severity.rawValue), Self.style(code.severity))
            try sheet.write(row, 2, .count(count))
            try sheet.write(row, 3, .text(ExceptionWording.meaning(code)), .plain.aligned(.indented))
            row += 1
        }
        if isEmpty { try line([.text("none")], .note) }
    }

    private func writeHeaderBlanks(_ first: Int) throws(WorkbookError) {
        for column in first..<Self.columnCount { try sheet.write(row - 1, column, .blank, .header) }
    }

    private static func style(_ severity: Severity) -> CellStyle {
        switch severity {
        case .error: CellStyle(fill: .lightRed, color: .red, isBold: true)
        case .warning: CellStyle(fill: .lightAmber, color: .brown, isBold: true)
        case .info: .plain
        }
    }

    // MARK: Ageing and carriers

    private func writeAgeing() throws(WorkbookError) {
        let start = row + 1
        try section(
            "Open refunds by age, in days", nil, ["Currency", "Age", "Cases", "Expected refund"], textColumns: 2)
        var byBucket: [AgeBucket: Int] = [:]
        for currency in context.currencies {
            for bucket in AgeBucket.allCases {
                guard let sums = context.summary.ageing[CurrencyBucket(currency: currency, bucket: bucket)] else {
                    continue
                }
                byBucket[bucket, default: 0] += sums.cases
                try line([
                    .text(currency.code), .text(bucket.rawValue), .count(sums.cases),
                    .total(sums.expectedRefund, currency),
                ])
            }
        }
        if byBucket.isEmpty { return try line([.text("none")], .note) }
        let block = try chartData.write(
            "Open refunds by age", ["Age", "Cases"],
            AgeBucket.allCases.map { [.text($0.rawValue), .count(byBucket[$0, default: 0])] })
        let chart = try charts.plain(
            LXW_CHART_COLUMN, title: "Open refunds by age in days, all currencies",
            Charts.Series(name: "Cases", categories: block.categories, values: block.columns[1], color: .blue),
            format: "#,##0")
        try place(chart, at: start, endRow: 15)
    }

    private func writeCarriers() throws(WorkbookError) {
        let start = row + 1
        try section(
            "Carriers with the largest gross variance", nil, ["Carrier", "Currency", "Gross variance", "Net variance"],
            textColumns: 2)
        let ordered = context.currenciesByCases.map {
            (currency: $0, carriers: carriers.largest(Self.carrierLimit, in: $0))
        }
        .filter { !$0.carriers.isEmpty }
        for (currency, found) in ordered {
            for (carrier, sum) in found {
                try line([
                    .text(carrier.isEmpty ? "(none)" : carrier.string), .text(currency.code),
                    .total(sum.gross, currency),
                    .total(sum.net, currency),
                ])
            }
        }
        guard let (currency, found) = ordered.first else { return try line([.text("none")], .note) }
        guard found.allSatisfy({ $0.sum.gross.minorUnits < CellNumber.limit }) else { return }
        let block = try chartData.write(
            "Gross variance by carrier, \(currency)", ["Carrier", "Gross variance"],
            found.map { [.text($0.carrier.isEmpty ? "(none)" : $0.carrier.string), .total($0.sum.gross, currency)] })
        let format = CellStyle.Number.amount(digits: currency.minorDigits).code ?? "General"
        let chart = try charts.plain(
            LXW_CHART_BAR, title: "Largest gross variance by carrier, \(currency)",
            Charts.Series(
                name: "Gross variance", categories: block.categories, values: block.columns[1], color: .blue),
            format: format)
        try place(chart, at: start, endRow: 15)
    }
}
