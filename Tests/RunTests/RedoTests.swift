import Dispatch
import Glibc
import JSON
import Memory
import Testing

/// `verify --redo`: a report is what its inputs give, byte for byte, or it says where it is not.
@Suite struct RedoTests {
    // MARK: Reports that are as they were made

    @Test func fromAJournal() async throws {
        let folder = try TemporaryFolder()
        try await Redo.expectProved(try await Redo.nightly(folder / "out", []), files: Redo.allFiles)
    }

    /// What Atlas answered is in the report, and serves in its place: no network is asked.
    @Test func ofALiveRun() async throws {
        let folder = try TemporaryFolder()
        let report = try await Redo.publish(
            Sample.Nightly.run(folder / "out") + Sample.Nightly.sandbox, folder / "out/\(Sample.Nightly.asOf)")
        let answer = try await Redo.ask(report)
        #expect(answer.finished.code == 0, "\(answer.text)")
        #expect(answer.same == Redo.allFiles)
        #expect(answer.finished.outputText.contains("that Atlas answered what status-journal.jsonl says"))
    }

    @Test func nothingIsTouched() async throws {
        let folder = try TemporaryFolder()
        let report = try await Redo.nightly(folder / "out")
        let (before, names) = (try Files.contents(report), Files.names(folder / "out"))
        let chain = try Files.read(folder / "out/CHAIN")
        // Another run may hold the folder's lock meanwhile.
        let finished = try await Command.shell(
            "exec flock \"$1/.lock\" \"$0\" verify \"$2\" --redo", [folder / "out", report])
        #expect(finished.code == 0, "\(finished.outputText) \(finished.errorText)")
        #expect(try Files.contents(report) == before)
        #expect(Files.names(folder / "out") == names)
        #expect(try Files.read(folder / "out/CHAIN") == chain)
    }

    struct Options: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let arguments: [String]

