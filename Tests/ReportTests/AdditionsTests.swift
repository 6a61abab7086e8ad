import Foundation
import JSON
import Memory
import Refunds
import Schema
import Testing
@testable import Report

/// What options add stands after what FORMATS.md lists, in every file of the report.
@Suite struct AdditionsTests {
    private static let columns: [AddedColumns] = [.feeAudit, .breaks]

    /// A row with an audit and a break.
    private static func added(_ row: ResultRow) -> ResultRow {
        var row = row
        row.audits = RowAudits(
            rule: nil, fee: AuditFinding(due: Amount(minorUnits: 12), unknown: .notQuoted))
        row.night = NightMark(
            id: BreakID(high: 1, low: 2), amounts: "what it comes to", standing: .new, since: nil, nights: nil)
        return row
    }

    private static func fixture() throws -> WorkbookFixture {
        var fixture = WorkbookFixture(try SampleRows.mixed().map(added))
        fixture.context.additions.columns = columns
        fixture.context.additions.summaryMembers = [.init("added", .int(7))]
        fixture.context.additions.tables = [
            ReportTable(
                "Added <table>", note: "What it means.", [.words("Item"), .figures("Amount")],
                [
                    [
                        .text("opening\u{1B}"),
                        .total(Total(minorUnits: -123_456), try #require(Currency("USD"))),
                    ]
                ])
        ]
        return fixture
    }

    @Test func csvAndJSONLines() {
        let names = "contractedFee,quotedFeeVersusContract,chargedFeeVersusContract,feeUnknown"
        #expect(csvHeader(added: Self.columns) == "\(columnNames),\(names),breakId,breakStanding,breakAmounts\r\n")
        let row = Self.added(fullRow(currency("USD")))
        let id = "00000000000000010000000000000002"
        #expect(
            csvLine(row, added: Self.columns).hasSuffix(
                ",status-journal.jsonl:4,0.12,,,notQuoted,\(id),new,what it comes to\r\n"))
        let text = String(decoding: jsonLine(row, added: Self.columns), as: UTF8.self)
        #expect(
            text.contains("\"queryErrorDetail\":null},\"contractedFee\":\"0.12\",\"quotedFeeVersusContract\":null,"))
        #expect(
            text.hasSuffix(
                "\"feeUnknown\":\"notQuoted\",\"breakId\":\"\(id)\",\"breakStanding\":\"new\","
                    + "\"breakAmounts\":\"what it comes to\"}\n"))
    }

    @Test func summaryJSON() throws {
        let text = String(decoding: SummaryRenderer(try Self.fixture().context).render(), as: UTF8.self)
        let controls = try #require(text.firstRange(of: "\"controls\""))
        let added = try #require(text.firstRange(of: "\"added\": 7"))
        #expect(controls.lowerBound < added.lowerBound)
    }

    @Test func terminalAndPage() throws {
        let fixture = try Self.fixture()
        let text = TerminalSummary(fixture.context, Highlights(), folder: "Reports", hasColor: false).text()
        #expect(text.contains("Added <table>\nItem"))
        #expect(text.contains("-1,234.56"))
        #expect(!text.contains("\u{1B}"))
        let page = String(decoding: HTMLReport(fixture.context, Highlights()).render(), as: UTF8.self)
        #expect(page.contains("<h2>Added &lt;table&gt;</h2>"))
        #expect(page.contains("<td class=\"n bad\">-1,234.56</td>"))
    }

    @Test func workbook() throws {
        let fixture = try Self.fixture()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("additions-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("added.xlsx").path
        try fixture.write(to: path, temporaryDirectory: folder.path)
        let read = try ReadWorkbook(path: path)
        let last = ReportColumns.contract.count
        #expect(read.cell("Reconciliation", 0, last - 1)?.value == "querySource")
        #expect(read.cell("Reconciliation", 0, last + 3)?.value == "feeUnknown")
        #expect(read.cell("Reconciliation", 1, last + 3)?.value == "notQuoted")
        #expect(read.cell("Reconciliation", 1, last + 3)?.type == "text")
        let exceptions = try #require(read.sheet("Exceptions"))
        #expect(read.cell("Exceptions", 0, exceptions.columns - 1)?.value == "breakAmounts")
        #expect(read.cell("Exceptions", 1, exceptions.columns - 1)?.value == "what it comes to")
        let summary = try #require(read.cells["Summary"])
        #expect(summary.values.contains { $0.value == "Added <table>" })
    }
}
