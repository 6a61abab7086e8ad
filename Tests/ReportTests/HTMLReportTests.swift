import Glibc
import Memory
import Refunds
import Testing
@testable import Report

/// `report.html`: what it says, and that nothing from outside can act in it.
@Suite struct HTMLReportTests {
    private static func page(_ fixture: WorkbookFixture) -> String {
        var report = HTMLReport(fixture.context)
        for row in fixture.rows { report.add(row) }
        return String(decoding: report.render(), as: UTF8.self)
    }

    /// The page without its style sheet, which is the same on every page.
    private static func content(_ page: String) -> String {
        page.replacing("\(HTMLStyle.sheet)", with: "STYLE").replacing("\(HTMLStyle.hash)", with: "HASH")
    }

    // MARK: The policy

    @Test func policyNamesTheStyleSheetByItsHash() throws {
        #expect(SHA256.base64(Array("abc".utf8)) == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=")
        let page = Self.page(WorkbookFixture(try SampleRows.mixed()))
        let start = try #require(page.firstRange(of: "<style>"))
        let end = try #require(page.firstRange(of: "</style>"))
        let hash = SHA256.base64(Array(page[start.upperBound..<end.lowerBound].utf8))
        let policy = "default-src 'none'; style-src 'sha256-\(hash)'; base-uri 'none'; form-action 'none'"
        #expect("\(HTMLStyle.hash)" == hash, "the style sheet is another, and so must be its hash")
        let isStated = page.contains("<meta http-equiv=\"Content-Security-Policy\" content=\"\(policy)\">")
        #expect(isStated)
        let head = try #require(page.firstRange(of: "Content-Security-Policy"))
        #expect(head.lowerBound < start.lowerBound)
    }

    @Test func pageNeedsNothingAndRunsNothing() throws {
        let page = Self.page(WorkbookFixture(try SampleRows.mixed())).lowercased()
        for forbidden in ["<script", "javascript:", "http://", "https://", "src=", "url(", "@import", " style=", " on"]
        {
            let found = page.ranges(of: forbidden).filter { forbidden != " on" || Self.isHandler(page, $0) }
            #expect(found.isEmpty, "\(forbidden)")
        }
    }

    /// Whether ` on` begins an attribute such as `onclick=`.
    private static func isHandler(_ page: String, _ range: Range<String.Index>) -> Bool {
        page[range.upperBound...].drop { $0.isLetter }.first == "="
    }

    // MARK: Text from outside

    private static let naughty: [(text: String, shown: String)] = [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("\"><img src=x onerror=alert(1)>", "&quot;&gt;&lt;img src=x onerror=alert(1)&gt;"),
        ("</td></table><h1>", "&lt;/td&gt;&lt;/table&gt;&lt;h1&gt;"),
        ("' onmouseover='x", "&#39; onmouseover=&#39;x"),
        ("&lt;b&gt; &amp;", "&amp;lt;b&amp;gt; &amp;amp;"),
        ("a\u{0}b\u{1B}[31mc\u{7F}\u{9B}", "a\u{FFFD}b\u{FFFD}[31mc\u{FFFD}\u{FFFD}"),
        ("ORD\u{202E}321\u{2066}x\u{200F}", "ORD[U+202E]321[U+2066]x[U+200F]"),
        ("a\u{200B}b\u{FEFF}c\u{AD}d\u{E0041}", "a[U+200B]b[U+FEFF]c[U+00AD]d[U+E0041]"),
        ("one\r\ntwo\u{2028}three\tfour", "one  two three four"),
        (String(decoding: [0xEF, 0xBF, 0xBF, 0xEF, 0xB7, 0x90], as: UTF8.self) + "é漢😀", "\u{FFFD}\u{FFFD}é漢😀"),
        ("</style><!-- ]]>", "&lt;/style&gt;&lt;!-- ]]&gt;"),
    ]

    /// Every text of the page that comes from outside, one at a time.
    private static let places: [(name: String, put: @Sendable (String, inout WorkbookFixture) -> Void)] = [
        ("orderNo", { $1.rows[0].orderNo = Text($0) }), ("refundCode", { $1.rows[0].refundCode = Text($0) }),
        ("airlinePNR", { $1.rows[0].airlinePNR = Text($0) }), ("carrier", { $1.rows[0].carrier = Text($0) }),
        ("cancelReason", { $1.rows[5].cancelReason = Text($0) }),
        (
            "queryError",
            {
                $1.rows[0].exceptions.insert(.queryFailed)
                $1.rows[0].queryError = Text($0)
            }
        ),
        ("file name", { $1.context.fileNames[0] = $0 }), ("status source", { $1.context.statusSource = $0 }),
        ("tool version", { $1.context.toolVersion = $0 }),
        (
            "input",
            {
                $1.context.inputs = [
                    InputEvidence(role: "orders", path: $0, name: $0, sha256: "ab", bytes: 1)
                ]
            }
        ),
    ]

