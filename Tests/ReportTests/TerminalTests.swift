import Memory
import Refunds
import TestSupport
import Testing
@testable import Report

/// What a run says at its end.
@Suite struct TerminalTests {
    private func summary(_ fixture: WorkbookFixture, hasColor: Bool = false) -> String {
        var highlights = Highlights()
        for row in fixture.rows { highlights.add(row) }
        return TerminalSummary(fixture.context, highlights, folder: "Reports/2025-09-30", hasColor: hasColor).text()
    }

    @Test func wholeSummary() throws {
        let text = summary(WorkbookFixture(try SampleRows.mixed()))
        try Golden.check("summary.txt", text)
        #expect(!text.contains("\u{1B}"))
        #expect(!text.hasSuffix("\n"))
    }

    @Test func colorOnlyWhereAsked() throws {
        let fixture = WorkbookFixture(try SampleRows.mixed())
        let text = summary(fixture, hasColor: true)
        let head = "Refunds as of 2025-09-30\n"
        #expect(text.hasPrefix(head + "\u{1B}[1;32mCOMPLETE\u{1B}[0m\n\u{1B}[1;31mBREAKS\u{1B}[0m: 5 rows"))
        #expect(text.ranges(of: "\u{1B}").count == 4)
        let nothing = summary(WorkbookFixture([]), hasColor: true)
        #expect(nothing.hasPrefix(head + "\u{1B}[1;35mINCOMPLETE\u{1B}[0m: not one case was read\n"))
    }

    @Test func everyLineFitsWhateverTheAmounts() throws {
        var random = Seeded()
        for _ in 0..<50 * Seeded.soak {
            let rows = try (0..<20).map { line in
                let code = random.pick(["USD", "JPY", "KWD", "CLF"])
                var size: Int64 = 1
                for _ in 0..<random.below(16) { size *= 10 }
                let amount = Int64(random.below(999)) * size
                var row = SampleRows.paid(
                    try SampleRows.expecting(code, line: Int32(line), original: amount, penalty: 0, fee: 0),
                    original: amount, penalty: 0, fee: 0, refund: amount / 3, outcome: .variance, .refundShort)
                row.orderNo = Text(
                    String(repeating: random.pick(["漢", "é", "x\u{301}", "O"]), count: random.below(60)))
                return row
            }
            let lines = summary(WorkbookFixture(rows)).split(separator: "\n", omittingEmptySubsequences: false)
            for line in lines { #expect(VisibleText.width(String(line)) <= 80, "seed \(random.seed): \(line)") }
        }
    }

    @Test func textFromOutsideCannotActOnTheTerminal() throws {
        var fixture = WorkbookFixture(try SampleRows.mixed())
        fixture.rows[0].orderNo = "\u{1B}[2J\u{202E}\u{7}evil"
        fixture.rows[5].cancelReason = "a\u{9B}31mb\r\nc"
        let text = summary(fixture)
        #expect(!text.unicodeScalars.contains { $0 != "\n" && ($0.value < 0x20 || (0x7F..<0xA0).contains($0.value)) })
        #expect(!text.unicodeScalars.contains { $0.properties.generalCategory == .format })
        #expect(text.contains("[2J[U+202E]"))
    }

    // MARK: Tables

    @Test func columnsGrowWithTheirCells() {
        var table = TextTable([.words("Name"), .figures("A"), .figures("Count")])
        table.add(["x", "1,000,000", "1"])
        table.add(["longer", "-2", "12"])
        #expect(
            table.lines(width: 80) == [
                "Name            A  Count", "x       1,000,000      1", "longer         -2     12",
            ])
    }

    @Test func whatIsTooWideGoesOnBelow() {
        var table = TextTable([.words("Cur"), .figures("A"), .figures("B"), .figures("C")])
        table.add(["USD", "1234567890", "12345678901234567890", "1"])
        let expected = [
            "Cur           A", "USD  1234567890", "", "Cur                     B", "USD  12345678901234567890", "",
            "Cur  C", "USD  1",
        ]
        #expect(table.lines(width: 20) == expected)
    }

    @Test func textIsWrappedBetweenWords() {
        #expect(TextTable.wrapped("one two three", width: 7) == ["one two", "three"])
        #expect(TextTable.wrapped("unbreakable a", width: 4) == ["unbreakable", "a"])
        #expect(TextTable.wrapped("", width: 4) == [])
    }

    @Test func textIsCutToItsWidth() {
        let cases: [(String, Int, String)] = [
            ("abc", 3, "abc"), ("abcd", 3, "ab…"), ("漢字漢", 6, "漢字漢"), ("漢字漢", 5, "漢字…"), ("漢字漢", 4, "漢…"),
            ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
        ]
        for (text, width, cut) in cases { #expect(VisibleText.cut(text, width: width) == cut) }
    }

    @Test func thousandsAreGrouped() {
        let cases = [
            ("0", "0"), ("999", "999"), ("1000", "1,000"), ("-100", "-100"), ("-1000.50", "-1,000.50"),
            ("170141183460469231731687303715884105727", "170,141,183,460,469,231,731,687,303,715,884,105,727"),
            ("1234567.8901", "1,234,567.8901"),
        ]
        for (text, shown) in cases { #expect(grouped(text) == shown) }
    }
}
