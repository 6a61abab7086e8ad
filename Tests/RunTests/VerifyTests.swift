import Glibc
import JSON
import Testing

/// `verify` finds whatever was done to a report after it was published.
@Suite struct VerifyTests {
    private static let asOf = Sample.Atlas.asOf

    /// A live run, so that the report has its journal too.
    private static func publish(_ output: String) async throws {
        let finished = try await Command.run(
            ["run"] + Sample.Atlas.inputs + Sample.Atlas.sandbox + ["--as-of", asOf, "--output", output])
        #expect(finished.code == 0, "\(finished.errorText)")
    }

    private static func verify(_ report: String, _ options: [String] = []) async throws -> Finished {
        try await Command.run(["verify", report] + options)
    }

    /// Exit 1, and a line of findings that says where.
    private static func expectFinding(
        _ says: String, _ report: String, _ what: String, _ options: [String] = []
    ) async throws {
        let finished = try await verify(report, ["--quiet"] + options)
        #expect(finished.code == 1, "\(what)")
        #expect(finished.errorText == "")
        let findings = finished.outputText.split(separator: "\n")
        #expect(findings.allSatisfy { $0.hasPrefix("differs  ") }, "\(findings)")
        #expect(findings.contains { says.isEmpty || $0.contains(says) }, "\(what): \(findings)")
    }

