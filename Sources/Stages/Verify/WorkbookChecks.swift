import Files
import JSON
import XLSX

/// The rows of the workbook's Reconciliation sheets against reconciliation.csv, cell by cell, by the names of the columns.
struct WorkbookChecks: ReportCheck {
    let report: ReportFiles
    let summary: StatedJSON
    private static let name = "reconciliation.xlsx"

    /// - Parameter rowCount: of reconciliation.csv; nil if there is none, so that only the figures are checked.
    func check(rowCount: Int?) {
        guard report.has(Self.name) else { return }
        if let rowCount {
            var rows = 0
            findings.check("the workbook's \(rows) rows are those of reconciliation.csv") {
                read { workbook throws(XLSXError) in rows = try compare(workbook, rowCount: rowCount) }
            }
        }
        findings.check("the workbook shows the totals, outcomes and exceptions of summary.json") {
            read { workbook throws(XLSXError) in try compareFigures(workbook) }
        }
    }

    private func read(_ body: (XLSXWorkbook) throws(XLSXError) -> Void) {
        report.read(Self.name) { file throws(FileError) in
            do throws(XLSXError) { try body(try XLSXWorkbook(file)) } catch {
                findings.differs("\(Self.name): it \(error.message)")
            }
        }
    }

    /// The sheets Summary and Controls.
    private func compareFigures(_ workbook: XLSXWorkbook) throws(XLSXError) {
        for (sheet, groups) in [("Summary", ["totals"]), ("Controls", ["totals", "cases", "exceptions"])] {
            guard workbook.sheetNames.contains(sheet) else {
                findings.differs("\(Self.name): it has no sheet \(sheet)")
                continue
            }
            var tables = SheetTables(firstTitles: ["currency", "outcome", "code", "exception", "control"])
            try workbook.readRows(of: sheet) {
                tables.take($0)
                return true
            }
            let figures = ShownFigures(name: "\(Self.name), sheet \(sheet)", summary: summary, findings: findings)
            figures.check(tables.tables)
            figures.checkNothingIsMissing(in: groups)
        }
    }

    private func compare(_ workbook: XLSXWorkbook, rowCount: Int) throws(XLSXError) -> Int {
        let sheets = workbook.sheetNames.filter {
            $0 == "Reconciliation" || ($0.hasPrefix("Reconciliation ") && Int($0.dropFirst(15)) != nil)
        }
        if sheets.isEmpty {
            let most = report.manifest?["parameters"]?["workbookRows"]?.count ?? 0
            if rowCount <= most { findings.differs("\(Self.name): it has no sheet Reconciliation") }
            if rowCount > most {
                findings.notProved(
                    "the rows of the workbook: it has no sheet Reconciliation, since there are over \(most)")
            }
            return 0
        }
        var csv: CSVStream?
        report.read("reconciliation.csv") { file throws(FileError) in csv = try CSVStream(file) }
        guard let csv else { return 0 }
        let comparison = SheetComparison(csv: csv, findings: findings)
        for sheet in sheets {
            comparison.begin(sheet: sheet)
            try workbook.readRows(of: sheet) { comparison.take($0) }
        }
        comparison.end()
        return comparison.rows
    }
}

/// Takes the rows of the sheets in their order, and as many from reconciliation.csv.
private final class SheetComparison {
    private let csv: CSVStream
    private let findings: Findings
    private var sheet = ""
    /// Where each column of reconciliation.csv is on the sheet; nil before the header row.
    private var columns: [Int?]?
    private(set) var rows = 0
    private var differences = 0

    init(csv: CSVStream, findings: Findings) {
        self.csv = csv
        self.findings = findings
    }

    func begin(sheet name: String) {
        sheet = name
        columns = nil
    }

    /// Takes a row; false to stop.
    func take(_ row: XLSXRow) -> Bool {
        guard let columns else {
            readHeader(row)
            return true
        }
        if row.cells.allSatisfy({ $0.value == .blank }) { return true }
        rows += 1
        if row.hasFormula {
            findings.differs("reconciliation.xlsx: sheet \(sheet), row \(row.number): a value is a formula")
        }
        guard (try? csv.next()) == .record else {
            findings.differs("reconciliation.xlsx: sheet \(sheet) has more rows than reconciliation.csv")
            return false
        }
        for (index, column) in columns.enumerated() {
            guard let column, !CellComparison.says(csv.text(index), cell: row[column]) else { continue }
            differences += 1
            if differences <= 10 {
                findings.differs(
                    "reconciliation.xlsx: sheet \(sheet), row \(row.number): \(csv.header[index]) is \(row[column].characters.prefix(60)), reconciliation.csv:\(csv.line) says \(csv.text(index).prefix(60))"
                )
            }
        }
        return true
    }

    private func readHeader(_ row: XLSXRow) {
        let titles = Dictionary(row.cells.map { (Self.plain($0.value.characters), $0.column) }) { first, _ in first }
        guard titles["rowtype"] != nil else { return }
        let found = csv.header.map { titles[Self.plain($0)] }
        for (name, column) in zip(csv.header, found) where column == nil && ReportLists.columns.contains(name) {
            findings.differs("reconciliation.xlsx: sheet \(sheet) has no column \(name)")
        }
        columns = found
    }

    /// A title without blanks and case, so that `Row type` is rowType.
    private static func plain(_ title: String) -> String { title.lowercased().filter { $0 != " " } }

    func end() {
        if columns == nil { findings.differs("reconciliation.xlsx: sheet \(sheet) has no row of titles with rowType") }
        if differences > 10 { findings.differs("reconciliation.xlsx: \(differences) cells differ in all") }
        if (try? csv.next()) != .end {
            findings.differs("reconciliation.xlsx: it has fewer rows than reconciliation.csv")
        }
    }
}

/// Compares a cell with a field of reconciliation.csv.
enum CellComparison {
    static func says(_ field: String, cell: XLSXValue) -> Bool {
        switch cell {
        case .blank: return field.isEmpty
        case .number(let text): return isNumber(text, field: field)
        case .text(let text): return text == field || isText(text, field: field)
        case .boolean, .error: return false
        }
    }

    /// An amount or a count by its value, a day by its number.
    private static func isNumber(_ text: String, field: String) -> Bool {
        if let day = Day.number(field.utf8) { return Int(text) == day + 25_569 }
        return DecimalText.isEqual(text, to: field)
    }

    /// Text from outside: without CSV's apostrophe, with characters that XML forbids replaced, and cut if it is too long.
    private static func isText(_ text: String, field: String) -> Bool {
        let mark = "… [cut]"
        if text.hasSuffix(mark), text.utf16.count > 32_000 {
            let start = text.dropLast(mark.count)
            return cleaned(field).hasPrefix(start) || cleaned(String(field.dropFirst())).hasPrefix(start)
        }
        if cleaned(field) == text { return true }
        return field.hasPrefix("'") && Guarded.isRisky(field.utf8.dropFirst().first)
            && cleaned(String(field.dropFirst())) == text
    }

    private static func cleaned(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isForbidden =
                (scalar.value < 0x20 && ![0x09, 0x0A, 0x0D].contains(scalar.value)) || scalar.value & 0xFFFE == 0xFFFE
            scalars.append(isForbidden ? "\u{FFFD}" : scalar)
        }
        return String(scalars)
    }
}
