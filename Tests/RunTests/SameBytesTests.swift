import Testing

/// The same inputs give the same report to the byte, wherever, whenever and on however many tasks.
@Suite struct SameBytesTests {
    /// Only these say when, where and by whom a report was made; of the page and the workbook, tests of their own hold that
    /// nothing else in them varies.
    private static let ofTheRun: Set<String> = ["manifest.json", "SHA256SUMS", "reconciliation.xlsx"]

    /// The files that must be the same; the page without its parts that name the run and the inputs' paths.
    private static func content(_ report: String) throws -> [String: [UInt8]] {
        var files = try Files.contents(report).filter { !ofTheRun.contains($0.key) }
        if let page = files["report.html"] {
            let text = String(decoding: page, as: UTF8.self)
            let end = try #require(text.firstRange(of: "<section id=\"inputs\"")).lowerBound
            files["report.html"] = Array(text[..<end].utf8)
        }
        return files
    }

    /// How a run may differ from another without a trace in its report.
    struct Variation: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var arguments: [String] = []
        var environment: [String: String] = [:]
    }

    private static let variations = [
        Variation(testDescription: "again"),
        Variation(testDescription: "on one task", arguments: ["--threads", "1"]),
        Variation(testDescription: "on seven tasks", arguments: ["--threads", "7"]),
        Variation(testDescription: "time zone", environment: ["TZ": "Pacific/Kiritimati"]),
        Variation(
            testDescription: "locale", environment: ["LC_ALL": "de_DE.UTF-8", "LANG": "ar_EG", "TZ": "America/Caracas"]),
    ]

    @Test func whateverVaries() async throws {
        let folder = try TemporaryFolder()
        var first: [String: [UInt8]]?
        for (number, variation) in Self.variations.enumerated() {
            let output = folder / "out \(number)"
            let finished = try await Command.run(
                Sample.Nightly.run(output) + Sample.Nightly.journal + variation.arguments,
                environment: variation.environment)
            #expect(finished.code == 2, "\(finished.errorText)")
            let files = try Self.content("\(output)/\(Sample.Nightly.asOf)")
            let expected = first ?? files
            #expect(files.keys.sorted() == Self.reportFiles)
            for (name, content) in expected {
                #expect(files[name] == content, "\(name) differs: \(variation.testDescription)")
            }
            first = expected
        }
    }

    private static let reportFiles = [
        "exceptions.csv", "reconciliation.csv", "reconciliation.jsonl", "rejects.csv", "report.html", "summary.json",
    ]

    /// The same files from another folder, another working folder and in a folder given as a whole.
    @Test func otherPlaces() async throws {
        let folder = try TemporaryFolder()
        for name in ["orders.csv", "orders.jsonl", "webhooks.jsonl"] {
            try folder.write(name, Files.read("\(Sample.Atlas.folder)/\(name)"))
        }
        try Files.makeFolder(folder / "orders")
        for name in ["orders.csv", "orders.jsonl"] { try folder.write("orders/\(name)", Files.read(folder / name)) }
        let relative = ["--orders", "orders", "--webhooks", "webhooks.jsonl"] + Sample.Atlas.journal
        let runs = [
            try await Command.run(Sample.Atlas.run(folder / "a")),
            try await Command.run(
                ["run"] + relative + ["--as-of", Sample.Atlas.asOf, "--output", "b"], folder: folder.path),
        ]
        for run in runs { #expect(run.code == 0, "\(run.errorText)") }
        let reports = try ["a", "b"].map { try Self.content(folder / "\($0)/\(Sample.Atlas.asOf)") }
        #expect(reports[0] == reports[1])
        #expect(reports[0].keys.sorted() == Self.reportFiles)
    }
}