        init(_ testDescription: String, _ arguments: [String]) {
            self.testDescription = testDescription
            self.arguments = arguments
        }
    }

    /// What a run can be told that decides about bytes of its report.
    private static let optionSets = [
        Options("one format", ["--formats", "csv"]), Options("the page only", ["--formats", "html"]),
        Options("a small workbook", ["--formats", "xlsx", "--workbook-rows", "10"]),
        Options("rules", Redo.few + ["--audit-rules"]),
        Options("fees", Redo.few + ["--fee-schedule", Repository.resources + "/audit/fees.csv"]),
        Options("expectations that are met", Redo.few + ["--expect-orders", "326", "--min-cases", "5"]),
        Options(
            "expectations that are not",
            Redo.few + ["--expect-orders", "7", "--expect-amount", "USD=1.00", "--min-share-of-usual", "90"]),
        Options("one thread", Redo.few + ["--threads", "1"]),
    ]

    @Test(arguments: optionSets) func options(options: Options) async throws {
        let folder = try TemporaryFolder()
        try await Redo.expectProved(try await Redo.nightly(folder / "out", options.arguments))
    }

    @Test func signed() async throws {
        let folder = try TemporaryFolder()
        let keys = try await SigningKeys.make(in: folder)
        let report = try await Redo.nightly(folder / "out", ["--signing-key", keys.secret])
        Files.remove(keys.secret)
        try await Redo.expectProved(report, files: Redo.allFiles)
    }

    /// A day that was run again: both reports of it, and those of the days around it, with the cases that were usual then.
    @Test func aDayThatWasRunAgain() async throws {
        let folder = try TemporaryFolder()
        let output = folder / "out"
        let night = SmallNight(orders: [.init(orderNo: "A"), .init(orderNo: "B")])
        var more = night
        more.orders.append(.init(orderNo: "C"))
        let options = ["--output", output, "--formats", "csv,html", "--min-share-of-usual", "50"]
        func run(_ night: SmallNight, _ asOf: String) async throws {
            let arguments = try night.arguments(in: folder, "\(night.orders.count)") + options + ["--as-of", asOf]
            _ = try await Redo.publish(arguments, output)
        }
        try await run(night, "2025-05-20")
        try await run(night, "2025-05-21")
        try await run(more, "2025-05-20")
        try await run(more, "2025-05-22")
        for report in ["2025-05-20.1", "2025-05-20", "2025-05-21", "2025-05-22"] {
            try await Redo.expectProved("\(output)/\(report)")
        }
        // Whoever leaves a report out of what it names, or names another.
        let manifest = try Files.read("\(output)/2025-05-20/manifest.json")
        let replaces = try #require(Self.member("replaces", of: manifest))
        try Redo.replace(replaces, with: "null", in: "\(output)/2025-05-20/manifest.json")
        #expect(
            try await Redo.ask("\(output)/2025-05-20").differences
                .contains("manifest.json: replaces does not name the report in 2025-05-20.1"))
        try Files.write(manifest, to: "\(output)/2025-05-20/manifest.json")
        let usual = try #require(Self.member("usualPopulation", of: Files.read("\(output)/2025-05-21/manifest.json")))
        try Redo.replace(usual, with: "[]", in: "\(output)/2025-05-21/manifest.json")
        #expect(
            try await Redo.ask("\(output)/2025-05-21").differences
                .contains("manifest.json: usualPopulation leaves out the report of 2025-05-20"))
        // The report of a day before says another number now.
        try Redo.replace("\"accepted\": 3", with: "\"accepted\": 4", in: "\(output)/2025-05-20/summary.json")
        let answer = try await Redo.ask("\(output)/2025-05-22")
        #expect(
            answer.differences == ["manifest.json: usualPopulation gives the report of 2025-05-20 3 cases, it has 4"],
            "\(answer.text)")
        Files.remove("\(output)/2025-05-20/summary.json")
        let gone = try await Redo.ask("\(output)/2025-05-22")
        #expect(gone.notProved.count == 1, "\(gone.text)")
        #expect(gone.finished.code == 1, "\(gone.text)")
    }

    /// A member of a manifest as it is written.
    private static func member(_ name: String, of manifest: [UInt8]) -> String? {
        var reader = JSONReader()
        guard let root = reader.read(manifest.span).acceptable else { return nil }
        var children = root.children
        while let child = children.next() { if child.name == name { return child.raw.string } }
        return nil
    }

    // MARK: Interruption

    /// It ends at once, and leaves nothing.
    @Test func interrupted() async throws {
        let folder = try TemporaryFolder()
        let made = try await Command.run([
            "generate", "--cases", "60000", "--as-of", Sample.Nightly.asOf, "--output", folder / "in",
        ])
        #expect(made.code == 0, "\(made.errorText)")
        let report = try await Redo.publish(
            [
                "run", "--orders", folder / "in/orders.csv", "--webhooks", folder / "in/webhooks.jsonl",
                "--status-journal", folder / "in/status-journal.jsonl", "--as-of", Sample.Nightly.asOf, "--formats",
                "csv",
                "--output", folder / "out",
            ], folder / "out/\(Sample.Nightly.asOf)")
        try Files.makeFolder(folder / "tmp")
        let process = try Command.start(["verify", report, "--redo"], environment: ["TMPDIR": folder / "tmp"])
        #expect(await Self.terminate(process.id, onceThereIs: "report", inAFolderOf: folder / "tmp"))
        let finished = try await process.finish()
        #expect(finished.code == 143, "\(finished.outputText) \(finished.errorText)")
        #expect(Files.names(folder / "tmp").isEmpty)
    }

    /// Terminates a process once one of a folder's folders has a folder of that name; false where that does not come within a
    /// minute. A thread of its own does it, since the folder is there for a few seconds and other tests may hold the threads of
    /// the tasks for longer.
    private static func terminate(
        _ process: pid_t, onceThereIs name: String, inAFolderOf folder: String
    ) async -> Bool {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "redo").async {
                let end = ContinuousClock.now + .seconds(60)
                var isThere = false
                while !isThere, ContinuousClock.now < end {
                    isThere = Files.names(folder).contains { Files.exists("\(folder)/\($0)/\(name)") }
                    usleep(1_000)
                }
                if isThere { kill(process, SIGTERM) }
                continuation.resume(returning: isThere)
            }
        }
    }
}
