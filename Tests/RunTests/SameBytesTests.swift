import Testing

/// The same inputs give the same report to the byte, wherever, whenever and on however many tasks.
@Suite struct SameBytesTests {
    /// Only these say when, where and by whom a report was made.
    private static let ofTheRun: Set<String> = ["manifest.json", "SHA256SUMS"]

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
            let files = try Files.contents("\(output)/\(Sample.Nightly.asOf)").filter {
                !Self.ofTheRun.contains($0.key)
            }
            let expected = first ?? files
            #expect(files.keys.sorted() == Self.reportFiles)
            for (name, content) in expected {
                #expect(files[name] == content, "\(name) differs: \(variation.testDescription)")
            }
            first = expected
        }
    }

    private static let reportFiles = [
        "exceptions.csv", "reconciliation.csv", "reconciliation.jsonl", "reconciliation.xlsx", "rejects.csv",
        "report.html", "summary.json",
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
        let reports = try ["a", "b"].map { name in
            try Files.contents(folder / "\(name)/\(Sample.Atlas.asOf)").filter { !Self.ofTheRun.contains($0.key) }
        }
        #expect(reports[0] == reports[1])
        #expect(reports[0].keys.sorted() == Self.reportFiles)
    }
}
