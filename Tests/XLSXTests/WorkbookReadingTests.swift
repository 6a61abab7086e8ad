import Testing
import TestSupport
import XLSX

/// Reads workbooks, and refuses what is none without a crash and within bounds.
@Suite struct WorkbookTests {
    private static func rows(_ bytes: [UInt8], _ limits: XLSXLimits = XLSXLimits()) throws(XLSXError) -> [XLSXRow] {
        let workbook = try XLSXWorkbook(TestFile.file(bytes), limits: limits)
        var rows: [XLSXRow] = []
        for name in workbook.sheetNames {
            try workbook.readRows(of: name) {
                rows.append($0)
                return true
            }
        }
        return rows
    }

    private static func cell(_ xml: String, shared: String? = nil) throws(XLSXError) -> XLSXValue? {
        var workbook = TestWorkbook()
        workbook.sheet = "<row r=\"1\">\(xml)</row>"
        workbook.sharedStrings = shared
        return try rows(workbook.zip.bytes).first?[0]
    }

    private static let shared =
        "<si><t>first</t></si><si><r><t>se</t></r><r><t xml:space=\"preserve\">cond </t></r><rPh><t>no</t></rPh></si>"

    @Test(arguments: [
        ("<c r=\"A1\"><v>37.32</v></c>", XLSXValue.number("37.32")),
        ("<c r=\"A1\" t=\"n\"><v>1E-2</v></c>", .number("1E-2")),
        ("<c r=\"A1\" t=\"s\"><v>0</v></c>", .text("first")), ("<c r=\"A1\" t=\"s\"><v>1</v></c>", .text("second ")),
        ("<c r=\"A1\" t=\"inlineStr\"><is><t>in &lt;line&gt;</t></is></c>", .text("in <line>")),
        ("<c r=\"A1\" t=\"inlineStr\"><is><t>a_x000D_b_x005F_x0041_</t></is></c>", .text("a\rb_x0041_")),
        ("<c r=\"A1\" t=\"str\"><f>A2&amp;\"\"</f><v>formula</v></c>", .text("formula")),
        ("<c r=\"A1\" t=\"b\"><v>1</v></c>", .boolean(true)), ("<c r=\"A1\" t=\"e\"><v>#N/A</v></c>", .error("#N/A")),
        ("<c r=\"A1\" s=\"3\"/>", .blank), ("<c><v>7</v></c>", .number("7")), ("<c r=\"B1\"><v>7</v></c>", .blank),
    ])
    func values(xml: String, value: XLSXValue) throws { #expect(try Self.cell(xml, shared: Self.shared) == value) }

    @Test func aRowSaysWhetherItHasAFormula() throws {
        var workbook = TestWorkbook()
        workbook.sheet = "<row r=\"1\"><c><f>1+1</f><v>3</v></c></row><row r=\"2\"><c><v>3</v></c></row>"
        #expect(try Self.rows(workbook.zip.bytes).map(\.hasFormula) == [true, false])
    }

    @Test func rowsAndSheets() throws {
        var workbook = TestWorkbook()
        workbook.sheet = "<row r=\"2\"><c r=\"AA2\"><v>1</v></c></row><row><c><v>2</v></c><c><v>3</v></c></row>"
        let opened = try XLSXWorkbook(TestFile.file(workbook.zip.bytes))
        #expect(opened.sheetNames == ["Rows & more"])
        var numbers: [Int] = []
        try opened.readRows(of: "Rows & more") {
            numbers.append($0.number)
            return numbers.count < 1
        }
        #expect(numbers == [2])
        let rows = try Self.rows(workbook.zip.bytes)
        #expect(rows.map(\.number) == [2, 3])
        #expect(rows.first?[26] == .number("1"))
        #expect(rows.last?[1] == .number("3"))
        #expect(throws: XLSXError.noSheet("Other")) { try opened.readRows(of: "Other") { _ in true } }
    }

    // MARK: What is refused

    struct Bad: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let says: String
        var limits = XLSXLimits()
        let make: @Sendable () -> [UInt8]

        init(
            _ testDescription: String, says: String, _ limits: (inout XLSXLimits) -> Void = { _ in },
            _ make: @escaping @Sendable () -> [UInt8]
        ) {
            self.testDescription = testDescription
            self.says = says
            limits(&self.limits)
            self.make = make
        }

        static func sheet(
            _ name: String, says: String, _ xml: String, _ limits: (inout XLSXLimits) -> Void = { _ in }
        ) -> Bad {
            Bad(name, says: says, limits) {
                var workbook = TestWorkbook()
                workbook.sheet = xml
                return workbook.zip.bytes
            }
        }
    }

