import Memory
import Refunds
import Testing
import XLSX
@testable import Report

/// A report that has more rows than a table of the workbook may have.
@Suite struct WorkbookLimitTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path + "/a.xlsx"
    }

    /// So many cases, of which every second is an exception.
    private func fixture(_ count: Int) throws -> WorkbookFixture {
        WorkbookFixture(
            try (0..<count).map { index in
                let row = try SampleRows.expecting("USD", line: Int32(index), original: 5000, penalty: 0, fee: 0)
                let paid = Int64(5000 - (index % 2) * (100 + index))
                return index % 2 == 0
                    ? SampleRows.paid(row, original: 5000, penalty: 0, fee: 0, refund: paid, outcome: .matched)
                    : SampleRows.paid(
                        row, original: 5000, penalty: 0, fee: 0, refund: paid, outcome: .variance, .refundShort)
            })
    }

    private func read(_ fixture: WorkbookFixture, _ limit: Int) throws -> ReadWorkbook {
        try fixture.write(to: path, temporaryDirectory: folder.path, TableLimits(rowsPerSheet: 6, rowsPerTable: limit))
        return try ReadWorkbook(path: path)
    }

    @Test(arguments: [(20, true), (21, true), (19, false), (0, false)])
    func theReconciliationIsThereUpToTheLimit(_ limit: Int, _ isThere: Bool) throws {
        let book = try read(try fixture(20), limit)
        #expect((book.sheet("Reconciliation") != nil) == isThere)
        #expect((book.cells["Summary"]?["A4"] == nil) == isThere)
    }

    @Test func whatIsLeftOutIsSaid() throws {
        let book = try read(try fixture(20), 7)
        #expect(
            book.cells["Summary"]?["A4"]?.value == "Left out, for a table has at most 7 rows here: "
                + "the Reconciliation sheet (reconciliation.csv has its 20 rows); 3 exceptions (exceptions.csv has all)."
        )
        #expect(book.sheets.map(\.name).filter { $0.hasPrefix("Exceptions") } == ["Exceptions", "Exceptions 2"])
        #expect(["Exceptions", "Exceptions 2"].map { book.sheet($0)?.rows } == [7, 2])
        // The largest are kept, and each says where it stands.
        #expect(book.cell("Exceptions", 1, 6)?.value == "ORD19")
        #expect(book.cell("Exceptions", 0, 15)?.value == "Row in reconciliation.csv")
        #expect(book.cell("Exceptions", 1, 15)?.value == "row 21")
    }

    @Test func theControlsAreHeldAgainstTheRowsAllTheSame() throws {
        var fixture = try fixture(20)
        let controls = try #require(try read(fixture, 7).cells["Controls"])
        #expect(controls["E3"]?.cached == "OK")
        #expect(controls["A2"]?.value.contains("row by row") == true)
        let formulas = controls.filter { $0.key.hasPrefix("D") && $0.value.type == "formula" }
            .filter { $0.value.value.hasPrefix("=SUM(") }
        // Beside what the Summary sheet shows, only those of what came in and where it went.
        #expect(formulas.count == fixture.context.controls.equations.count + 3)
        #expect(!controls.values.contains { $0.value.contains("Reconciliation!") })
        fixture.context.summary.cases[.matched] = 11
        #expect(try read(fixture, 7).cells["Controls"]?["E3"]?.cached == "1")
    }

    @Test(.enabled(if: Script.hasLibreOffice, "needs LibreOffice's soffice"))
    func formulasGiveTheSameWithoutTheReconciliation() throws {
        let written = try read(try fixture(20), 7)
        let computed = try ReadWorkbook(path: try Script.recalculate(path, into: folder.path))
        let formulas = written.cells.flatMap { sheet, cells in
            cells.filter { $0.value.type == "formula" }.map { (sheet, name: $0.key, cell: $0.value) }
        }
        try #require(!formulas.isEmpty)
        for (sheet, name, cell) in formulas {
            #expect(computed.cells[sheet]?[name]?.cached == cell.cached, "\(sheet) \(name)")
        }
    }
}
