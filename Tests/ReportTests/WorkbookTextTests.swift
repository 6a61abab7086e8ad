import Memory
import Refunds
import Schema
import Testing
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

    @Test(arguments: [
        ("plain", "plain"), ("", ""), ("_x0041_", "_x005F_x0041_"), ("_x0041_x0042_", "_x005F_x0041_x005F_x0042_"),
        ("_x41_", "_x41_"), ("_xGGGG_", "_xGGGG_"), ("a_x", "a_x"), ("\u{0}", "\u{FFFD}"), ("\t\n\r", "\t\n_x000D_"),
        ("\u{FFFE}\u{FFFF}", "\u{FFFD}\u{FFFD}"), ("\u{FFFD}", "\u{FFFD}"), ("\u{1F}", "\u{FFFD}"),
    ])
    func cleans(_ text: String, _ expected: String) {
        #expect(Text(CellText.clean(text)) == Text(expected))
    }

    @Test func textsThatAreTooLongAreCutWithAMark() {
        let fits = String(repeating: "a", count: 32_767)
        #expect(CellText.clean(fits) == fits)
        let cut = CellText.clean(fits + "a")
        #expect(cut.utf16.count == 32_767)
        #expect(cut.hasSuffix("a… [cut]"))
        // A character of two UTF-16 units is not torn.
        let wide = CellText.clean(String(repeating: "😀", count: 20_000))
        #expect(wide.utf16.count <= 32_767)
        #expect(wide.hasSuffix("😀… [cut]"))
        // Bytes are no measure: these are 32,767 characters of three bytes.
        let bytes = String(repeating: "日", count: 32_767)
        #expect(CellText.clean(bytes) == bytes)
        // Escapes count as the XML has them, and none is torn.
        for escaped in ["_x0041_", "a\r\n", "\r"] {
            let cut = CellText.clean(String(repeating: escaped, count: 15_000))
            #expect(cut.utf16.count <= 32_767)
            #expect(cut.utf16.count > 32_767 - 15)
            #expect(["_x0041_… [cut]", "_x005F_… [cut]", "_x000D_… [cut]", "\n… [cut]"].contains { cut.hasSuffix($0) })
        }
    }

    @Test(arguments: [
        ("", 1), ("one", 1), ("one two six", 1), ("one two three", 2), ("aaaaaaaaaaaaaaaaaaaaaaaaa", 3),
        ("one aaaaaaaaaaaaaaaaaaaaaaaaa", 4), ("A_CODE; B_CODE; C_CODE", 3),
    ])
    func countsLines(_ text: String, _ expected: Int) {
        #expect(CellText.lineCount(text, width: 11) == expected)
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
        (0, "JPY", CellNumber.number(0)), (37_32, "USD", .number(37.32)), (-1_250, "KWD", .number(-1.25)),
        (1, "CLF", .number(0.0001)), (999_999_999_999_999, "USD", .number(9_999_999_999_999.99)),
        (1_000_000_000_000_000, "USD", .text("10000000000000.00")),
        (-1_000_000_000_000_000, "JPY", .text("-1000000000000000")),
    ])
    func amountsBecomeNumbersOrText(_ minorUnits: Int64, _ code: String, _ expected: CellNumber) throws {
        #expect(CellNumber(Amount(minorUnits: minorUnits), try #require(Currency(code))) == expected)
        #expect(CellNumber(Total(minorUnits: Int128(minorUnits)), try #require(Currency(code))) == expected)
    }

    @Test func amountsBecomeTheDoubleNearestToTheirText() throws {
        let currencies = try ["JPY", "USD", "KWD", "CLF"].map { try #require(Currency($0)) }
        // A multiplicative generator, so that a failure can be repeated.
        var state: UInt64 = 88_172_645_463_325_252
        for _ in 0..<100_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let amount = Amount(minorUnits: Int64(state >> 8) % 1_000_000_000_000_000)
            let currency = currencies[Int(state >> 4) % currencies.count]
            let nearest = try #require(Double(amount.formatted(currency)))
            guard CellNumber(amount, currency) == .number(nearest) else {
                Issue.record("\(amount.formatted(currency)) is not \(nearest)")
                return
            }
        }
    }

    @Test(arguments: [(0, "A"), (25, "Z"), (26, "AA"), (36, "AK"), (701, "ZZ"), (702, "AAA")])
    func namesColumns(_ column: Int, _ expected: String) { #expect(CellName.letters(column: column) == expected) }
}
