import Glibc
import JSON
import Testing

/// What the commands say, and where: standard output carries only what was asked for.
@Suite struct CommandTests {
    /// The options of each command that its help must name.
    private static let options: [(command: [String], says: [String])] = [
        ([], ["run", "validate", "verify", "diff", "sandbox", "generate", "--version", "--help", "64", "143"]),
        (
            ["run"],
            [
                "--orders", "--webhooks", "--status-journal", "--atlas-url", "--sandbox", "--concurrency", "--rate",
                "--timeout",
                "--attempts", "--deadline", "--credentials", "ATLAS_CLIENT_ID", "ATLAS_CLIENT_SECRET", "--as-of",
                "--tolerance",
                "--output", "--formats", "--strict", "--allow-incomplete", "--config", "--quiet", "--log-level",
                "--json",
                "--threads",
            ]
        ),
        (["validate"], ["--orders", "--webhooks", "--rejects", "--config", "--quiet", "--log-level"]),
        (["verify"], ["<dir>", "--quiet"]), (["diff"], ["<dir> <dir>", "--json"]),
        (["sandbox"], ["<file>", "--port", "--fault", "--latency", "--seed", "ATLAS_CLIENT_ID"]),
        (["generate"], ["--seed", "--cases", "--profile", "--as-of", "--output", "--file"]),
    ]

