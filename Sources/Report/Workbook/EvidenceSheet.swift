import Core

/// The Evidence sheet: which bytes came in, and by which parameters they were judged.
enum EvidenceSheet {
    static func write(_ file: XLSXFile, _ context: ReportContext) throws(WorkbookError) {
        let sheet = try file.addSheet("Evidence")
        for (index, width) in [30.0, 40, 72, 18].enumerated() { try sheet.setWidth(width, ofColumns: index...index) }
        try sheet.setUpPrinting(asOf: context.asOf, titleRow: nil)
        try sheet.setHeight(30, ofRow: 0)
        try sheet.write(0, 0, .text("Evidence"), .title)
        try sheet.write(2, 0, .text("Inputs"), .section)
        for (index, title) in ["Role", "File", "SHA-256", "Bytes"].enumerated() {
            try sheet.write(3, index, .text(title), index == 3 ? .header.aligned(.right) : .header)
        }
        var row = 4
        for input in context.inputs {
            try sheet.write(row, 0, .text(input.role))
            try sheet.write(row, 1, .text(input.name), .plain.with(.text))
            try sheet.write(row, 2, .text(input.sha256), .plain.with(.text))
            try sheet.write(row, 3, .count(input.bytes))
            row += 1
        }
        try writeParameters(sheet, context, row + 1)
    }

    private static func writeParameters(_ sheet: Sheet, _ context: ReportContext, _ start: Int) throws(WorkbookError) {
        var row = start
        try sheet.write(row, 0, .text("Parameters"), .section)
        row += 1
        try sheet.write(row, 0, .text("Parameter"), .header)
        try sheet.write(row, 1, .text("Value"), .header)
        row += 1
        try sheet.write(row, 0, .text("As of"))
        try sheet.write(row, 1, .date(context.asOf), .plain.aligned(.left))
        try sheet.write(row + 1, 0, .text("Statuses from"))
        try sheet.write(row + 1, 1, .text(context.statusSource), .plain.with(.text))
        try sheet.write(row + 2, 0, .text("Tool version"))
        try sheet.write(row + 2, 1, .text(context.toolVersion), .plain.with(.text))
        row += 3
        for (currency, amount) in context.tolerances.given {
            try sheet.write(row, 0, .text("Tolerance, \(currency)"))
            try sheet.write(row, 1, .amount(amount, currency), .plain.aligned(.left))
            row += 1
        }
        try sheet.write(
            row, 0, .text("Tolerance, \(context.tolerances.given.isEmpty ? "every" : "every other") currency"))
        try sheet.write(row, 1, .count(0), .plain.aligned(.left))
    }
}
