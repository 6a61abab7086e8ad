import Foundation
import JSON
import Memory
import Refunds
import Testing
@testable import Report

/// What options add stands after what FORMATS.md lists, in every file of the report.
@Suite struct AdditionsTests {
    private static let columns = [
        Column("addedAmount", .amount) { row in
            guard let refund = row.expected?.refund, let currency = row.currency else { return .empty }
            return .amount(refund, currency)
        },
        Column("addedText") { _ in .outsideText("=1+1") },
    ]

    private static func fixture() throws -> WorkbookFixture {
        var fixture = WorkbookFixture(try SampleRows.mixed())
        fixture.context.additions.columns = columns
        fixture.context.additions.summaryMembers = [.init("added", .int(7))]
        fixture.context.additions.tables = [
            ReportTable(
                "Added <table>", note: "What it means.", [.words("Item"), .figures("Amount")],
                [
                    [
                        .outsideText("opening\u{1B}"),
                        .total(Total(minorUnits: -123_456), try #require(Currency("USD"))),
                    ]
                ])
        ]
        return fixture
    }

    @Test func csvAndJSONLines() {
        var header: [UInt8] = []
        let csv = CSVRenderer(fileNames: reportFiles, additional: Self.columns)
        csv.writeHeader(to: &header)
        #expect(String(decoding: header, as: UTF8.self) == columnNames + ",addedAmount,addedText\r\n")
        var row = fullRow(currency("USD"))
        row.source = SourceLine(file: 0, line: 7)
        var line: [UInt8] = []
        csv.write(row, to: &line)
        #expect(String(decoding: line, as: UTF8.self).hasSuffix(",status-journal.jsonl:4,0.12,'=1+1\r\n"))
        var object: [UInt8] = []
        JSONLinesRenderer(fileNames: reportFiles, additional: Self.columns)
            .write(row, to: &object)
        let text = String(decoding: object, as: UTF8.self)
        #expect(text.contains("\"queryError\":"))
        #expect(text.hasSuffix("},\"addedAmount\":\"0.12\",\"addedText\":\"=1+1\"}\n"))
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
        let last = Column.all.count
        #expect(read.cell("Reconciliation", 0, last - 1)?.value == "querySource")
        #expect(read.cell("Reconciliation", 0, last + 1)?.value == "addedText")
        #expect(read.cell("Reconciliation", 1, last + 1)?.value == "=1+1")
        #expect(read.cell("Reconciliation", 1, last + 1)?.type == "text")
        let exceptions = try #require(read.sheet("Exceptions"))
        #expect(read.cell("Exceptions", 0, exceptions.columns - 1)?.value == "addedText")
        #expect(read.cell("Exceptions", 1, exceptions.columns - 1)?.value == "=1+1")
        let summary = try #require(read.cells["Summary"])
        #expect(summary.values.contains { $0.value == "Added <table>" })
    }
}