    @Test func untouched() async throws {
        let folder = try TemporaryFolder()
        try await Self.publish(folder / "out")
        let told = try await Self.verify(folder / "out/\(Self.asOf)")
        #expect(told.code == 0)
        let lines = told.outputLines.map(String.init)
        #expect(
            lines.filter { !$0.hasPrefix("not proved: ") } == [
                "ok  manifest.json is readable", "ok  summary.json is readable", "ok  9 files against SHA256SUMS",
                "ok  8 files against manifest.json", "ok  the files are those of the formats csv, jsonl, xlsx, html",
                "ok  1 manifest in their chain, as CHAIN lists them", "ok  manifest.json and summary.json say the same",
                "ok  5 rows: outcome, codes, variances and ages of each follow from its columns",
                "ok  exceptions.csv has the 4 rows with an error or a warning",
                "ok  reconciliation.jsonl says the same as reconciliation.csv, and its evidence fits",
                "ok  counts, totals, carriers and ages of summary.json are what the rows add up to",
                "ok  the verdict follows from the counts", "ok  control totals balance, by count and by amount",
                "ok  control totals are those of the inputs that manifest.json lists",
                "ok  control totals are those of the rows", "ok  0 rejects: as many in each input as the controls say",
                "ok  the workbook's 5 rows are those of reconciliation.csv",
                "ok  the workbook shows the totals, outcomes and exceptions of summary.json",
                "ok  the page shows the verdict, totals, outcomes and exceptions of summary.json",
            ])
        #expect(lines.suffix(3).allSatisfy { $0.hasPrefix("not proved: ") })
        let quiet = try await Command.run(["verify", "--quiet", "."], folder: folder / "out/\(Self.asOf)")
        #expect(quiet.code == 0)
        #expect(quiet.output.isEmpty)
        #expect(quiet.errors.isEmpty)
    }

    @Test func missingAndAddedFiles() async throws {
        let folder = try TemporaryFolder()
        try await Self.publish(folder / "out")
        let report = folder / "out/\(Self.asOf)"
        for name in Files.names(report) {
            try Files.move("\(report)/\(name)", to: folder / name)
            try await Self.expectFinding("\(name): it is missing", report, "\(name) is missing")
            try Files.move(folder / name, to: "\(report)/\(name)")
        }
        for name in ["added.csv", ".hidden"] {
            try Files.write([], to: "\(report)/\(name)")
            try await Self.expectFinding("\(name): it is not listed in SHA256SUMS", report, "\(name) was added")
            Files.remove("\(report)/\(name)")
        }
        try Files.makeFolder("\(report)/folder")
        try await Self.expectFinding("folder: it is not listed in SHA256SUMS", report, "a folder was added")
        Files.remove("\(report)/folder")
        // Whoever also lists it is found by the manifest.
        try Files.write([], to: "\(report)/added.csv")
        try await Self.mendHashes(report)
        try await Self.expectFinding("added.csv: manifest.json does not name it", report, "a file was added and listed")
    }

    /// What says the same to `sha256sum` but was not written by us.
    @Test(arguments: [
        ("tac SHA256SUMS", "another order"), ("sed 's/  / */' SHA256SUMS", "binary marks"),
        ("tr a-f A-F <SHA256SUMS | sed 's/  .*/\\L&/'", "capitals"), ("cat SHA256SUMS; echo", "a line more"),
        ("head -c -1 SHA256SUMS", "cut off"), ("cat SHA256SUMS SHA256SUMS", "twice"),
        ("sed 's/$/\\r/' SHA256SUMS", "CRLF"),
    ])
    func sumsWrittenOtherwise(script: String, what: String) async throws {
        let folder = try TemporaryFolder()
        try await Self.publish(folder / "out")
        let report = folder / "out/\(Self.asOf)"
        let finished = try await Command.shell(
            "cd \"$1\" && (\(script)) >../sums && mv ../sums SHA256SUMS", [report])
        #expect(finished.code == 0, "\(finished.errorText)")
        try await Self.expectFinding("", report, what)
    }

    /// Whoever also mends the hashes is found by the numbers.
    @Test func forgedNumbers() async throws {
        let folder = try TemporaryFolder()
        try await Self.publish(folder / "out")
        let report = folder / "out/\(Self.asOf)"
        let rows = try Files.text("\(report)/reconciliation.csv")
        let forged = rows.replacing("40.32,37.32,-3.00,-8.00", with: "40.32,38.32,-2.00,-8.00")
        #expect(forged != rows)
        try Files.write(Array(forged.utf8), to: "\(report)/reconciliation.csv")
        try await Self.mendHashes(report)
        try await Self.expectFinding("refundVariance", report, "amounts were forged, and their hashes mended")
    }

    /// Figures of summary.json, each forged alone with all hashes mended: what no row supports is found, and what rows say
    /// and the summary does not.
    @Test func forgedSummary() async throws {
        let folder = try TemporaryFolder()
        let published = try await Command.run(
            Sample.Nightly.run(folder / "out") + Sample.Nightly.journal + ["--formats", "csv", "--allow-incomplete"])
        #expect(published.code == 0, "\(published.errorText)")
        let report = folder / "out/\(Sample.Nightly.asOf)"
        let before = try await Self.verify(report)
        #expect(before.code == 0, "\(before.outputText)")
        let summary = try Files.text("\(report)/summary.json")
        let manifest = try Files.read("\(report)/manifest.json")
        for forgery in try Self.forgeries(summary) {
            try Files.write(Array(forgery.text.utf8), to: "\(report)/summary.json")
            try Files.write(manifest, to: "\(report)/manifest.json")
            try await Self.mendHashes(report)
            try await Self.expectFinding("summary.json", report, forgery.what)
        }
        try Files.write(Array(summary.utf8), to: "\(report)/summary.json")
    }

    /// Every figure of the groups that rows support changed in its last digit, some members removed and some added.
    private static func forgeries(_ summary: String) throws -> [(what: String, text: String)] {
        var forgeries: [(what: String, text: String)] = []
        let lines = summary.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let first = try #require(lines.firstIndex { $0.hasPrefix(" \"cases\"") })
        let last = try #require(lines.firstIndex { $0.hasPrefix(" \"controls\"") })
        // Each seventh figure of some hundreds, another each time.
        for number in stride(from: first + Int.random(in: 1...7), to: last, by: 7) {
            let line = lines[number]
            guard let digit = line.lastIndex(where: { $0.isNumber }), line.contains(": ") else { continue }
            var forged = lines
            forged[number].replaceSubrange(digit...digit, with: line[digit] == "7" ? "8" : "7")
            forgeries.append(("line \(number + 1), \(line)", forged.joined(separator: "\n")))
        }
        func replace(_ what: String, _ old: String, _ new: String) {
            #expect(summary.contains(old), "\(what)")
            forgeries.append((what, summary.replacing(old, with: new, maxReplacements: 1)))
        }
        replace("a code is added", "\"exceptions\": {", "\"exceptions\": {\n  \"NEW_CODE\": 1,")
        replace("a currency is added", "\"totals\": {", "\"totals\": {\n  \"CHF\": {},")
        replace(
            "a currency is renamed", "  \"USD\": {\n   \"expectedOriginal\"", "  \"CHF\": {\n   \"expectedOriginal\"")
        replace("a carrier is added", "\"byCarrier\": {", "\"byCarrier\": {\n  \"??\": {\"USD\": {\"cases\": 1}},")
        replace("ageing is gone", "\"ageing\": {", "\"aged\": {")
        replace("totals are gone", "\"totals\": {", "\"total\": {")
        replace("a total is renamed", "\"finalFee\"", "\"finalTax\"")
        return forgeries
    }

    /// exceptions.csv is what reconciliation.csv says needs somebody.
    @Test func forgedExceptions() async throws {
        let folder = try TemporaryFolder()
        try await Self.publish(folder / "out")
        let report = folder / "out/\(Self.asOf)"
        let lines = try Files.text("\(report)/exceptions.csv").split(separator: "\r\n")
        #expect(lines.count > 2)
        try Files.write(
            Array((lines.dropLast().joined(separator: "\r\n") + "\r\n").utf8), to: "\(report)/exceptions.csv")
        try await Self.mendHashes(report)
        try await Self.expectFinding("exceptions.csv: not the rows", report, "an exception was left out")
        try await Self.expectFinding("manifest.json says", report, "an exception was left out")
    }

    /// Writes manifest.json and SHA256SUMS anew, as a forger would.
    private static func mendHashes(_ report: String) async throws {
        let script = """
            cd "$1"; rm SHA256SUMS
            sha256sum * | while read -r sum name; do
              sed -i "/\\"name\\": \\"$name\\"/{n;s/: \\".*\\"/: \\"$sum\\"/}" manifest.json
            done
            sha256sum * > /tmp/sums.$$; mv /tmp/sums.$$ SHA256SUMS
            """
        let finished = try await Command.shell(script, [report])
        #expect(finished.code == 0, "\(finished.errorText)")
    }

    // MARK: Chain

    private static let days = ["2025-05-20", "2025-05-21", "2025-05-22"]

    /// What somebody does to a folder of three reports; each is found from another report, too.
    struct Tampering: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let says: String
        /// The reports from which it must be found.
        var seenFrom = days
        /// Arguments of verify beside the report.
        var options: [String] = []
        let tamper: @Sendable (String) async throws -> Void
    }

    private static let tamperings = [
        Tampering(testDescription: "the first is removed", says: "the next should be 1", seenFrom: Array(days[1...])) {
            Files.remove("\($0)/\(days[0])")
        },
        Tampering(testDescription: "one is removed", says: "the next should be 2", seenFrom: [days[0], days[2]]) {
            Files.remove("\($0)/\(days[1])")
        },
        Tampering(
            testDescription: "the last is removed", says: "report 3 of 2025-05-22, which CHAIN lists, is missing",
            seenFrom: Array(days[..<2])
        ) {
            Files.remove("\($0)/\(days[2])")
        },
        Tampering(testDescription: "CHAIN is removed", says: "CHAIN: it is missing") { Files.remove("\($0)/CHAIN") },
        Tampering(testDescription: "CHAIN lacks a line", says: "\(days[2]) is not listed in CHAIN") {
            try editChain($0) { Array($0.dropLast()) }
        },
        Tampering(testDescription: "CHAIN has a line twice", says: "CHAIN: it lists report 3 where report 4 should be")
        {
            try editChain($0) { $0 + $0.suffix(1) }
        },
        Tampering(
            testDescription: "CHAIN has lines exchanged", says: "CHAIN: it lists report 2 where report 1 should be"
        ) {
            try editChain($0) { [$0[1], $0[0], $0[2]] }
        },
        Tampering(
            testDescription: "CHAIN has a line that is none",
            says: "CHAIN: line 2 is not a number, a day and the hash of a manifest"
        ) {
            try editChain($0) { [$0[0], "2 " + $0[1], $0[2]] }
        },
        Tampering(
            testDescription: "the last report and its line are removed", says: "no report has the noted manifest",
            seenFrom: Array(days[..<2]), options: ["--noted", String(repeating: "0123456789abcdef", count: 4)]
        ) {
            Files.remove("\($0)/\(days[2])")
            try editChain($0) { Array($0.dropLast()) }
        },
        Tampering(testDescription: "one is added", says: "the next should be") {
            try Files.copy("\($0)/\(days[1])", to: "\($0)/2025-05-23")
        },
        Tampering(testDescription: "two are exchanged", says: "holds the report of 2025-05-2") {
            try Files.move("\($0)/\(days[0])", to: "\($0)/kept")
            try Files.move("\($0)/\(days[1])", to: "\($0)/\(days[0])")
            try Files.move("\($0)/kept", to: "\($0)/\(days[1])")
        },
        Tampering(
            testDescription: "one is renamed", says: "2025-06-01 holds the report of 2025-05-22",
            seenFrom: [days[0], "2025-06-01"]
        ) {
            try Files.move("\($0)/\(days[2])", to: "\($0)/2025-06-01")
        },
        Tampering(testDescription: "a manifest is replaced", says: "\(days[1]) does not follow \(days[0])") {
            let manifest = "\($0)/\(days[0])/manifest.json"
            let text = try Files.text(manifest)
            try Files.write(Array(text.replacing("\"user\": ", with: "\"user\":  ").utf8), to: manifest)
            try await mendHashes("\($0)/\(days[0])")
        },
        Tampering(testDescription: "a manifest is damaged", says: "the next should be 2") {
            try Files.write(Array("{".utf8), to: "\($0)/\(days[1])/manifest.json")
        },
    ]

    private static func editChain(_ output: String, _ edit: ([String]) -> [String]) throws {
        let lines = try Files.text("\(output)/CHAIN").split(separator: "\n").map(String.init)
        try Files.write(Array((edit(lines).joined(separator: "\n") + "\n").utf8), to: "\(output)/CHAIN")
    }

    @Test(arguments: tamperings) func chain(tampering: Tampering) async throws {
        let folder = try TemporaryFolder()
        let output = folder / "out"
        for day in Self.days {
            let finished = try await Command.run(Sample.Atlas.run(output, asOf: day) + ["--formats", "csv"])
            #expect(finished.code == 0, "\(finished.errorText)")
        }
        for day in Self.days {
            let finished = try await Self.verify("\(output)/\(day)")
            #expect(finished.code == 0, "\(finished.outputText)")
        }
        try await tampering.tamper(output)
        for report in tampering.seenFrom {
            try await Self.expectFinding(
                tampering.says, "\(output)/\(report)", tampering.testDescription, tampering.options)
        }
        // From within the report's own folder it is the same chain.
        let within = try await Command.run(
            ["verify", "."] + tampering.options, folder: "\(output)/\(tampering.seenFrom[0])")
        #expect(within.code == 1, "\(within.outputText)")
        #expect(within.outputText.contains(tampering.says), "\(within.outputText)")
    }

    /// Of several reports of one day the earlier one has the lower number.
    @Test func reorderedReportsOfADay() async throws {
        let folder = try TemporaryFolder()
        let output = folder / "out"
        for _ in 1...3 { _ = try await Command.run(Sample.Atlas.run(output) + ["--formats", "csv"]) }
        try Files.move("\(output)/\(Self.asOf).1", to: "\(output)/kept")
        try Files.move("\(output)/\(Self.asOf).2", to: "\(output)/\(Self.asOf).1")
        try Files.move("\(output)/kept", to: "\(output)/\(Self.asOf).2")
        try await Self.expectFinding("chain: ", "\(output)/\(Self.asOf)", "two reports of a day were exchanged")
    }

    /// Each report's hash may be noted elsewhere; a report that comes after a missing one follows what was there.
    @Test func notedAndGoneOn() async throws {
        let folder = try TemporaryFolder()
        let output = folder / "out"
        for day in Self.days[..<2] {
            _ = try await Command.run(Sample.Atlas.run(output, asOf: day) + ["--formats", "csv"])
        }
        let hashes = try Files.text("\(output)/CHAIN").split(separator: "\n").map { String($0.suffix(64)) }
        let noted = try await Self.verify("\(output)/\(Self.days[0])", hashes.flatMap { ["--noted", $0] })
        #expect(noted.code == 0, "\(noted.outputText)")
        Files.remove("\(output)/\(Self.days[1])")
        _ = try await Command.run(Sample.Atlas.run(output, asOf: Self.days[2]) + ["--formats", "csv"])
        let manifest = try parsedJSON(Files.read("\(output)/\(Self.days[2])/manifest.json"))
        #expect(manifest["sequence"]?.int == 3)
        #expect(manifest["previousManifestSHA256"]?.string == hashes[1])
        try await Self.expectFinding(
            "report 2 of \(Self.days[1]), which CHAIN lists, is missing", "\(output)/\(Self.days[2])", "gone on")
    }

    /// A run that was killed before it noted its report, or whose line a full disk cut off: the next one notes it.
    @Test(arguments: [0, 20]) func notedByTheNext(keptBytes: Int) async throws {
        let folder = try TemporaryFolder()
        let output = folder / "out"
        for day in Self.days[..<2] {
            _ = try await Command.run(Sample.Atlas.run(output, asOf: day) + ["--formats", "csv"])
        }
        let chain = try Files.read("\(output)/CHAIN")
        try Files.write(Array(chain.prefix(chain.count / 2 + keptBytes)), to: "\(output)/CHAIN")
        try await Self.expectFinding("CHAIN", "\(output)/\(Self.days[0])", "not noted")
        _ = try await Command.run(Sample.Atlas.run(output, asOf: Self.days[2]) + ["--formats", "csv"])
        #expect(try Files.read("\(output)/CHAIN").starts(with: chain))
        for day in Self.days {
            let finished = try await Self.verify("\(output)/\(day)")
            #expect(finished.code == 0, "\(finished.outputText)")
        }
    }
}