    @Test(arguments: options) func help(command: [String], says: [String]) async throws {
        let finished = try await Command.run(command + ["--help"])
        #expect(finished.code == 0)
        #expect(finished.errorText == "")
        for text in says { #expect(finished.outputText.contains(text), "\(text) is not in the help of \(command)") }
        // A word stands for itself, not for the start of a longer one.
        let words = Set(
            finished.outputText.split(whereSeparator: { !($0.isLetter || $0.isNumber || "-_<>".contains($0)) }).map(
                String.init))
        for text in says where text.hasPrefix("--") { #expect(words.contains { $0 == text }, "\(text)") }
    }

    /// A table of the stages on standard error, each with its time.
    @Test func timings() async throws {
        let folder = try TemporaryFolder()
        let finished = try await Command.run(Sample.Atlas.run(folder / "out") + ["--formats", "csv", "--timings"])
        let lines = finished.errorLines.map { $0.split(separator: " ").map(String.init) }
        let head = try #require(lines.firstIndex { $0.first == "stage" })
        let stages = lines[(head + 1)...].prefix { $0.first != "all" }
        #expect(stages.count > 3, "\(finished.errorText)")
        for stage in stages { #expect(stage.contains { Double($0) != nil && $0.contains(".") }, "\(stage)") }
        #expect(lines.last?.first == "CPU")
    }

    @Test func version() async throws {
        let folder = try TemporaryFolder()
        let finished = try await Command.run(["--version"])
        #expect(finished.code == 0)
        #expect(finished.errorText == "")
        let version = finished.outputText.trimmingLineFeed
        #expect(version.filter { $0 == "." }.count == 2, "\(version)")
        // The report names the version that made it.
        _ = try await Command.run(Sample.Atlas.run(folder / "out") + ["--formats", "csv"])
        for file in ["manifest.json", "summary.json"] {
            let content = try parsedJSON(Files.read(folder / "out/\(Sample.Atlas.asOf)/\(file)"))
            #expect(content["toolVersion"]?.string == version)
        }
    }

    // MARK: run

    @Test func quiet() async throws {
        let folder = try TemporaryFolder()
        // An unknown column is worth a note, but for who asked for none.
        let orders = try folder.write(
            "orders.csv", Files.text(Sample.Atlas.folder + "/orders.csv").replacing("airlinePNR,", with: "colour,"))
        let arguments =
            ["run", "--orders", orders] + Sample.Atlas.journal
            + ["--allow-incomplete", "--as-of", Sample.Atlas.asOf, "--output", folder / "out"]
        let said = try await Command.run(arguments)
        #expect(said.code == 0, "\(said.errorText)")
        #expect(said.errorLines.count == 1, "\(said.errorText)")
        #expect(said.errorText.contains("colour"), "\(said.errorText)")
        #expect(said.outputText.contains("Report in \(folder / "out/\(Sample.Atlas.asOf)")"))
        let quiet = try await Command.run(arguments + ["--quiet"])
        #expect(quiet.code == 0)
        #expect(quiet.output.isEmpty)
        #expect(quiet.errors.isEmpty)
        let onlyErrors = try await Command.run(arguments + ["--log-level", "error"])
        #expect(onlyErrors.code == 0)
        #expect(onlyErrors.output == said.output)
        #expect(onlyErrors.errors.isEmpty)
    }

    /// No color, no progress where nobody watches; `--json` prints what was published.
    @Test func json() async throws {
        let folder = try TemporaryFolder()
        for flags in [["--json"], ["--json", "--quiet"]] {
            let finished = try await Command.run(Sample.Atlas.run(folder / "out") + ["--formats", "csv"] + flags)
            #expect(finished.code == 0)
            #expect(finished.errorText == "")
            #expect(try finished.output == Files.read(folder / "out/\(Sample.Atlas.asOf)/summary.json"))
        }
        let people = try await Command.run(Sample.Atlas.run(folder / "out"))
        #expect(!people.output.contains(0x1B))
        #expect(people.outputText.hasPrefix("Refunds as of \(Sample.Atlas.asOf)\nCOMPLETE\nBREAKS: "))
        #expect(people.outputLines.filter { !$0.hasPrefix("Report in ") }.allSatisfy { $0.count <= 80 })
    }

    /// A reader that goes away does not end a run: the report is published, and what could not be printed is said.
    @Test func readerGoesAway() async throws {
        let folder = try TemporaryFolder()
        let finished = try await Command.shell(
            "{ \"$0\" \"$@\"; echo $? >&2; } | true", Sample.Atlas.run(folder / "out") + ["--json"])
        let report = folder / "out/\(Sample.Atlas.asOf)"
        #expect(
            finished.errorText
                == "refund-recon: standard output cannot be written: Broken pipe; the report is in \(report)\n73\n")
        #expect(Files.exists(folder / "out/\(Sample.Atlas.asOf)/SHA256SUMS"))
    }

    // MARK: validate

    /// The rejects are those that a run would publish, and the totals are the run's.
    @Test func validate() async throws {
        let folder = try TemporaryFolder()
        let published = try await Command.run(
            Sample.Nightly.run(folder / "out") + Sample.Nightly.journal + ["--formats", "csv"])
        #expect(published.code == 2, "\(published.errorText)")
        let rejects = try Files.text(folder / "out/\(Sample.Nightly.asOf)/rejects.csv")
        let totals = """
            orders    326 lines = 0 blank + 280 accepted + 1 duplicate + 15 rejected + 30 quoted only
            webhooks  312 lines = 0 blank + 299 webhooks + 8 of another type + 5 rejected

            """
        let printed = try await Command.run(["validate"] + Sample.Nightly.inputs)
        #expect(printed.code == 2)
        #expect(printed.errorText == "")
        #expect(printed.outputText == rejects + totals)
        try folder.write("rejects.csv", "")
        #expect(chmod(folder / "rejects.csv", 0o600) == 0)
        let filed = try await Command.run(["validate"] + Sample.Nightly.inputs + ["--rejects", folder / "rejects.csv"])
        var status = stat()
        #expect(stat(folder / "rejects.csv", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600, "a file that only its owner may read stays so")
        #expect(filed.code == 2)
        #expect(filed.outputText == totals)
        #expect(try Files.text(folder / "rejects.csv") == rejects)
        let clean = try await Command.run(["validate"] + Sample.Atlas.inputs)
        #expect(clean.code == 0)
        #expect(clean.errorText == "")
        #expect(
            clean.outputText.contains(
                "orders    7 lines = 0 blank + 5 accepted + 0 duplicate + 0 rejected + 2 quoted only"))
    }

    // MARK: generate

    @Test func generate() async throws {
        let folder = try TemporaryFolder()
        func generated(_ name: String, seed: Int, _ more: [String] = []) async throws -> [String: [UInt8]] {
            let finished = try await Command.run(
                ["generate", "--seed", "\(seed)", "--cases", "40", "--as-of", "2025-09-30", "--output", folder / name]
                    + more)
            #expect(finished.code == 0, "\(finished.errorText)")
            let files = try Files.contents(folder / name)
            #expect(finished.outputText.split(separator: "\n").count == files.count)
            return files
        }
        let first = try await generated("first", seed: 1)
        #expect(
            first.keys.sorted() == [
                "orders.csv", "orders.jsonl", "sandbox.jsonl", "status-journal.jsonl", "webhooks.jsonl",
            ])
        #expect(try await generated("again", seed: 1) == first)
        #expect(try await generated("other", seed: 2)["orders.csv"] != first["orders.csv"])
        let some = try await generated("some", seed: 1, ["--file", "orders.csv", "--file", "sandbox.jsonl"])
        #expect(some == first.filter { ["orders.csv", "sandbox.jsonl"].contains($0.key) })
    }

