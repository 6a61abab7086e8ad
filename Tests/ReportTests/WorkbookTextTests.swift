import Memory
import Refunds
import Schema
import Testing
import XLSX
@testable import Report

/// Texts that break careless spreadsheets.
private let naughtyTexts: [String] = [
    "=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(\"http://x\")", "http://example.com", "mailto:a@b", "0012", "1E5",
    "2025-01-01", "TRUE", "#N/A", " lead", "trail ", "tab\there", "line\nbreak", "<a>&\"'</a>", "]]>", "{=A1}",
    "'quoted", "_x0041_", "_x0041_x0042_", "_x005F_", "a_xZZZZ_", "日本語", "مرحبا", "👩‍👩‍👧‍👦", "e\u{301}", "\u{FEFF}bom",
    "\u{202E}rtl", "a\u{A0}b",
]

/// What must be changed for XML or Excel, and what it becomes.
private let changedTexts: [(String, String)] = [
    ("nul\u{0}byte", "nul\u{FFFD}byte"), ("bell\u{7}", "bell\u{FFFD}"), ("\u{FFFE}", "\u{FFFD}"),
    ("\u{FFFF}", "\u{FFFD}"),
]

@Suite struct WorkbookTextTests {
    @Test func naughtyTextsComeBackFromEveryTextColumn() throws {
        let folder = try TemporaryFolder()
        let texts = naughtyTexts.map { ($0, $0) } + changedTexts
        let rows = try texts.map { text, _ in
            var row = try SampleRows.expecting("USD", line: 2, original: 1, penalty: 0, fee: 0)
            row.orderNo = Text(text)
            row.refundCode = Text(text)
            row.airlinePNR = Text(text)
            row.carrier = Text(text)
            row.cancelReason = Text(text)
            row.queriedAt = Text(text)
            row.exceptions.insert(.queryFailed)
            return row
        }
        let path = folder.path + "/a.xlsx"
        var fixture = WorkbookFixture(rows)
        fixture.context.fileNames[0] = "=naughty_x0041_.csv"
        try fixture.write(to: path, temporaryDirectory: folder.path)
        let book = try ReadWorkbook(path: path)
        for (line, (_, expected)) in texts.enumerated() {
            for title in ["orderNo", "refundCode", "airlinePNR", "carrier", "cancelReason", "queriedAt"] {
                let column = try #require(ReportColumns.contract.firstIndex { $0.title == title })
                let read = try #require(book.cell("Reconciliation", line + 1, column))
                #expect(read.type == "text")
                #expect(Text(read.value) == Text(expected), "\(title), \(expected)")
            }
            #expect(book.cell("Reconciliation", line + 1, 35)?.value == "=naughty_x0041_.csv:2")
            #expect(Text(book.cell("Exceptions", line + 1, 6)?.value ?? "") == Text(expected))
        }
    }

    /// The names of the inputs, as people name files.
    @Test(arguments: [" orders.csv", "\torders.csv", "\norders.csv", "\r.csv", "a b.csv ", "&<>.csv", "_x0041_.csv"])
    func namesOfInputsComeBack(_ name: String) throws {
        let folder = try TemporaryFolder()
        let row = try SampleRows.expecting("USD", line: 2, original: 1, penalty: 0, fee: 0)
        var fixture = WorkbookFixture([row])
        fixture.context.fileNames[0] = name
        let path = folder.path + "/a.xlsx"
        try fixture.write(to: path, temporaryDirectory: folder.path)
        let column = try #require(ReportColumns.contract.firstIndex { $0.title == "source" })
        let read = try ReadWorkbook(path: path).cell("Reconciliation", 1, column)
        #expect(Text(read?.value ?? "") == Text("\(name):2"))
    }

    @Test func aTextThatIsTooLongDoesNotStopTheWorkbook() throws {
        let folder = try TemporaryFolder()
        var row = try SampleRows.expecting("USD", line: 2, original: 1, penalty: 0, fee: 0)
        row.cancelReason = Text(String(repeating: "x", count: 40_000))
        row.queriedAt = Text(String(repeating: "a\r\n", count: 15_000))
        let path = folder.path + "/a.xlsx"
        try WorkbookFixture([row]).write(to: path, temporaryDirectory: folder.path)
        let column = try #require(ReportColumns.contract.firstIndex { $0.title == "cancelReason" })
        let book = try ReadWorkbook(path: path)
        let read = try #require(book.cell("Reconciliation", 1, column))
        #expect(read.value == String(repeating: "x", count: 32_760) + "… [cut]")
        let queriedAt = try #require(ReportColumns.contract.firstIndex { $0.title == "queriedAt" })
        // Nine characters for each line: a, seven for the carriage return, the line feed.
        let lines = try #require(book.cell("Reconciliation", 1, queriedAt)).value
        #expect(Array(lines.utf8) == Array((String(repeating: "a\r\n", count: 3640) + "… [cut]").utf8))
    }

    @Test(arguments: [
        (0, "JPY", CellValue.decimal(units: 0, digits: 0)), (37_32, "USD", .decimal(units: 37_32, digits: 2)),
        (-1_250, "KWD", .decimal(units: -1_250, digits: 3)), (1, "CLF", .decimal(units: 1, digits: 4)),
        (999_999_999_999_999, "USD", .decimal(units: 999_999_999_999_999, digits: 2)),
        (1_000_000_000_000_000, "USD", .longDecimal("10000000000000.00")),
        (-1_000_000_000_000_000, "JPY", .longDecimal("-1000000000000000")),
    ])
    func amountsBecomeNumbersOrText(minorUnits: Int64, code: String, expected: CellValue) throws {
        let currency = try #require(Currency(code))
        #expect(CellValue.amount(Amount(minorUnits: minorUnits), currency) == expected)
        #expect(CellValue.total(Total(minorUnits: Int128(minorUnits)), currency) == expected)
    }
}
