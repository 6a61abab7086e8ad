import Foundation
import Memory
import Refunds
import Schema
import Testing
import XLSX
@testable import Report

/// The formulas of the workbook, computed by LibreOffice where it is installed.
@Suite struct WorkbookFormulaTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The cells of the Controls sheet's column E below its header.
    private func checks(_ book: ReadWorkbook) -> [ReadWorkbook.Cell] {
        let cells = book.cells["Controls"] ?? [:]
        return cells.filter { $0.key.hasPrefix("E") && $0.key != "E6" }.map(\.value)
    }

    private func rows() throws -> [ResultRow] {
        var mismatch = SampleRows.paid(
            try SampleRows.expecting("USD", line: 20, original: 5000, penalty: 0, fee: 0), original: 4500, penalty: 0,
            fee: 0, refund: 4500, outcome: .variance, .currencyMismatch)
        mismatch.finalCurrency = try SampleRows.currency("EUR")
        mismatch.variances = Amounts()
        return try SampleRows.mixed() + [mismatch]
    }

    @Test func cachedValuesTieOut() throws {
        let path = folder.path + "/a.xlsx"
        try WorkbookFixture(try rows()).write(to: path, temporaryDirectory: folder.path, TableLimits(rowsPerSheet: 3))
        let found = checks(try ReadWorkbook(path: path))
        // The head, 6 equations, 3 kinds of rows, 9 outcomes, the codes, cases and 18 totals in each of 4 currencies, cases
        // and amounts of the only age; and in each currency 3 sums of amounts and 2 ties.
        let own = 6 + 3 + 9 + ExceptionCode.allCases.count + 19 * 4 + 2 + 5 * 4
        // On the Summary sheet: 9 figures and 9 steps of each currency, 10 counts of outcomes, the codes that occur, the age,
        // and two figures of each carrier.
        let codes = Set(try rows().flatMap { Array($0.exceptions) }).count
        var carriers = CarrierVariances()
        for row in try rows() { carriers.add(row) }
        let carrierCount = carriers.sums.values.count { $0.gross != Total() }
        let shown = 18 * 4 + 10 + codes + 2 + 2 * carrierCount
        #expect(found.count == 1 + own + shown)
        #expect(found.allSatisfy { $0.type == "formula" && $0.cached == "OK" })
    }

    @Test func aStatedFigureThatIsWrongShowsTheDifference() throws {
        let path = folder.path + "/a.xlsx"
        var fixture = WorkbookFixture(try rows())
        let usd = try SampleRows.currency("USD")
        fixture.context.summary.totals[usd]?.short = Total(minorUnits: -301)
        fixture.context.summary.cases[.matched] = 3
        fixture.context.controls.orders.lines += 1
        try fixture.write(to: path, temporaryDirectory: folder.path)
        let book = try ReadWorkbook(path: path)
        #expect(Set(checks(book).map(\.cached)) == ["OK", "4", "-0.01", "0.01", "2", "1"])
        #expect(book.cells["Controls"]?["E3"]?.cached == "4")
        #expect(book.cells["Summary"]?["B8"]?.cached == "4")
    }

    /// What came in and where it went, by amount: received less duplicates is what the cases expect.
    @Test func amountsThatDoNotTieAreShown() throws {
        let path = folder.path + "/a.xlsx"
        var fixture = WorkbookFixture(try rows())
        let usd = try SampleRows.currency("USD")
        fixture.context.controls.orderAmounts[usd]?.read = Total(minorUnits: 100_000_00)
        fixture.context.controls.orderAmounts[usd]?.duplicate = Total(minorUnits: 200_00)
        fixture.context.controls.webhookAmounts[usd]?.notFinal = Total(minorUnits: 1)
        fixture.context.controls.finalAmounts[usd]?.query = Total(minorUnits: 7)
        try fixture.write(to: path, temporaryDirectory: folder.path)
        let cells = try #require(try ReadWorkbook(path: path).cells["Controls"])
        func line(_ title: String) throws -> [String?] {
            let names = cells.filter { $0.value.value == title }.map { $0.key.dropFirst() }
            let row = try #require(names.first { cells["B" + $0]?.value == "USD" })
            return ["C", "D", "E"].map { cells[$0 + row]?.cached }
        }
        let original = try #require(fixture.context.summary.totals[usd]?.expected.original)
        let cases = Double(original.minorUnits) / 100
        #expect(try line("read = duplicate + cases")[0] == "100000")
        #expect(try line("read = duplicate + cases")[2] != "OK")
        #expect(try line("cases = expectedOriginal of the case rows") == ["\(cases)", "\(cases)", "OK"])
        #expect(try line("read = duplicate + orphan + final + not final")[2] == "-0.01")
        #expect(try line("finalRefund = webhook + query")[2] == "-0.07")
        #expect(try line("webhook = final of the webhooks")[2] == "OK")
        #expect(cells["E3"]?.cached == "3")
    }

    @Test(.enabled(if: Script.hasLibreOffice, "needs LibreOffice's soffice"))
    func everyFormulaGivesTheSameWhenComputedAnew() throws {
        let path = folder.path + "/a.xlsx"
        try WorkbookFixture(try rows()).write(to: path, temporaryDirectory: folder.path, TableLimits(rowsPerSheet: 3))
        let written = try ReadWorkbook(path: path)
        let computed = try ReadWorkbook(path: try Script.recalculate(path, into: folder.path))
        #expect(checks(computed).count == checks(written).count)
        try #require(!written.sheets.isEmpty)
        for sheet in written.sheets {
            let cells = try #require(written.cells[sheet.name], "\(sheet.name)")
            try #require(!cells.isEmpty, "\(sheet.name)")
            for (name, cell) in cells {
                let now = computed.cells[sheet.name]?[name]
                #expect(now?.cached.hasPrefix("#") != true, "\(sheet.name) \(name)")
                if cell.type == "formula" { #expect(now?.cached == cell.cached, "\(sheet.name) \(name)") }
            }
        }
    }

    @Test(.enabled(if: Script.hasLibreOffice, "needs LibreOffice's soffice"))
    func aFigureThatIsChangedByHandIsFound() throws {
        let path = folder.path + "/a.xlsx"
        try WorkbookFixture(try rows()).write(to: path, temporaryDirectory: folder.path)
        let changed = folder.path + "/changed.xlsx"
        let column = try #require(ReportColumns.contract.firstIndex { $0.title == "finalRefundAmount" })
        _ = try Script.run(["set", path, "Reconciliation", CellName.cell(row: 1, column: column), "37.33", changed])
        let computed = try ReadWorkbook(path: try Script.recalculate(changed, into: folder.path))
        #expect(computed.cells["Controls"]?["E3"]?.cached == "1")
        #expect(computed.cells["Summary"]?["B8"]?.cached == "1")
    }

    /// Figures of the Summary sheet are those of the Controls sheet. One that is overwritten turns its check and the head red.
    @Test(.enabled(if: Script.hasLibreOffice, "needs LibreOffice's soffice"))
    func everyFigureOfTheSummaryThatIsOverwrittenIsFound() throws {
        let path = folder.path + "/a.xlsx"
        try WorkbookFixture(try rows()).write(to: path, temporaryDirectory: folder.path)
        let changed = folder.path + "/changed.xlsx"
        let printed = try Script.run(["overwrite", path, "Summary", "=Controls!$C$", "123456.78", changed])
        let count = try #require(Int(printed.dropLast()))
        try #require(count > 80)
        let computed = try ReadWorkbook(path: try Script.recalculate(changed, into: folder.path))
        #expect(computed.cells["Controls"]?["E3"]?.cached == String(count))
        #expect(computed.cells["Summary"]?["B8"]?.cached == String(count))
        #expect(checks(computed).count { $0.cached != "OK" } == count + 1)
    }

    /// The cell of the Controls sheet that the Summary sheet shows: it is held against what it follows from.
    @Test(.enabled(if: Script.hasLibreOffice, "needs LibreOffice's soffice"))
    func aFigureThatTheSummaryShowsIsFoundWhereItIsOverwritten() throws {
        let path = folder.path + "/a.xlsx"
        try WorkbookFixture(try rows()).write(to: path, temporaryDirectory: folder.path)
        let changed = folder.path + "/changed.xlsx"
        let shown = try #require(try ReadWorkbook(path: path).cells["Summary"]?["D13"]?.value)
        try #require(shown.hasPrefix("=Controls!$C$"), "\(shown)")
        _ = try Script.run(["set", path, "Controls", "C" + shown.dropFirst(13), "123.45", changed])
        let computed = try ReadWorkbook(path: try Script.recalculate(changed, into: folder.path))
        #expect(computed.cells["Controls"]?["E3"]?.cached == "1")
        #expect(computed.cells["Summary"]?["B8"]?.cached == "1")
    }

    @Test(.enabled(if: Script.hasLibreOffice, "needs LibreOffice's soffice"))
    func aStatedFigureThatIsChangedByHandIsFound() throws {
        let path = folder.path + "/a.xlsx"
        try WorkbookFixture(try rows()).write(to: path, temporaryDirectory: folder.path)
        let changed = folder.path + "/changed.xlsx"
        let cells = try ReadWorkbook(path: path).cells["Controls"] ?? [:]
        let row = try #require(
            cells.first { $0.value.value == "atRisk" && cells["B" + $0.key.dropFirst()]?.value == "USD" })
        _ = try Script.run(["set", path, "Controls", "C" + row.key.dropFirst(), "0", changed])
        let computed = try ReadWorkbook(path: try Script.recalculate(changed, into: folder.path))
        #expect(computed.cells["Controls"]?["E3"]?.cached == "1")
        #expect(computed.cells["Summary"]?["B8"]?.cached == "1")
        #expect(computed.cell("Summary", 14, 8)?.cached == "0")
    }

    @Test func noCodeHidesInAnother() {
        for code in ExceptionCode.allCases {
            // COUNTIF looks for *CODE* in the cell of all codes.
            let hits = ExceptionCode.allCases.filter { $0.rawValue.contains(code.rawValue) }
            #expect(hits == [code])
        }
    }
}
