import Memory
import Refunds
import XLSX

/// The Evidence sheet: which run made the report, which bytes came in and went out, and by which parameters they were
/// judged. A printed page of it names the manifest that it belongs to.
final class EvidenceSheet {
    private let sheet: Sheet
    private let context: ReportContext
    private var row = 2

    private static let columnWidths = [28.0, 34, 44, 12, 14, 68]
    private static let text = CellStyle.plain.with(.text)

    static func write(_ file: WorkbookFile, _ context: ReportContext) throws(WorkbookError) {
        try EvidenceSheet(file.addSheet("Evidence"), context).write()
    }

    private init(_ sheet: Sheet, _ context: ReportContext) {
        self.sheet = sheet
        self.context = context
    }

    private func write() throws(WorkbookError) {
        for (index, width) in Self.columnWidths.enumerated() { try sheet.setWidth(width, ofColumns: index...index) }
        try sheet.setUpPrinting(titleRow: nil)
        try sheet.setHeight(30, ofRow: 0)
        try sheet.write(.text("Evidence"), row: 0, column: 0, .title)
        if let trail = context.trail { try write(trail) }
        try writeInputs()
        try writeOutputs()
        try writeParameters()
    }

    private func section(_ title: String, _ note: String?, _ header: [String]) throws(WorkbookError) {
        try sheet.write(.text(title), row: row, column: 0, .section)
        row += 1
        if let note {
            try sheet.write(.text(note), row: row, column: 0, .note)
            row += 1
        }
        for (index, name) in header.enumerated() {
            let isFigure = ["Records", "Bytes"].contains(name)
            try sheet.write(.text(name), row: row, column: index, isFigure ? .header.aligned(.right) : .header)
        }
        row += 1
    }

    private func write(_ trail: RunTrail) throws(WorkbookError) {
        try section(
            "Run",
            "manifest.json of this report says the same and has the hash of every file. This file's own date is the as-of "
                + "date.", ["Fact", "Value"])
        for fact in trail.facts {
            try sheet.write(.text(fact.name), row: row, column: 0)
            try sheet.write(.text(fact.value), row: row, column: 1, Self.text)
            row += 1
        }
        row += 1
    }

    private func writeInputs() throws(WorkbookError) {
        try section("Inputs", nil, ["Role", "File", "Path", "Records", "Bytes", "SHA-256"])
        for input in context.inputs {
            try sheet.write(.text(input.role), row: row, column: 0)
            try sheet.write(.text(input.name), row: row, column: 1, Self.text)
            try sheet.write(.text(input.path), row: row, column: 2, Self.text)
            try sheet.write(input.figures.map { .count($0.records) } ?? .none, row: row, column: 3)
            try sheet.write(.count(input.bytes), row: row, column: 4)
            try sheet.write(.text(input.sha256), row: row, column: 5, Self.text)
            row += 1
        }
        row += 1
    }

    private func writeOutputs() throws(WorkbookError) {
        if context.outputs.isEmpty { return }
        try section(
            "Files of this report", "Those that were written before this workbook; the manifest names all.",
            ["", "File", "", "Records", "Bytes", "SHA-256"])
        for output in context.outputs {
            try sheet.write(.text(output.name), row: row, column: 1, Self.text)
            try sheet.write(output.rows.map { .count($0) } ?? .none, row: row, column: 3)
            try sheet.write(.count(output.bytes), row: row, column: 4)
            try sheet.write(.text(output.sha256), row: row, column: 5, Self.text)
            row += 1
        }
        row += 1
    }

    private func writeParameters() throws(WorkbookError) {
        try section("Parameters", nil, ["Parameter", "Value"])
        try line("As of", .date(context.asOf), .plain.aligned(.left))
        try line("Statuses from", .text(context.statusSource), Self.text)
        try line("Tool version", .text(context.toolVersion), Self.text)
        for (currency, amount) in context.tolerances.given {
            try line("Tolerance, \(currency)", .amount(amount, currency), .plain.aligned(.left))
        }
        let others = context.tolerances.given.isEmpty ? "every" : "every other"
        try line("Tolerance, \(others) currency", .count(0), .plain.aligned(.left))
    }

    private func line(_ name: String, _ value: CellValue, _ style: CellStyle) throws(WorkbookError) {
        try sheet.write(.text(name), row: row, column: 0)
        try sheet.write(value, row: row, column: 1, style)
        row += 1
    }
}
