import JSON
import Testing

/// The examples of the contract: inputs with the reports that they must give.
@Suite struct ExamplesTests {
    static let names = ["clean-200", "messy-120", "messy-160", "messy-60", "partial-150", "same-names-40"]

    /// Rows and summary to the byte or value, rejects in file, line and code; on one task and on several.
    @Test(arguments: names, [1, 4]) func expectedReport(name: String, threads: Int) async throws {
        let folder = try TemporaryFolder()
        let example = try await Example(name, in: folder)
        let finished = try await Command.run(
            example.arguments + ["--threads", "\(threads)", "--output", folder / "out"])
        #expect(finished.code == 0, "\(finished.errorText)")
        let (expected, report) = (example.expected, folder / "out/\(example.asOf)")
        for file in ["reconciliation.csv", "exceptions.csv"] {
            #expect(
                try firstDifference(Files.read("\(expected)/\(file)"), Files.read("\(report)/\(file)")) == nil,
                "\(file)")
        }
        let summaries = try [expected, report].map {
            try parsedJSON(Files.read("\($0)/summary.json")).sorted(without: ["toolVersion"])
        }
        #expect(summaries[0] == summaries[1])
        #expect(try Self.rejects(expected) == Self.rejects(report))
    }

    /// Message and raw text of a reject are free.
    private static func rejects(_ folder: String) throws -> [[String?]] {
        try csvRecords(Files.read(folder + "/rejects.csv")).map { [$0["file"], $0["line"], $0["code"]] }
            .sorted { "\($0)" < "\($1)" }
    }
}

/// One example, with its inputs unpacked under their own names.
struct Example {
    let asOf: String
    let expected: String
    let arguments: [String]

    /// Inputs of over a mebibyte are committed as gzip, though the run is to read them plain.
    init(_ name: String, in folder: TemporaryFolder) async throws {
        let source = Repository.resources + "/examples/" + name
        let plan = try parsedJSON(Files.read(source + "/args.json"))
        asOf = try #require(plan["asOf"]?.string)
        expected = "\(source)/expected/\(asOf)"
        var arguments = ["run", "--as-of", asOf, "--formats", "csv,jsonl", "--allow-incomplete"]
        for (option, key) in [
            ("--orders", "orders"), ("--webhooks", "webhooks"), ("--status-journal", "statusJournals"),
        ] {
            for file in (plan[key]?.elements ?? []).compactMap(\.string) {
                arguments += [option, try await Self.unpacked(source + "/" + file, file, in: folder)]
            }
        }
        for tolerance in plan["tolerances"]?.members ?? [] {
            arguments += ["--tolerance", "\(tolerance.key)=\(try #require(tolerance.value.string))"]
        }
        self.arguments = arguments
    }

    private static func unpacked(_ path: String, _ name: String, in folder: TemporaryFolder) async throws -> String {
        if Files.exists(path) { return path }
        let plain = try await Command.shell("gzip -dc \"$1\"", [path + ".gz"])
        try #require(plain.code == 0, "\(plain.errorText)")
        return try folder.write(name, plain.output)
    }
}
