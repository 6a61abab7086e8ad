import Memory
import Refunds
import Testing
@testable import Report
@testable import XLSX

/// What ties the workbook and the page, printed too, to the manifest of their report.
@Suite struct TrailTests {
    private static let before = String(repeating: "12", count: 32)
    private static let replaced = String(repeating: "34", count: 32)

    private static func fixture(isFirst: Bool = false) throws -> WorkbookFixture {
        var fixture = WorkbookFixture(try SampleRows.mixed())
        fixture.context.trail = RunTrail(
            previous: isFirst ? nil : .init(sequence: 7, manifestSHA256: before),
            replaces: isFirst ? nil : .init(sequence: 5, manifestSHA256: replaced),
            startedAt: Instant(secondsSinceEpoch: 1_759_284_909), host: "recon1<&>", user: "refunds",
            isSigned: !isFirst)
        var rows = OutputEvidence(
            name: "reconciliation.csv", sha256: String(repeating: "ef", count: 32), bytes: 1234, rows: 7)
        rows.sums = OutputSums.of(fixture.context.summary)
        fixture.context.outputs = [
            rows, OutputEvidence(name: "summary.json", sha256: String(repeating: "01", count: 32), bytes: 99),
        ]
        fixture.context.inputs[0].figures = InputFigures()
        fixture.context.inputs[0].figures?.records = 4321
        return fixture
    }

    @Test func theEvidenceSheetNamesTheRunAndEveryFile() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/a.xlsx"
        try Self.fixture().write(to: path, temporaryDirectory: folder.path)
        let book = try ReadWorkbook(path: path)
        func row(_ first: Int, _ last: Int) -> [[String]] {
            (first...last).map { row in (0..<6).map { book.cell("Evidence", row, $0)?.value ?? "" } }
        }
        #expect(
            row(5, 11).map { Array($0[0...1]) } == [
                ["Run number", "8"], ["Started", "2025-10-01T02:15:09.000Z"], ["Host", "recon1<&>"],
                ["User", "refunds"], ["Manifest of the run before", Self.before],
                ["Replaces", "run 5 of the same day, manifest \(Self.replaced)"],
                ["Signed", "yes, in manifest.json.sig"],
            ])
        let inputs = row(15, 16)
        #expect(
            inputs == [
                ["orders", "orders.csv", "in/orders.csv", "4321", "12345", String(repeating: "ab", count: 32)],
                ["webhooks", "webhooks.jsonl", "in/webhooks.jsonl", "", "6789", String(repeating: "cd", count: 32)],
            ])
        let outputs = row(21, 22)
        #expect(
            outputs == [
                ["", "reconciliation.csv", "", "7", "1234", String(repeating: "ef", count: 32)],
                ["", "summary.json", "", "", "99", String(repeating: "01", count: 32)],
            ])
    }

    @Test func everyPrintedSheetNamesTheRun() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/a.xlsx"
        try Self.fixture().write(to: path, temporaryDirectory: folder.path)
        let archive = try ZipArchive(path: path)
        let sheets = archive.parts.filter { $0.name.hasPrefix("xl/worksheets/sheet") }
        try #require(!sheets.isEmpty)
        let foot = "Refund reconciliation as of 2025-09-30, run 8, started 2025-10-01T02:15:09.000Z"
        for sheet in sheets {
            let content = try archive.content(of: sheet.name, isInflated: true)
            let isNamed = String(decoding: content, as: UTF8.self).contains(foot)
            #expect(isNamed, "\(sheet.name)")
        }
    }

    @Test func theFootOfThePageNamesTheRun() throws {
        let page = String(decoding: HTMLReport(try Self.fixture().context).render(), as: UTF8.self)
        let foot = page[(try #require(page.firstRange(of: "<footer>"))).lowerBound...]
        for (name, value) in [
            ("Run number", "8"), ("Started", "2025-10-01T02:15:09.000Z"), ("Host", "recon1&lt;&amp;&gt;"),
            ("User", "refunds"), ("Manifest of the run before", Self.before),
            ("Replaces", "run 5 of the same day, manifest \(Self.replaced)"), ("Signed", "yes, in manifest.json.sig"),
        ] {
            let isSaid = foot.contains("<dt>\(name)</dt><dd><bdi>\(value)</bdi></dd>")
            #expect(isSaid, "\(name)")
        }
        let input =
            "<td>orders</td><td><bdi>in/orders.csv</bdi></td><td class=\"n\">4,321</td><td class=\"n\">12,345</td>"
        #expect(page.contains(input))
        #expect(
            page.contains("<th scope=\"row\">reconciliation.csv</th><td class=\"n\">7</td><td class=\"n\">1,234</td>"))
    }

    @Test func theFirstRunOfAFolder() throws {
        let facts = try #require(try Self.fixture(isFirst: true).context.trail).facts
        #expect(
            facts.map(\.value) == [
                "1", "2025-10-01T02:15:09.000Z", "recon1<&>", "refunds", "none: the first run of its output folder",
                "no report", "no",
            ])
    }
}
