import Foundation
import Memory
import Refunds
import Schema
import Testing
import XLSX
@testable import Report

/// The workbook as a person's program opens it, read back with another library.
@Suite struct WorkbookTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func written(
        _ fixture: WorkbookFixture, _ limits: TableLimits = TableLimits(), name: String = "a.xlsx", rowsPerPart: Int = 4
    ) throws -> String {
        let path = folder.path + "/" + name
        try fixture.write(to: path, temporaryDirectory: folder.path, limits, rowsPerPart: rowsPerPart)
        return path
    }

    @Test func sameInputsGiveTheSameBytes() throws {
        let fixture = WorkbookFixture(try SampleRows.mixed())
        let first = try Data(contentsOf: URL(fileURLWithPath: try written(fixture, name: "a.xlsx")))
        let second = try Data(contentsOf: URL(fileURLWithPath: try written(fixture, name: "b.xlsx")))
        #expect(first == second)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["a.xlsx", "b.xlsx"])
    }

    /// Another library opens the workbook of any day that a run can have; libxlsxwriter writes a year in as few digits as
    /// it needs.
    @Test(arguments: [("0001-01-01", "1900-01-01"), ("0999-12-31", "1900-01-01"), ("9999-12-31", "9999-12-31")])
    func anyDay(_ day: String, _ created: String) throws {
        let asOf = try #require(CalendarDate(day))
        var row = try SampleRows.expecting("USD", line: 2, original: 1, penalty: 0, fee: 0)
        row.requestedAt = asOf
        let path = try written(WorkbookFixture([row], asOf: asOf))
        let book = try ReadWorkbook(path: path)
        #expect(book.cells["Summary"]?["B5"]?.value == day)
        #expect(try Script.property("created", of: path) == "\(created) 00:00:00")
    }

    @Test func sheetsAreSetUpToBeReadAndPrinted() throws {
        let book = try ReadWorkbook(path: try written(WorkbookFixture(try SampleRows.mixed())))
        #expect(
            book.sheets.map(\.name) == [
                "Summary", "Exceptions", "Open items", "Orphans and unrecorded", "Reconciliation", "Rejects",
                "Controls", "Evidence", "Chart data",
            ])
        let tables: [(String, frozen: String, filter: String)] = [
            ("Exceptions", "C2", "A1:U6"), ("Open items", "B2", "A1:O3"),
            ("Orphans and unrecorded", "B2", "A1:J2"), ("Reconciliation", "D2", "A1:AM8"), ("Rejects", "C2", "A1:G1"),
        ]
        for table in tables {
            let sheet = try #require(book.sheet(table.0))
            #expect(sheet.frozen == table.frozen, "\(table.0)")
            #expect(sheet.filter == table.filter, "\(table.0)")
            #expect(sheet.titleRows.contains("$1:$1"), "\(table.0)")
        }
        #expect(book.sheets.allSatisfy { $0.orientation == "landscape" })
        #expect(book.sheet("Summary")?.charts == 6)
        let list = try #require(book.sheet("Exceptions")).validations
        #expect(list == "\"" + ExceptionSheets.dispositions.joined(separator: ",") + "\"")
    }

    @Test func everyCellOfTheReconciliationIsWhatTheRowSays() throws {
        let fixture = WorkbookFixture(try SampleRows.mixed())
        let book = try ReadWorkbook(path: try written(fixture))
        for (index, column) in ReportColumns.contract.enumerated() {
            #expect(book.cell("Reconciliation", 0, index)?.value == column.title)
        }
        try #require(!fixture.rows.isEmpty)
        for (line, row) in fixture.rows.enumerated() {
            let cells = ReportColumns().cells(of: row)
            for (index, column) in ReportColumns.contract.enumerated() {
                let read = book.cell("Reconciliation", line + 1, index)
                let cell = cells[index]
                #expect(
                    read.map { [$0.type, $0.numberFormat, $0.value] } == Self.expected(cell, fixture),
                    "row \(line), column \(column.title)")
            }
        }
    }

    /// Type, number format and value of a cell as the other library gives them.
    private static func expected(_ cell: Cell, _ fixture: WorkbookFixture) -> [String]? {
        switch cell {
        case .empty: nil
        case .outsideText(let text): ["text", "@", text.string]
        case .word(let word): ["text", "General", word.string]
        case .id(let id): ["text", "General", id.description]
        case .count(let count): ["number", "General", "\(count)"]
        case .date(let date): ["date", "yyyy-mm-dd", date.description]
        case .codes(let codes): ["text", "General", codes.map(\.rawValue).joined(separator: ";")]
        case .place(let place): ["text", "@", place.text(fixture.context.fileNames)]
        case .amount(let amount, let currency): ["number", format(currency), shown(amount, currency)]
        }
    }

    private static func format(_ currency: Currency) -> String {
        switch currency.minorDigits {
        case 0: "#,##0;[Red]-#,##0"
        case 2: "#,##0.00;[Red]-#,##0.00"
        case 3: "#,##0.000;[Red]-#,##0.000"
        default: "#,##0.0000;[Red]-#,##0.0000"
        }
    }

    /// As Python shows a number: no zeros behind, no point behind a whole number.
    private static func shown(_ amount: Amount, _ currency: Currency) -> String {
        var text = amount.formatted(currency)
        guard text.contains(".") else { return text }
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text
    }

    @Test func currenciesOfEveryPrecisionHaveTheirFormat() throws {
        let codes = ["JPY", "USD", "KWD", "CLF"]
        let rows = try codes.enumerated().map { index, code in
            SampleRows.paid(
                try SampleRows.expecting(code, line: Int32(index), original: 999_999_999_999_999, penalty: 0, fee: 0),
                original: 999_999_999_999_999, penalty: 7, fee: 0, refund: 999_999_999_999_992, outcome: .variance,
                .refundShort)
        }
        let book = try ReadWorkbook(path: try written(WorkbookFixture(rows)))
        for (line, row) in rows.enumerated() {
            let cells = ReportColumns().cells(of: row)
            for (index, column) in ReportColumns.contract.enumerated() where column.kind == .amount {
                guard case .amount(let amount, let currency) = cells[index] else { continue }
                let read = try #require(book.cell("Reconciliation", line + 1, index))
                #expect(read.type == "number")
                #expect(read.numberFormat == Self.format(currency))
                // repr gives the shortest decimal that is this double, so 15 digits come back as they went in.
                #expect(read.value == Self.shown(amount, currency), "\(column.title) in \(currency)")
            }
        }
    }

    @Test func amountsOverFifteenDigitsAreExactText() throws {
        let row = SampleRows.paid(
            try SampleRows.expecting("USD", line: 2, original: 1_000_000_000_000_000, penalty: 0, fee: 0),
            original: 1_000_000_000_000_000_000, penalty: 0, fee: 0, refund: 1_000_000_000_000_000_000,
            outcome: .variance, .refundOver)
        let book = try ReadWorkbook(path: try written(WorkbookFixture([row])))
        let column = try #require(ReportColumns.contract.firstIndex { $0.title == "expectedRefundAmount" })
        let cells = (0..<3).compactMap { book.cell("Reconciliation", 1, column + $0) }
        #expect(cells.map(\.type) == ["text", "text", "text"])
        #expect(cells.map(\.value) == ["10000000000000.00", "10000000000000000.00", "9990000000000000.00"])
        let checks = (book.cells["Controls"] ?? [:]).filter { $0.key.hasPrefix("E") }.map(\.value.cached)
        #expect(checks.contains("over 15 digits"))
        #expect(book.cells["Controls"]?["E3"]?.cached == "OK")
    }

    @Test func rowsGoOnToFurtherSheets() throws {
        let rows = try (0..<25).map { index in
            SampleRows.paid(
                try SampleRows.expecting("USD", line: index, original: 5000, penalty: 0, fee: 0), original: 5000,
                penalty: 100, fee: 0, refund: 4900, outcome: .variance, .refundShort)
        }
        let book = try ReadWorkbook(path: try written(WorkbookFixture(rows), TableLimits(rowsPerSheet: 10)))
        let names = ["Reconciliation", "Reconciliation 2", "Reconciliation 3"]
        #expect(book.sheets.map(\.name).filter { $0.hasPrefix("Reconciliation") } == names)
        #expect(names.map { book.sheet($0)?.rows } == [11, 11, 6])
        #expect(["Exceptions", "Exceptions 2", "Exceptions 3"].map { book.sheet($0)?.rows } == [11, 11, 6])
        #expect(book.cell("Reconciliation 3", 5, 1)?.value == "ORD24")
        #expect(book.cells["Controls"]?["E3"]?.cached == "OK")
    }

    @Test func aSheetThatIsExactlyFullNeedsNoOther() throws {
        let rows = try (0..<10).map { try SampleRows.expecting("USD", line: $0, original: 1, penalty: 0, fee: 0) }
        for (count, sheets) in [(9, 1), (10, 1)] {
            let fixture = WorkbookFixture(Array(rows.prefix(count)))
            let book = try ReadWorkbook(path: try written(fixture, TableLimits(rowsPerSheet: 10)))
            #expect(book.sheets.count { $0.name.hasPrefix("Reconciliation") } == sheets)
        }
    }

    @Test func aReportWithoutRowsIsAWorkbook() throws {
        let book = try ReadWorkbook(path: try written(WorkbookFixture([])))
        #expect(book.cells["Summary"]?["A2"]?.value == "INCOMPLETE: not one case was read")
        #expect(book.cells["Summary"]?["A3"] == nil)
    }

    @Test func rejectsAreListed() throws {
        let rejects = [
            Reject(
                source: SourceLine(file: 0, line: 17), code: .badAmount, message: "originalTotalFareAmount: …",
                raw: Array("=1+1,\u{0},".utf8) + [0xFF], field: "originalTotalFareAmount", orderNo: "=ORD1"),
            Reject(
                source: SourceLine(file: 0, line: 18), code: .badJSON, message: "not JSON",
                raw: Array(String(repeating: "x", count: 2048).utf8)),
        ]
        let book = try ReadWorkbook(path: try written(WorkbookFixture([], rejects: rejects)))
        let cells = (0..<7).map { book.cell("Rejects", 1, $0)?.value }
        #expect(
            cells == [
                "orders.csv", "17", "bad-amount", "originalTotalFareAmount: …", "originalTotalFareAmount", "=ORD1",
                "=1+1,\u{FFFD},\u{FFFD}",
            ])
        // Of a long record, what a person can read on a printed page.
        let record = book.cell("Rejects", 2, 6)?.value
        #expect(record == String(repeating: "x", count: RejectSheets.shownCharacters) + "…")
        #expect(book.cells["Summary"]?["A2"]?.value == "INCOMPLETE: not one case was read, 2 records refused")
    }

    @Test func rowsThatTheControlsDoNotCountAreAnError() throws {
        var fixture = WorkbookFixture(try SampleRows.mixed())
        fixture.context.controls.rows.case += 1
        let path = folder.path + "/a.xlsx"
        #expect(throws: WorkbookError.rowCount(expected: 8, found: 7)) {
            try fixture.write(to: path, temporaryDirectory: folder.path)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func anUnfinishedWorkbookLeavesNothingBehind() throws {
        let fixture = WorkbookFixture(try SampleRows.mixed())
        var writer: WorkbookWriter? = try WorkbookWriter(
            path: folder.path + "/a.xlsx", context: fixture.context, temporaryDirectory: folder.path, mostRows: 100)
        if let chunk = writer?.makeChunk(0) { try writer?.append(fixture.rows, chunk) }
        // The spool files have no names even now, so that a killed run leaves none.
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        writer = nil
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func aFolderThatIsMissingIsAnError() throws {
        let missing = folder.path + "/none"
        #expect(throws: WorkbookError.cannotCreate(path: missing)) {
            try WorkbookFixture([]).write(to: missing + "/a.xlsx", temporaryDirectory: folder.path)
        }
        #expect(throws: WorkbookError.cannotCreate(path: missing)) {
            try WorkbookFixture([]).write(to: folder.path + "/a.xlsx", temporaryDirectory: missing)
        }
    }
}