    private static let bad = [
        Bad("empty", says: "not a zip archive") { [] },
        Bad("text", says: "not a zip archive") { Array("rowType,orderNo\n".utf8) },
        Bad("cut", says: "not a zip archive") { Array(TestWorkbook().zip.bytes.dropLast(30)) },
        Bad("another archive", says: "the part _rels/.rels is missing") {
            var zip = ZipBuilder()
            zip.add("a.txt", "a")
            return zip.bytes
        },
        Bad("wrong checksum", says: "another checksum") {
            var zip = TestWorkbook().zip
            zip.wrongCRC = 1
            return zip.bytes
        },
        Bad("encrypted", says: "encrypted") {
            var zip = TestWorkbook().zip
            zip.flags = 1
            return zip.bytes
        },
        Bad("a part twice", says: "there twice") {
            var zip = TestWorkbook().zip
            zip.add("xl/workbook.xml", "<workbook/>")
            return zip.bytes
        },
        Bad("a document type", says: "document type") {
            var workbook = TestWorkbook()
            workbook.beforeSheet = "<!DOCTYPE a [<!ENTITY b \"c\"><!ENTITY d \"&b;&b;&b;&b;\">]>"
            workbook.sheet = "<row><c t=\"inlineStr\"><is><t>&d;</t></is></c></row>"
            return workbook.zip.bytes
        },
        .sheet("broken XML", says: "mismatched tag", "<row><c></row></c>"),
        .sheet("rows out of order", says: "out of order", "<row r=\"2\"/><row r=\"1\"/>"),
        .sheet("cells out of order", says: "out of order", "<row><c r=\"B1\"/><c r=\"A1\"/></row>"),
        .sheet("a row too far", says: "a row 1048577", "<row r=\"1048577\"/>"),
        .sheet("a row number that overflows", says: "out of order", "<row r=\"99999999999999999999\"/>"),
        .sheet("a column too far", says: "out of order", "<row><c r=\"ZZZZZZZZZZZZZZZZ1\"/></row>"),
        .sheet("a shared string that is not there", says: "shared string", "<row><c t=\"s\"><v>9</v></c></row>"),
        .sheet("deep", says: "deep", String(repeating: "<a>", count: 100) + String(repeating: "</a>", count: 100)),
        .sheet("a long tag", says: "a tag of over", "<row a=\"" + String(repeating: "x", count: 3 << 20) + "\"/>"),
        .sheet("a part too large", says: "inflates", String(repeating: "<row/>", count: 50_000)) {
            $0.partBytes = 100_000
        },
        .sheet("a bomb", says: "inflates", String(repeating: "<row/>", count: 50_000)) {
            ($0.ratio, $0.ratioFreeBytes) = (0, 100_000)
        },
        .sheet(
            "a text too long", says: "a text of over",
            "<row><c t=\"inlineStr\"><is><t>\(String(repeating: "x", count: 2000))</t></is></c></row>"
        ) { $0.cellBytes = 1000 },
    ]

    @Test(arguments: bad) func refused(bad: Bad) {
        do throws(XLSXError) {
            let rows = try Self.rows(bad.make(), bad.limits)
            Issue.record("it gave \(rows.count) rows")
        } catch { #expect(error.message.contains(bad.says), "\(error.message)") }
    }

    /// Whatever the bytes are, it ends with rows or an error.
    @Test func randomDamage() throws {
        var chance = Seeded()
        var workbook = TestWorkbook()
        workbook.sheet += "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>1</v></c></row>"
        workbook.sharedStrings = Self.shared
        let good = workbook.zip.bytes
        var refused = 0
        for _ in 0..<2000 * Seeded.soak {
            var bytes = good
            for _ in 0...chance.below(4) { bytes[chance.below(bytes.count)] = UInt8(chance.below(256)) }
            if chance.once(in: 4) { bytes.removeLast(chance.below(bytes.count)) }
            do throws(XLSXError) { _ = try Self.rows(bytes) } catch { refused += 1 }
        }
        #expect(refused > 1000, "seed \(chance.seed)")
    }
}
