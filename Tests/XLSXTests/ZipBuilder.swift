import Files
import XLSX

/// Makes zip archives, good ones and bad ones; parts are stored, not deflated.
struct ZipBuilder {
    var parts: [(name: String, content: [UInt8])] = []
    /// Added to the CRC of each part.
    var wrongCRC: UInt32 = 0
    /// The general purpose flags of each part: 1 says that it is encrypted.
    var flags: UInt16 = 0
    /// What the directory says of each part's size, in place of the truth.
    var statedBytes: UInt32?

    mutating func add(_ name: String, _ text: String) { parts.append((name, Array(text.utf8))) }

    var bytes: [UInt8] {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for part in parts {
            let offset = file.count
            let common =
                number(20, 2) + number(Int(flags), 2) + number(0, 2) + number(0, 4)
                + number(Int(Self.crc32(part.content) &+ wrongCRC), 4) + number(part.content.count, 4)
                + number(Int(statedBytes ?? UInt32(part.content.count)), 4) + number(part.name.utf8.count, 2)
            file += number(0x0403_4B50, 4) + common + number(0, 2) + Array(part.name.utf8) + part.content
            directory +=
                number(0x0201_4B50, 4) + number(20, 2) + common + number(0, 2) + number(0, 2) + number(0, 2)
                + number(0, 2) + number(0, 4) + number(offset, 4) + Array(part.name.utf8)
        }
        return file + directory + number(0x0605_4B50, 4) + number(0, 2) + number(0, 2) + number(parts.count, 2)
            + number(parts.count, 2) + number(directory.count, 4) + number(file.count, 4) + number(0, 2)
    }

    private func number(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> ($0 * 8) & 0xFF) } }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }
}

/// A workbook as Excel's format has it, its parts as text.
struct TestWorkbook {
    var sheet = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>a</t></is></c></row>"
    var sharedStrings: String?
    var beforeSheet = ""

    var zip: ZipBuilder {
        let spreadsheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        let package = "http://schemas.openxmlformats.org/package/2006/relationships"
        var zip = ZipBuilder()
        zip.add(
            "_rels/.rels",
            "<Relationships xmlns=\"\(package)\"><Relationship Id=\"r1\" Type=\"\(office)/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        )
        zip.add(
            "xl/workbook.xml",
            "<x:workbook xmlns:x=\"\(spreadsheet)\" xmlns:r=\"\(office)\"><x:sheets><x:sheet name=\"Rows &amp; more\" sheetId=\"1\" r:id=\"r9\"/></x:sheets></x:workbook>"
        )
        zip.add(
            "xl/_rels/workbook.xml.rels",
            "<Relationships xmlns=\"\(package)\"><Relationship Id=\"r9\" Type=\"\(office)/worksheet\" Target=\"/xl/worksheets/sheet1.xml\"/><Relationship Id=\"r8\" Type=\"\(office)/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>"
        )
        zip.add(
            "xl/worksheets/sheet1.xml",
            "<?xml version=\"1.0\"?>\(beforeSheet)<worksheet xmlns=\"\(spreadsheet)\"><sheetData>\(sheet)</sheetData></worksheet>"
        )
        if let sharedStrings { zip.add("xl/sharedStrings.xml", "<sst xmlns=\"\(spreadsheet)\">\(sharedStrings)</sst>") }
        return zip
    }
}

/// Files of tests.
enum TestFile {
    /// A file with some bytes, which is gone when it is closed.
    static func file(_ bytes: [UInt8]) throws(XLSXError) -> RegularFile {
        do {
            let folder = try TemporaryFolder()
            try FileSystem.write(bytes, to: folder.path + "/a")
            return try RegularFile(path: folder.path + "/a", followsLink: false)
        } catch { throw .archive("\(error)") }
    }
}

/// A folder that goes when the test ends.
final class TemporaryFolder {
    let path: String

    init() throws { path = try FileSystem.makeTemporaryFolder(prefix: "xlsx-test-") }

    deinit { FileSystem.removeAll(path) }
}