    @Test(arguments: places.map(\.name)) func everyOutsideTextIsHarmless(place name: String) throws {
        let place = try #require(Self.places.first { $0.name == name })
        let plain = try Self.tags(Self.page(WorkbookFixture(try SampleRows.mixed())))
        for (text, shown) in Self.naughty {
            var fixture = WorkbookFixture(try SampleRows.mixed())
            place.put(text, &fixture)
            let page = Self.page(fixture)
            // A newline of a reason has become one blank before it is cleaned.
            let isOnOneLine = ["cancelReason", "queryError"].contains(name)
            let expected = isOnOneLine ? shown.replacing("one  two", with: "one two") : shown
            let (isShown, runs) = (page.contains(expected), page.contains("<script"))
            #expect(isShown, "\(name): \(text.debugDescription)")
            #expect(!runs, "\(name): \(text.debugDescription)")
            let hasForbidden = page.unicodeScalars.contains { Self.isForbidden($0) }
            #expect(!hasForbidden, "\(name): \(text.debugDescription)")
            let tags = try Self.tags(page)
            #expect(Set(tags).isSubset(of: plain), "\(name): \(text.debugDescription)")
        }
    }

    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 && scalar != "\n" || scalar.properties.generalCategory == .format
    }

    /// The names of the page's elements; fails where they do not nest.
    private static func tags(_ page: String) throws -> [String] {
        var open: [Substring] = []
        var found: [String] = []
        for piece in page.split(separator: "<").dropFirst() where !piece.hasPrefix("!DOCTYPE") {
            let name = piece.dropFirst(piece.hasPrefix("/") ? 1 : 0).prefix { $0.isLetter || $0.isNumber }
            let tag = try #require(piece.firstIndex(of: ">").map { piece[..<$0] }, "a tag without an end: \(piece)")
            found.append(String(name))
            if piece.hasPrefix("/") {
                let opened = open.popLast()
                try #require(opened == name, "</\(name)> where \(opened ?? "nothing") is open")
            } else if name != "meta", !tag.hasSuffix("/") {
                open.append(name)
            }
        }
        try #require(open.isEmpty)
        return found
    }

    @Test func longTextsAreCut() throws {
        var fixture = WorkbookFixture(try SampleRows.mixed())
        for index in fixture.rows.indices {
            fixture.rows[index].orderNo = Text(String(repeating: "x\u{301}", count: 100_000))
            fixture.rows[index].cancelReason = Text("y" + String(repeating: "\u{301}", count: 100_000))
        }
        fixture.context.statusSource = String(repeating: "journal ", count: 100_000)
        #expect(Self.page(fixture).utf8.count < 100_000)
    }

    // MARK: What it says

    @Test func tablesAreMarkedUp() throws {
        let page = Self.page(WorkbookFixture(try SampleRows.mixed()))
        let count = page.ranges(of: "<table>").count
        #expect(count == 10)
        #expect(page.ranges(of: "<caption>").count == count)
        #expect(page.ranges(of: "<thead>").count == count)
        #expect(page.ranges(of: "<th").count == page.ranges(of: "<th scope=").count + page.ranges(of: "<thead>").count)
        #expect(page.ranges(of: "<h1>").count == 1)
        #expect(page.contains("<html lang=\"en\">"))
    }

    @Test func amountsAreExact() throws {
        var row = SampleRows.paid(
            try SampleRows.expecting("KWD", line: 2, original: 999_999_999_999_999_999, penalty: 0, fee: 0),
            original: 999_999_999_999_999_999, penalty: 0, fee: 0, refund: 2, outcome: .variance, .refundShort)
        row.orderNo = "BIG"
        let page = Self.page(WorkbookFixture([row, row]))
        #expect(page.contains("<td class=\"n bad\">-999,999,999,999,999.997</td>"))
        #expect(page.contains("1,999,999,999,999,999.998"))
        #expect(page.contains("-1,999,999,999,999,999.994"))
    }

    @Test func foreignAmountNamesItsCurrency() throws {
        var row = SampleRows.paid(
            try SampleRows.expecting("USD", line: 2, original: 100, penalty: 0, fee: 0), original: 100, penalty: 0,
            fee: 0, refund: 100, outcome: .variance, .currencyMismatch)
        row.finalCurrency = try SampleRows.currency("JPY")
        row.variances = Amounts()
        #expect(Self.page(WorkbookFixture([row])).contains("<td class=\"n\">100 JPY</td>"))
    }

    @Test func emptyReport() throws {
        let page = Self.page(WorkbookFixture([]))
        _ = try Self.tags(page)
        for words in [
            "No amounts.", "No refund is in progress or overdue.", "There are none.",
            "No row has an error or a warning.",
            "No carrier has a variance.", "not one case was read",
        ] {
            #expect(page.contains(words))
        }
    }

    @Test func sameRowsSameBytesHoweverTheyWereGathered() throws {
        let fixture = WorkbookFixture(try SampleRows.mixed())
        var (whole, parts) = (Highlights(), Highlights())
        for row in fixture.rows {
            whole.add(row)
            var part = Highlights()
            part.add(row)
            parts.merge(part)
        }
        let page = Self.page(fixture)
        for highlights in [whole, parts] {
            #expect(String(decoding: HTMLReport(fixture.context, highlights).render(), as: UTF8.self) == page)
        }
    }

    @Test func goldenPage() throws {
        try Golden.check("report.html", Self.content(Self.page(WorkbookFixture(try SampleRows.mixed()))))
    }
}
