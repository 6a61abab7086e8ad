import Memory
import Testing
@testable import XLSX

/// Rows as SpreadsheetML.
@Suite struct RowXMLTests {
    private func written(_ write: (inout RowXML) -> Void) -> String {
        var xml = RowXML()
        xml.begin(row: 7)
        write(&xml)
        xml.end()
        return String(decoding: xml.bytes, as: UTF8.self)
    }

    @Test(arguments: [
        ("plain", "plain"), ("a<b>&c", "a&lt;b&gt;&amp;c"), ("a\rb", "a_x000D_b"), ("_x0041_", "_x005F_x0041_"),
        ("\u{1}", "\u{FFFD}"), ("日本", "日本"),
    ])
    func textIsEscaped(text: String, expected: String) {
        let cell = "<row r=\"7\"><c r=\"B7\" s=\"3\" t=\"inlineStr\"><is><t>\(expected)</t></is></c></row>"
        #expect(written { $0.text(text, column: 1, style: 3) } == cell)
        #expect(written { $0.text(Text(text), column: 1, style: 3) } == cell)
    }

    @Test(arguments: [" a", "a ", "a\n", "\ta", " "]) func whiteSpaceAtTheEndsIsKept(text: String) {
        let cell = "<c r=\"A7\" t=\"inlineStr\"><is><t xml:space=\"preserve\">\(text)</t></is></c>"
        #expect(written { $0.text(text, column: 0, style: 0) } == "<row r=\"7\">\(cell)</row>")
        #expect(written { $0.text(Text(text), column: 0, style: 0) } == "<row r=\"7\">\(cell)</row>")
    }

    /// A text that was escaped before, in the first cell of all and after others.
    @Test(arguments: [" a&b", "\ta&b", "\na&b", "a&b"]) func whiteSpaceBeforeATextThatWasEscapedBefore(name: String) {
        let space = name.hasPrefix("a") ? "" : " xml:space=\"preserve\""
        let content = name.replacing("&", with: "&amp;") + ":12"
        let cells = written { xml in
            for column in 0...1 { xml.text(CellText.XML(name + ":"), number: 12, column: column, style: 0) }
        }
        let expected = ["A7", "B7"].map { "<c r=\"\($0)\" t=\"inlineStr\"><is><t\(space)>\(content)</t></is></c>" }
        #expect(cells == "<row r=\"7\">\(expected.joined())</row>")
    }

    @Test func anEmptyTextIsNoCell() {
        #expect(written { $0.text("", column: 0, style: 1) } == "<row r=\"7\"></row>")
        #expect(written { $0.text(Text(""), column: 0, style: 1) } == "<row r=\"7\"></row>")
    }

    @Test(
        arguments: [
            (2, 1250, "12.5"), (2, -1200, "-12"), (2, 0, "0"), (0, 1200, "1200"), (3, -1, "-0.001"),
            (3, 1_000_000, "1000"), (2, 999_999_999_999_999, "9999999999999.99"), (4, -50_010, "-5.001"),
            (0, Int64.max, "9223372036854775807"), (0, .min + 1, "-9223372036854775807"),
            (4, .min, "-922337203685477.5808"),
        ] as [(Int, Int64, String)])
    func decimalsAreExact(digits: Int, units: Int64, expected: String) {
        let cell = written { $0.decimal(units: units, digits: digits, column: 36, style: 5) }
        #expect(cell == "<row r=\"7\"><c r=\"AK7\" s=\"5\"><v>\(expected)</v></c></row>")
    }

    @Test(arguments: [(17, "17"), (-3, "-3"), (0.25, "0.25"), (1e300, "1e+300")])
    func numbersAreTheShortestDecimals(number: Double, expected: String) {
        #expect(
            written { $0.number(number, column: 0, style: 0) }
                == "<row r=\"7\"><c r=\"A7\"><v>\(expected)</v></c></row>")
    }

    @Test func heightsAndCountsAndBlanks() {
        var xml = RowXML()
        xml.begin(row: 1_048_576, heightPoints: 45)
        xml.blank(column: 25, style: 12)
        xml.number(-3, column: 26, style: 0)
        xml.end()
        #expect(
            String(decoding: xml.bytes, as: UTF8.self) == "<row r=\"1048576\" ht=\"45\" customHeight=\"1\">"
                + "<c r=\"Z1048576\" s=\"12\"/><c r=\"AA1048576\"><v>-3</v></c></row>")
    }

    /// Rows of the widest cells are never torn, however many there are.
    @Test func rowsGrowBeyondAPiece() {
        let text = String(repeating: "&", count: 6000)
        var xml = RowXML()
        for row in 1...40 {
            xml.begin(row: row)
            for column in 0..<3 { xml.text(text, column: column, style: column) }
            xml.end()
        }
        let isFull = xml.isFull
        #expect(isFull)
        let rows = String(decoding: xml.bytes, as: UTF8.self).split(separator: "</row>")
        #expect(rows.count == 40)
        #expect(rows.allSatisfy { $0.utf8.count { $0 == UInt8(ascii: "&") } == 18_000 })
    }

    @Test func piecesAreOfOneSheetEach() throws {
        var writer = SheetPieceWriter(firstRow: 5, rowsPerSheet: 4)
        for _ in 0..<8 {
            try writer.beginRow()
            writer.xml.number(1, column: 0, style: 0)
            writer.endRow()
        }
        let pieces = try writer.finish()
        #expect(pieces.map(\.sheet) == [1, 2, 3])
        #expect(pieces.map(\.rowCount) == [3, 4, 1])
    }
}
