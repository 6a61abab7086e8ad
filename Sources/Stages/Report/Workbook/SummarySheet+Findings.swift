import Memory
import Refunds
import XLSX

/// Exceptions, ages and carriers.
extension SummarySheet {
    // MARK: Exceptions

    func writeExceptions() throws(WorkbookError) {
        try section("Exceptions by code", nil, ["Code", "Severity", "Rows"], textColumns: 2)
        try sheet.write(.text("Meaning"), row: row - 1, column: 3, .header.aligned(.indented))
        try writeHeaderBlanks(4)
        var isEmpty = true
        for code in ExceptionCode.allCases {
            guard context.summary.exceptions[code, default: 0] > 0 else { continue }
            isEmpty = false
            try sheet.write(.text(code.rawValue), row: row, column: 0)
            try sheet.write(.text(code.severity.rawValue), row: row, column: 1, Self.style(code.severity))
            try figure(.code(code), column: 2)
            try sheet.write(.text(code.entry.meaning), row: row, column: 3, .plain.aligned(.indented))
            row += 1
        }
        if isEmpty { try line([.text("none")], .note) }
    }

    private func writeHeaderBlanks(_ first: Int) throws(WorkbookError) {
        for column in first..<Self.columnCount { try sheet.write(.blank, row: row - 1, column: column, .header) }
    }

    private static func style(_ severity: Severity) -> CellStyle {
        switch severity {
        case .error: CellStyle(fill: .lightRed, color: .red, isBold: true)
        case .warning: CellStyle(fill: .lightAmber, color: .brown, isBold: true)
        case .info: .plain
        }
    }

    // MARK: Ageing and carriers

    func writeAgeing() throws(WorkbookError) {
        let start = row + 1
        try section(
            "In progress or overdue, by age in days", nil, ["Currency", "Age", "Cases", "Expected refund"],
            textColumns: 2)
        var byBucket: [AgeBucket: Int] = [:]
        for currency in context.currencies {
            for bucket in AgeBucket.allCases {
                let key = CurrencyBucket(currency: currency, bucket: bucket)
                guard let sums = context.summary.ageing[key] else { continue }
                byBucket[bucket, default: 0] += sums.cases
                try sheet.write(.text(currency.code), row: row, column: 0)
                try sheet.write(.text(bucket.rawValue), row: row, column: 1)
                try figure(.agedCases(key), column: 2)
                try figure(.agedAmount(key), column: 3)
                row += 1
            }
        }
        if byBucket.isEmpty { return try line([.text("none")], .note) }
        let block = try chartData.write(
            "In progress or overdue, by age", ["Age", "Cases"],
            AgeBucket.allCases.map { [.text($0.rawValue), .count(byBucket[$0, default: 0])] })
        let chart = Chart(
            .columns, title: "In progress or overdue, by age in days, all currencies",
            [Chart.Series(name: "Cases", categories: block.categories, values: block.columns[1], color: .blue)],
            format: "#,##0")
        try place(chart, at: start, endRow: 15)
    }

    func writeCarriers() throws(WorkbookError) {
        let start = row + 1
        try section(
            "Carriers with the largest gross variance", nil, ["Carrier", "Currency", "Gross variance", "Net variance"],
            textColumns: 2)
        for (currency, found) in figures.carriers {
            for (carrier, _) in found {
                let key = CarrierCurrency(carrier: carrier, currency: currency)
                try sheet.write(.text(carrier.isEmpty ? "(none)" : carrier.string), row: row, column: 0)
                try sheet.write(.text(currency.code), row: row, column: 1)
                try figure(.carrierGross(key), column: 2)
                try figure(.carrierNet(key), column: 3)
                row += 1
            }
        }
        guard let (currency, found) = figures.carriers.first else { return try line([.text("none")], .note) }
        guard found.allSatisfy({ $0.sum.gross.isNumber }) else { return }
        let block = try chartData.write(
            "Gross variance by carrier, \(currency)", ["Carrier", "Gross variance"],
            found.map {
                [.text($0.carrier.isEmpty ? "(none)" : $0.carrier.string), .total($0.sum.gross, currency)]
            })
        let format = CellStyle.Number.decimal(digits: currency.minorDigits).code ?? "General"
        let chart = Chart(
            .bars, title: "Largest gross variance by carrier, \(currency)",
            [
                Chart.Series(
                    name: "Gross variance", categories: block.categories, values: block.columns[1], color: .blue)
            ],
            format: format)
        try place(chart, at: start, endRow: 15)
    }
}
