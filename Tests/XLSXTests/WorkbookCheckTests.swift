import Files
import Testing
@testable import XLSX

/// A damaged workbook is found, whatever libxlsxwriter thinks of it.
@Suite struct WorkbookCheckTests {
    private let folder: TemporaryFolder
    private let path: String
    private let bytes: [UInt8]

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path + "/a.xlsx"
        try Self.write(to: path, in: folder.path)
        bytes = try File(path, to: .read).read(upTo: 1 << 20)
    }

    /// A workbook of a laid out sheet with two cells, and a table of five rows on two sheets.
    private static func write(to path: String, in folder: String) throws {
        let file = try WorkbookFile(
            path: path, footer: "foot", temporaryDirectory: folder, mostRows: 10, mostSheets: 3)
        let sheet = try file.addSheet("First")
        try sheet.write(.text("a"), row: 0, column: 0, .title)
        try sheet.write(.formula("=1+1", .number(2, .count)), row: 1, column: 0)
        let table = try SheetSeries(
            file, name: "Rows", columns: [TableColumn("Name", width: 10), TableColumn("Count", width: 9)],
            frozenColumns: 1, expectedRows: 5, limits: TableLimits(rowsPerSheet: 3))
        for index in 0..<5 {
            guard let (sheet, row) = try table.next() else { break }
            try sheet.write([(.text("row \(index)"), .plain), (.count(index), .plain)], row: row)
        }
        try table.finish()
        try file.finish()
    }

    private func isWhole(_ bytes: [UInt8], byteCount: Int? = nil, cellCounts: [Int]) throws -> Bool {
        try FileSystem.write(bytes, to: path)
        do {
            try WorkbookCheck.verify(path: path, byteCount: UInt64(byteCount ?? bytes.count), cellCounts: cellCounts)
            return true
        } catch { return false }
    }

    /// The places of the parts' bytes in the archive, read from their local headers.
    private var contents: [Range<Int>] {
        var places: [Range<Int>] = []
        var start = 0
        func number(_ offset: Int, _ count: Int) -> Int {
            (0..<count).reversed().reduce(0) { $0 << 8 | Int(bytes[start + offset + $1]) }
        }
        while number(0, 4) == 0x0403_4B50 {
            let content = start + 30 + number(26, 2) + number(28, 2)
            places.append(content..<content + number(18, 4))
            start = places[places.count - 1].upperBound
        }
        return places
    }

    @Test func theTableIsReadBack() throws {
        let workbook = try XLSXWorkbook(TestFile.file(bytes))
        #expect(workbook.sheetNames == ["First", "Rows", "Rows 2"])
        var rows: [String] = []
        for sheet in workbook.sheetNames {
            try workbook.readRows(of: sheet) { row in
                rows.append("\(row.number):" + row.cells.map(\.value.characters).joined(separator: ","))
                return true
            }
        }
        #expect(
            rows == [
                "1:a", "2:2", "1:Name,Count", "2:row 0,0", "3:row 1,1", "4:row 2,2", "1:Name,Count", "2:row 3,3",
                "3:row 4,4",
            ])
    }

    /// The dimension, which libxlsxwriter writes before the rows come, reaches over them.
    @Test func theSheetSaysWhichCellsItHas() throws {
        let archive = try ZipArchive(path: path)
        for (name, cells) in [("sheet2", "A1:B4"), ("sheet3", "A1:B3")] {
            let content = try archive.content(of: "xl/worksheets/\(name).xml", isInflated: true)
            #expect(String(decoding: content, as: UTF8.self).contains("<dimension ref=\"\(cells)\"/>"))
        }
    }

    @Test func aWorkbookThatIsFinishedTakesNoMore() throws {
        let file = try WorkbookFile(
            path: path, footer: "", temporaryDirectory: folder.path, mostRows: 1, mostSheets: 1)
        let sheet = try file.addSheet("First")
        try sheet.write(.text("a"), row: 0, column: 0)
        try file.finish()
        let finished = WorkbookError.inconsistent("the workbook is finished already")
        #expect(throws: finished) { try sheet.write(.text("a"), row: 1, column: 0) }
        #expect(throws: finished) { try sheet.setWidth(3, ofColumns: 0...1) }
        #expect(throws: finished) { try file.addSheet("Second") }
        #expect(throws: finished) { try file.finish() }
        #expect(!FileSystem.exists(path + ".frame"))
    }

    // MARK: Damage

    @Test func whatWasWrittenIsWhole() throws {
        // Without seals it counts the cells of the tables too.
        #expect(try isWhole(bytes, cellCounts: [2, 8, 6]))
    }

    @Test func aFileThatIsCutIsFound() throws {
        for count in stride(from: 0, to: bytes.count, by: 311) {
            #expect(try !isWhole(Array(bytes.prefix(count)), cellCounts: []), "cut to \(count)")
        }
        #expect(try !isWhole(bytes.dropLast(), cellCounts: []))
        #expect(try !isWhole(bytes + [0], byteCount: bytes.count, cellCounts: []))
    }

    @Test func aByteOfAPartThatChangesIsFound() throws {
        let contents = contents
        try #require(contents.count > 10)
        #expect(try isWhole(bytes, cellCounts: []))
        for content in contents {
            for offset in stride(from: content.lowerBound, to: content.upperBound, by: 199) {
                var damaged = bytes
                damaged[offset] ^= 0x10
                #expect(try !isWhole(damaged, cellCounts: []), "byte \(offset)")
            }
        }
    }

    @Test(arguments: [[3, 8, 6], [2, 7, 6], [2, 8, 6, 0]]) func aCellOrASheetThatIsMissingIsFound(counts: [Int]) throws
    {
        #expect(try !isWhole(bytes, cellCounts: counts))
    }

    @Test func aPartThatIsNoXMLIsFound() throws {
        for (text, isXML) in [("<a><b c=\"/>\"/></a>", true), ("<a></b>", false), ("<a>", false), ("", false)] {
            var zip = ZipBuilder()
            for name in ["[Content_Types].xml", "xl/workbook.xml", "xl/styles.xml"] { zip.add(name, text) }
            #expect(try isWhole(zip.bytes, cellCounts: []) == isXML, "\(text)")
        }
    }

    @Test(arguments: ["[Content_Types].xml", "xl/workbook.xml", "xl/styles.xml"]) func aPartThatIsMissingIsFound(
        missing: String
    ) throws {
        var zip = ZipBuilder()
        for name in ["[Content_Types].xml", "xl/workbook.xml", "xl/styles.xml"] where name != missing {
            zip.add(name, "<a/>")
        }
        #expect(try !isWhole(zip.bytes, cellCounts: []))
    }

    // MARK: The archive

    @Test func aByteOfOurSheetThatChangesIsFound() throws {
        let chunk = try DeflatedChunk(Array("<row r=\"2\"></row>".utf8), isLast: true)
        func isAsWritten(_ compressed: [UInt8]) throws -> Bool {
            let writer = try ZipWriter(path: path)
            let part = ZipPart(name: "sheet", deflatedTo: chunk.seal)
            try writer.begin(part)
            try writer.write(compressed)
            try writer.finish()
            let archive = try ZipArchive(path: path)
            let found = try #require(archive.parts.first)
            #expect(found.isDescribed(as: part))
            do throws(XLSXError) { try archive.compare(found, with: chunk.seal) } catch { return false }
            return true
        }
        #expect(try isAsWritten(chunk.compressed))
        for index in chunk.compressed.indices {
            var changed = chunk.compressed
            changed[index] ^= 1
            #expect(try !isAsWritten(changed), "byte \(index)")
        }
        #expect(try !isAsWritten(chunk.compressed.dropLast()))
    }

    /// Only files of many GiB need ZIP64; so that the test stays quick, a narrow limit switches it on.
    @Test(arguments: [1, 3, 40, 0xFFFF_FFFF as UInt64]) func largeFilesReadBackToo(narrowLimit: UInt64) throws {
        let texts = ["one": "", "three": String(repeating: "rows and ", count: 20), "two": "cells"]
        let names = texts.keys.sorted()
        let writer = try ZipWriter(path: path, narrowLimit: narrowLimit)
        for name in names {
            let text = Array((texts[name] ?? "").utf8)
            let head = try DeflatedChunk(text, isLast: false)
            let tail = try DeflatedChunk(text, isLast: true)
            var seal = head.seal
            seal.append(tail.seal)
            try writer.begin(ZipPart(name: name, deflatedTo: seal))
            try writer.write(head.compressed + tail.compressed)
        }
        try writer.finish()
        let archive = try ZipArchive(path: path)
        #expect(archive.parts.map(\.name) == names)
        for name in names {
            let content = try archive.content(of: name, isInflated: true)
            let text = try #require(texts[name])
            #expect(String(decoding: content, as: UTF8.self) == text + text, "\(name)")
        }
    }
}
