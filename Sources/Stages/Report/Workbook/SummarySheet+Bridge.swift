import Memory
import Refunds
import XLSX

extension SummarySheet {
    /// How many currencies get a waterfall, those with the most cases first.
    private static let waterfallLimit = 4

    func writeBridges() throws(WorkbookError) {
        try section(
            "From expected to final",
            Bridge.note,
            ["Currency"] + Bridge.names, textColumns: 1)
        for currency in context.currencies {
            try sheet.write(.text(currency.code), row: row, column: 0)
            for index in Bridge.names.indices { try figure(.step(index, currency), column: index + 1) }
            row += 1
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
    private func waterfall(_ currency: Currency) throws(WorkbookError) -> Chart? {
        guard let bars = Bridge(context.totals(currency)).bars else { return nil }
        let levels = bars.flatMap { [$0.base, $0.whole, $0.rise, $0.fall] }
        guard levels.allSatisfy(\.isNumber), levels.contains(where: { $0.minorUnits > 0 })
        else { return nil }
        let block = try chartData.write(
            "From expected to final, \(currency)", ["Step", "Base", "Whole", "Rise", "Fall"],
            bars.map { bar in
                [.text(bar.name)] + [bar.base, bar.whole, bar.rise, bar.fall].map { .total($0, currency) }
            })
        let colors: [Palette?] = [nil, .navy, .green, .red]
        let series = zip(["Base", "Whole", "Rise", "Fall"], colors).enumerated().map { index, drawn in
            Chart.Series(
                name: drawn.0, categories: block.categories, values: block.columns[index + 1], color: drawn.1)
        }
        return Chart(.stackedColumns, title: "From expected to final, \(currency)", series, format: "#,##0")
    }
}