    /// What is said to be run is run, whatever was made and wherever.
    @Test(arguments: [
        [], ["orders.csv", "status-journal.jsonl"], ["orders.jsonl", "sandbox.jsonl", "webhooks.jsonl"],
    ])
    func generatedCommand(files: [String]) async throws {
        let folder = try TemporaryFolder()
        let made = try await Command.run(
            ["generate", "--cases", "20", "--as-of", "2025-09-30", "--output", "it's $1 night"]
                + files.flatMap { ["--file", $0] }, folder: folder.path)
        let prefix = "To reconcile it: refund-recon run "
        #expect(made.errorText.hasPrefix(prefix), "\(made.errorText)")
        #expect(made.errorLines.count == 1, "\(made.errorText)")
        let run = try await Command.shell(
            "\"$0\" run \(made.errorText.dropFirst(prefix.count).dropLast()) --formats csv", folder: folder.path)
        #expect(run.code == 2 || run.code == 0, "\(run.errorText)")
        let manifest = try parsedJSON(Files.read(folder / "Reports/2025-09-30/manifest.json"))
        let inputs = files.isEmpty ? 4 : files.count
        let isSandbox = files.contains("sandbox.jsonl")
        #expect(manifest["inputs"]?.elements.count == inputs - (isSandbox ? 1 : 0))
    }

    @Test(arguments: [["orders.csv"], ["webhooks.jsonl", "status-journal.jsonl"]])
    func nothingToRun(files: [String]) async throws {
        let folder = try TemporaryFolder()
        let made = try await Command.run(
            ["generate", "--cases", "9", "--as-of", "2025-09-30", "--output", folder / "in"]
                + files.flatMap { ["--file", $0] })
        #expect(made.code == 0, "\(made.errorText)")
        #expect(made.errorText == "", "\(made.errorText)")
    }

    @Test(arguments: [
        ("--cases", "9223372036854775807", "--cases must be 1 to 1000000000."),
        ("--cases", "0", "--cases must be 1 to"),
        ("--cases", "1000000001", "--cases must be 1 to"), ("--as-of", "0001-12-31", "--as-of must be 0002-01-01 to"),
        ("--as-of", "9999-12-31", "--as-of must be 0002-01-01 to 9997-12-31."),
    ])
    func generatesWithinLimits(option: String, value: String, says: String) async throws {
        let folder = try TemporaryFolder()
        let rest = option == "--cases" ? ["--as-of", "2025-09-30"] : ["--cases", "9"]
        let finished = try await Command.run(["generate", option, value, "--output", folder / "in"] + rest)
        #expect(finished.code == 64)
        #expect(finished.errorText.contains(says), "\(finished.errorText)")
        #expect(!Files.exists(folder / "in"))
        guard option == "--as-of", value.hasPrefix("9") else { return }
        for day in ["0002-01-01", "9997-12-31"] {
            let made = try await Command.run([
                "generate", "--profile", "clean", "--as-of", day, "--cases", "50", "--output", folder / day,
            ])
            #expect(made.code == 0, "\(made.errorText)")
            let checked = try await Command.run(["validate", "--orders", folder / "\(day)/orders.csv"])
            #expect(checked.code == 0, "\(checked.outputText)")
        }
    }

    private static let profiles: [(String, Int32)] = [("clean", 0), ("partial", 2)]

    /// What is generated is run without a complaint that was not put there: the partial profile has a few of each.
    @Test(arguments: profiles) func generatedNight(profile: String, code: Int32) async throws {
        let folder = try TemporaryFolder()
        _ = try await Command.run(
            ["generate", "--profile", profile, "--cases", "60", "--as-of", "2025-09-30", "--output", folder / "in"])
        let finished = try await Command.run([
            "run", "--orders", folder / "in/orders.csv", "--webhooks", folder / "in/webhooks.jsonl", "--status-journal",
            folder / "in/status-journal.jsonl", "--as-of", "2025-09-30", "--output", folder / "out", "--formats", "csv",
        ])
        #expect(finished.code == code, "\(finished.errorText)")
        let summary = try parsedJSON(Files.read(folder / "out/2025-09-30/summary.json"))
        #expect(summary["controls"]?["orders"]?["accepted"]?.int == 60)
    }
}
