import Testing
@testable import XLSX

/// Texts and numbers as a cell can hold them.
@Suite struct CellTextTests {
    @Test(arguments: [
        ("plain", "plain"), ("", ""), ("_x0041_", "_x005F_x0041_"), ("_x0041_x0042_", "_x005F_x0041_x005F_x0042_"),
        ("_x41_", "_x41_"), ("_xGGGG_", "_xGGGG_"), ("a_x", "a_x"), ("\u{0}", "\u{FFFD}"), ("\t\n\r", "\t\n_x000D_"),
        ("\u{FFFE}\u{FFFF}", "\u{FFFD}\u{FFFD}"), ("\u{FFFD}", "\u{FFFD}"), ("\u{1F}", "\u{FFFD}"),
    ])
    func cleans(text: String, expected: String) {
        #expect(Array(CellText.clean(text).utf8) == Array(expected.utf8))
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
    func countsLines(text: String, expected: Int) { #expect(CellText.lineCount(text, width: 11) == expected) }

    @Test(arguments: [(0, "A"), (25, "Z"), (26, "AA"), (36, "AK"), (701, "ZZ"), (702, "AAA")])
    func namesColumns(column: Int, expected: String) { #expect(CellName.letters(column: column) == expected) }

    @Test func rangesAreQuotedWhereTheSheetHasABlank() {
        #expect(CellName.range(sheet: "Rows", column: 27, rows: 1...6) == "Rows!$AB$2:$AB$7")
        #expect(CellName.range(sheet: "Rows 2", column: 0, rows: 0...0) == "'Rows 2'!$A$1:$A$1")
    }

    @Test(arguments: [(999_999_999_999_999, true), (1_000_000_000_000_000, false)])
    func numbersOfFifteenDigitsAreExact(units: Int128, isExact: Bool) {
        #expect(CellNumber.isExact(units: units) == isExact)
        #expect(CellNumber.isExact(units: -units) == isExact)
    }

    @Test func decimalsBecomeTheDoubleNearestToTheirText() throws {
        // A multiplicative generator, so that a failure can be repeated.
        var state: UInt64 = 88_172_645_463_325_252
        for _ in 0..<100_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let units = Int64(state >> 8) % 1_000_000_000_000_000
            let digits = Int(state >> 4) % 5
            let nearest = try #require(Double("\(units)e-\(digits)"))
            guard CellNumber.double(units: units, digits: digits) == nearest else {
                Issue.record("\(units)e-\(digits) is not \(nearest)")
                return
            }
        }
    }

    /// Day 60 of a spreadsheet is a 29 February 1900 that never was.
    @Test(arguments: [(0, 25_569), (-25_508, 61), (-25_509, nil)])
    func daysHaveSerialNumbers(day: Int, expected: Int?) { #expect(CellNumber.serial(day: day) == expected) }
}
