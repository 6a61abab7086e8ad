import Memory
import Refunds
import Testing
@testable import Report

/// Rows as SpreadsheetML, and their way into the archive.
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
    func textIsEscaped(_ text: String, _ expected: String) {
        let cell = "<row r=\"7\"><c r=\"B7\" s=\"3\" t=\"inlineStr\"><is><t>\(expected)</t></is></c></row>"
        #expect(written { $0.text(1, 3, text) } == cell)
        #expect(written { $0.text(1, 3, Text(text)) } == cell)
    }

    @Test(arguments: [" a", "a ", "a\n", "\ta", " "]) func whiteSpaceAtTheEndsIsKept(_ text: String) {
        let cell = "<c r=\"A7\" t=\"inlineStr\"><is><t xml:space=\"preserve\">\(text)</t></is></c>"
        #expect(written { $0.text(0, 0, text) } == "<row r=\"7\">\(cell)</row>")
        #expect(written { $0.text(0, 0, Text(text)) } == "<row r=\"7\">\(cell)</row>")
    }

    /// A text that was escaped before, in the first cell of all and after others.
    @Test(arguments: [" a&b", "\ta&b", "\na&b", "a&b"]) func whiteSpaceBeforeATextThatWasEscapedBefore(_ name: String) {
        let space = name.hasPrefix("a") ? "" : " xml:space=\"preserve\""
        let content = name.replacing("&", with: "&amp;") + ":12"
        let cells = written { xml in
            for column in 0...1 { xml.inlineText(column, 0, CellText.XML(name + ":")) { $0.append(decimal: 12) } }
        }
        let expected = ["A7", "B7"].map { "<c r=\"\($0)\" t=\"inlineStr\"><is><t\(space)>\(content)</t></is></c>" }
        #expect(cells == "<row r=\"7\">\(expected.joined())</row>")
    }

    @Test func anEmptyTextIsNoCell() {
        #expect(written { $0.text(0, 1, "") } == "<row r=\"7\"></row>")
        #expect(written { $0.text(0, 1, Text("")) } == "<row r=\"7\"></row>")
    }

    @Test(
        arguments: [
            ("USD", 1250, "12.5"), ("USD", -1200, "-12"), ("USD", 0, "0"), ("JPY", 1200, "1200"), ("KWD", -1, "-0.001"),
            ("KWD", 1_000_000, "1000"), ("USD", 999_999_999_999_999, "9999999999999.99"),
        ] as [(String, Int64, String)])
    func amountsAreExactDecimals(_ code: String, _ minorUnits: Int64, _ expected: String) {
        let cell = written { $0.amount(36, 5, Amount(minorUnits: minorUnits), currency(code)) }
        #expect(cell == "<row r=\"7\"><c r=\"AK7\" s=\"5\"><v>\(expected)</v></c></row>")
    }

    @Test func heightsAndCountsAndBlanks() {
        var xml = RowXML()
        xml.begin(row: 1_048_576, heightPoints: 45)
        xml.blank(25, 12)
        xml.number(26, 0) { $0.append(decimal: -3) }
        xml.end()
        #expect(
            String(decoding: xml.bytes, as: UTF8.self) == "<row r=\"1048576\" ht=\"45\" customHeight=\"1\">"
                + "<c r=\"Z1048576\" s=\"12\"/><c r=\"AA1048576\"><v>-3</v></c></row>")
    }

    @Test func theSheetSaysWhichCellsItHas() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/a.xlsx"
        try WorkbookFixture(try SampleRows.mixed()).write(to: path, temporaryDirectory: folder.path)
        let archive = try ZipReader(path: path)
        let sheets = ["xl/worksheets/sheet5.xml": "A1:AM8", "xl/worksheets/sheet2.xml": "A1:U6"]
        let entries = try archive.directory().filter { sheets[$0.name] != nil }
        try #require(entries.count == sheets.count)
        for entry in entries {
            let cells = try #require(sheets[entry.name])
            var content: [UInt8] = []
            try archive.read(entry) { piece throws(ZipReader.Damage) in content += piece }
            #expect(String(decoding: content, as: UTF8.self).contains("<dimension ref=\"\(cells)\"/>"))
        }
    }

    @Test func aByteOfOurSheetThatChangesIsFound() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/a.zip"
        let chunk = try DeflatedChunk(Array("<row r=\"2\"></row>".utf8), isLast: true)
        func write(_ compressed: [UInt8]) throws {
            let archive = try ZipWriter(path: path)
            try archive.begin(
                "sheet", method: 8, crc32: chunk.seal.crc32, compressedBytes: UInt64(compressed.count),
                bytes: chunk.seal.bytes)
            try archive.write(compressed)
            try archive.finish()
        }
        func isAsWritten() throws -> Bool {
            let archive = try ZipReader(path: path)
            for entry in try archive.directory() {
                do throws(ZipReader.Damage) { try archive.compare(entry, with: chunk.seal) } catch { return false }
            }
            return true
        }
        try write(chunk.compressed)
        #expect(try isAsWritten())
        for index in chunk.compressed.indices {
            var changed = chunk.compressed
            changed[index] ^= 1
            try write(changed)
            #expect(try !isAsWritten(), "byte \(index)")
        }
        try write(chunk.compressed.dropLast())
        #expect(try !isAsWritten())
    }
}
