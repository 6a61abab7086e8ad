import Testing

/// Where inputs may come from: files, folders, gzip, standard input; the rows are the same but for the name of the source.
@Suite struct InputTests {
    private static let csv = Sample.Atlas.folder + "/orders.csv"
    private static let lines = Sample.Atlas.folder + "/orders.jsonl"

    /// The rows of a run over these orders, without their source.
    private static func rows(
        _ orders: [String], _ folder: TemporaryFolder, _ name: String, input: [UInt8] = []
    ) async throws -> [[String: String]] {
        let finished = try await Command.run(
            ["run"] + orders.flatMap { ["--orders", $0] } + Sample.Atlas.journal + [
                "--allow-incomplete", "--allow-empty", "--as-of", Sample.Atlas.asOf, "--formats", "csv", "--output",
                folder / name,
            ], input: input)
        #expect(finished.code == 0, "\(finished.errorText)")
        return try csvRecords(Files.read(folder / "\(name)/\(Sample.Atlas.asOf)/reconciliation.csv"))
            .map { row in row.filter { $0.key != "source" } }
    }

    @Test(arguments: [csv, lines]) func standardInput(path: String) async throws {
        let folder = try TemporaryFolder()
        let plain = try await Self.rows([path], folder, "plain")
        #expect(plain.count >= 2)
        let read = try await Self.rows(["-"], folder, "stdin", input: Files.read(path))
        #expect(plain == read)
        // Through a pipe, which cannot be mapped.
        let piped = try await Command.shell(
            "cat \"$1\" | \"$0\" run --orders - --status-journal \"$2\" --as-of \(Sample.Atlas.asOf) --formats csv --output \"$3\" --allow-incomplete",
            [path, Sample.Atlas.journal[1], folder / "piped"])
        #expect(piped.code == 0, "\(piped.errorText)")
        let reports = try ["stdin", "piped"].map {
            try Files.read(folder / "\($0)/\(Sample.Atlas.asOf)/reconciliation.csv")
        }
        #expect(reports[0] == reports[1])
    }

    /// The name that begins with a hyphen is no formula.
    @Test func sourceOfStandardInput() async throws {
        let folder = try TemporaryFolder()
        _ = try await Self.rows(["-"], folder, "out", input: Files.read(Self.csv))
        let rows = try csvRecords(Files.read(folder / "out/\(Sample.Atlas.asOf)/reconciliation.csv"))
        #expect(rows.first?["source"] == "'-:2")
    }

    /// A folder stands for its files in name order, and for nothing else that lies in it.
    @Test func folderOfInputs() async throws {
        let folder = try TemporaryFolder()
        try Files.makeFolder(folder / "in")
        try folder.write("in/1.csv", Files.read(Self.csv))
        try folder.write("in/2.jsonl", Files.read(Self.lines))
        try folder.write("in/readme.txt", "no orders")
        try folder.write("in/.hidden.csv", "no orders")
        #expect(try await Self.rows([folder / "in"], folder, "a") == Self.rows([Self.csv, Self.lines], folder, "b"))
        try Files.move(folder / "in/1.csv", to: folder / "in/3.csv")
        #expect(try await Self.rows([folder / "in"], folder, "c") == Self.rows([Self.lines, Self.csv], folder, "d"))
    }

    /// Every input stays open while a run reads: more of them than a process may open at first are no failure.
    @Test func moreFilesThanMayBeOpenAtFirst() async throws {
        let folder = try TemporaryFolder()
        try Files.makeFolder(folder / "in")
        for number in 1...150 { try folder.write("in/\(number).csv", Files.read(Self.csv)) }
        let finished = try await Command.shell(
            "ulimit -Sn 64; exec \"$0\" validate --orders \"$1\" --quiet", [folder / "in"])
        #expect(finished.code == 0, "\(finished.errorText)")
    }

    @Test func gzip() async throws {
        let folder = try TemporaryFolder()
        // Two members, as a log has that was appended to.
        let packed = try await Command.shell(
            "{ head -n 2 \"$1\" | gzip -n; tail -n +3 \"$1\" | gzip -n; } > \"$2\"",
            [Self.csv, folder / "orders.csv.gz"])
        #expect(packed.code == 0, "\(packed.errorText)")
        #expect(try await Self.rows([folder / "orders.csv.gz"], folder, "a") == Self.rows([Self.csv], folder, "b"))
    }

    /// No orders at all is a report of no cases, not a failure.
    @Test func emptyInputs() async throws {
        let folder = try TemporaryFolder()
        let rows = try await Self.rows([folder.write("orders.jsonl", "")], folder, "out")
        // What the journal tells of refunds that no case has is no row either: answers are those of cases.
        #expect(rows.isEmpty)
    }
}
