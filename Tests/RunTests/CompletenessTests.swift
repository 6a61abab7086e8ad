import JSON
import Testing

/// `--expect-orders`, `--expect-amount`, `--min-cases` and `--min-share-of-usual`: what should have come in.
@Suite struct CompletenessTests {
    /// The nightly sample: 326 order records, of which 280 are cases, over original totals of 24,242.42 USD.
    struct Expected: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let options: [String]
        /// What the verdict says, if it is not as it should be.
        var shortfall: String?
        /// In summary.json.
        let says: String
    }

    private static let expectations = [
        Expected(
            testDescription: "all records", options: ["--expect-orders", "326"],
            says: #"{"orders":{"expected":326,"found":326,"met":true}}"#),
        Expected(
            testDescription: "a record missing", options: ["--expect-orders", "327"],
            shortfall: "326 order records came where 327 were stated",
            says: #"{"orders":{"expected":327,"found":326,"met":false}}"#),
        Expected(
            testDescription: "a record too many", options: ["--expect-orders", "325"],
            shortfall: "326 order records came where 325 were stated",
            says: #"{"orders":{"expected":325,"found":326,"met":false}}"#),
        Expected(
            testDescription: "amounts", options: ["--expect-amount", "USD=24242.42", "--expect-amount", "jpy=650560"],
            says: #"{"amounts":{"JPY":{"expected":"650560","found":"650560","met":true},"#
                + #""USD":{"expected":"24242.42","found":"24242.42","met":true}}}"#),
        Expected(
            testDescription: "a cent missing", options: ["--expect-amount", "USD=24242.43"],
            shortfall: "original totals of 24242.42 USD came where 24242.43 were stated",
            says: #"{"amounts":{"USD":{"expected":"24242.43","found":"24242.42","met":false}}}"#),
        Expected(
            testDescription: "a currency missing", options: ["--expect-amount", "CHF=1"],
            shortfall: "original totals of 0.00 CHF came where 1.00 were stated",
            says: #"{"amounts":{"CHF":{"expected":"1.00","found":"0.00","met":false}}}"#),
        Expected(
            testDescription: "enough cases", options: ["--min-cases", "280"],
            says: #"{"minimumCases":{"expected":280,"found":280,"met":true}}"#),
        Expected(
            testDescription: "a case too few", options: ["--min-cases", "281"],
            shortfall: "280 refund cases came where at least 281 must",
            says: #"{"minimumCases":{"expected":281,"found":280,"met":false}}"#),
        Expected(
            testDescription: "nothing usual yet", options: ["--min-share-of-usual", "100"],
            says: #"{"usual":{"reports":0,"median":null,"percent":100,"found":280,"met":true}}"#),
    ]

    @Test(arguments: expectations) func nightly(expected: Expected) async throws {
        let folder = try TemporaryFolder()
        // Refused records and failed queries are excused; what did not come in is not.
        let finished = try await Command.run(
            Sample.Nightly.run(folder / "out") + Sample.Nightly.journal + ["--allow-incomplete"] + expected.options)
        #expect(finished.code == (expected.shortfall == nil ? 0 : 2), "\(finished.errorText)")
        #expect(finished.errorText == (expected.shortfall.map { "warning: \($0)\n" } ?? ""))
        let report = folder / "out/\(Sample.Nightly.asOf)"
        let summary = try parsedJSON(Files.read("\(report)/summary.json"))
        #expect(summary.members.last?.key == "completeness", "after the contract's keys")
        #expect(String(decoding: summary["completeness"]?.encoded() ?? [], as: UTF8.self) == expected.says)
        // For people: on the page and on the terminal, with the verdict where it is not as it should be.
        let page = try Files.text("\(report)/report.html")
        #expect(page.contains("Completeness of the inputs"))
        #expect(finished.outputText.contains("Completeness of the inputs"))
        if let shortfall = expected.shortfall?.dropFirst() {
            #expect(page.contains(shortfall))
            let told = finished.outputText.replacing("\n", with: " ")
            #expect(told.contains("\(shortfall), 20 records refused"), "\(told)")
        }
        let manifest = try parsedJSON(Files.read("\(report)/manifest.json"))
        #expect(manifest["parameters"]?["expectations"] != nil)
        let verified = try await Command.run(["verify", report])
        #expect(verified.code == 0, "\(verified.outputText)")
    }

    /// Nothing asked, nothing added; but that nothing came, or far less than is usual, is said at once.
    @Test func withoutOptions() async throws {
        let folder = try TemporaryFolder()
        /// What a night is warned of. That it replaces a report, which is told too, is no warning.
        func warnings(_ finished: Finished) -> [String] {
            finished.errorLines.filter { $0.hasPrefix("warning: ") }.map { String($0.dropFirst("warning: ".count)) }
        }
        func night(_ orders: Int, _ asOf: String, _ options: [String] = ["--quiet"]) async throws -> Finished {
            let night = SmallNight(orders: (0..<orders).map { .init(orderNo: "A\($0)") })
            return try await Command.run(
                night.arguments(in: folder, "night").map { $0 == SmallNight.asOf ? asOf : $0 } + options
                    + ["--output", folder / "out", "--formats", "csv"])
        }
        for (day, orders) in [4, 9, 8, 8, 8, 8, 8, 7].enumerated() {
            let finished = try await night(orders, "2025-05-0\(day + 1)")
            #expect(finished.code == 0)
            #expect(finished.errorText == "")
        }
        // Of the seven days before, eight cases stand in the middle. Half of them are not far below.
        let half = try await night(4, "2025-05-09")
        #expect(half.code == 0)
        #expect(half.errorText == "")
        for flags in [[], ["--quiet"], ["--log-level", "error"]] {
            let few = try await night(3, "2025-05-09", flags)
            #expect(warnings(few) == ["only 3 refund cases; the 7 reports before had a median of 8"])
            #expect(few.code == 0)
            #expect(flags == ["--quiet"] || few.outputText.contains("nly 3 refund cases"), "the report says it too")
            let none = try await night(0, "2025-05-09", flags + ["--allow-empty"])
            #expect(warnings(none) == ["not one refund case was read tonight"])
            #expect(none.code == 0)
        }
        let summary = try parsedJSON(Files.read(folder / "out/2025-05-09/summary.json"))
        #expect(summary.members.last?.key == "controls")
        // With the option it is more than a warning.
        let enough = try await night(6, "2025-05-09", ["--min-share-of-usual", "75"])
        #expect(enough.code == 0)
        #expect(warnings(enough) == [])
        let short = try await night(6, "2025-05-09", ["--min-share-of-usual", "76", "--allow-incomplete"])
        #expect(short.code == 2)
        #expect(
            warnings(short)
                == ["6 refund cases came, under 76% of what is usual: the 7 reports before had a median of 8"])
        let nothing = try await night(0, "2025-05-09", ["--min-cases", "1"])
        #expect(nothing.code == 2)
        #expect(nothing.outputText.contains("\nINCOMPLETE: "))
    }

    /// Dropped duplicates came too; what was refused, and what is only a quotation, adds no amount.
    @Test func whatCounts() async throws {
        let folder = try TemporaryFolder()
        let night = SmallNight(orders: [
            .init(orderNo: "A"), .init(orderNo: "A"), .init(orderNo: "A", original: "90.00"),
            .init(orderNo: "B", original: "nonsense"), .init(orderNo: "C", original: "12.34", penalty: "0"),
        ])
        let finished = try await Command.run(
            night.arguments(in: folder, "night") + [
                "--output", folder / "out", "--formats", "csv", "--allow-incomplete", "--expect-orders", "5",
                "--expect-amount", "USD=212.34",
            ])
        #expect(finished.code == 0, "\(finished.errorText)")
        let manifest = try parsedJSON(Files.read(folder / "out/\(SmallNight.asOf)/manifest.json"))
        #expect(manifest["inputs"]?.elements.first?["records"]?.int == 5)
        #expect(
            manifest["inputs"]?.elements.first?["sums"]?["originalTotalAmount"]?["USD"]?.string == "212.34")
    }
}
