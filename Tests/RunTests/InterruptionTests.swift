import Glibc
import JSON
import Testing

/// A live run that is stopped on its way: nothing is published, the journal is kept, the same command goes on from there.
@Suite struct InterruptionTests {
    private static let caseCount = 80
    private static let concurrency = 4
    private static let asOf = "2025-09-30"

    @Test(arguments: [(SIGINT, 130), (SIGTERM, 143), (SIGHUP, 129), (SIGKILL, -SIGKILL)] as [(Int32, Int32)])
    func goesOn(signal: Int32, code: Int32) async throws {
        let folder = try TemporaryFolder()
        let generated = try await Command.run(
            [
                "generate", "--profile", "clean", "--cases", "\(Self.caseCount)", "--seed", "5", "--as-of", Self.asOf,
                "--output", folder / "in",
            ])
        #expect(generated.code == 0, "\(generated.errorText)")
        let server = try await SandboxServer(folder / "in/sandbox.jsonl", [])
        let output = folder / "out"
        let arguments =
            Self.inputs(folder) + [
                "--atlas-url", server.url, "--concurrency", "\(Self.concurrency)", "--output", output,
            ]
        // So slow that it is on its way for long, however busy the machine is.
        let kept = try await interrupted(arguments + ["--rate", "5"], output, signal, code)

        let finished = try await Command.run(arguments + ["--rate", "off"], environment: SandboxServer.credentials)
        #expect(finished.code == 0, "\(finished.errorText)")
        #expect(Files.names(output) == [".lock", Self.asOf, "CHAIN"])
        let journal = try Set(
            Files.read("\(output)/\(Self.asOf)/status-journal.jsonl").split(separator: 0x0A).map(Array.init))
        #expect(journal.count == Self.caseCount)
        #expect(kept.allSatisfy { journal.contains($0) }, "an answer that had come was asked for again")
        // Only what was under way when the signal came may be asked for twice.
        let requests = try await server.stop()
        #expect((Self.caseCount...Self.caseCount + Self.concurrency).contains(requests))
        try await Self.compareWithAnUnbrokenRun(folder, "\(output)/\(Self.asOf)")
    }

    /// Those who watch are told of it.
    @Test(arguments: [SIGTERM, SIGHUP]) func isTold(signal: Int32) async throws {
        let folder = try TemporaryFolder()
        let process = try Command.start(
            ["run"] + Sample.Atlas.inputs + [
                "--atlas-url", "http://127.0.0.1:9", "--attempts", "20", "--output", folder / "out", "--metrics",
                folder / "m.prom", "--notify", "cat >\(folder / "told")", "--as-of", Sample.Atlas.asOf,
            ], environment: SandboxServer.credentials)
        try await eventually("the working journal") {
            Files.names(folder / "out").contains { $0.hasPrefix(".journal-") }
        }
        process.signal(signal)
        let finished = try await process.finish()
        #expect(finished.code == 128 + signal, "\(finished.errorText)")
        #expect(try Files.text(folder / "m.prom").contains("\nrefund_recon_last_run_exit_code \(128 + signal)\n"))
        #expect(try Files.text(folder / "told").contains("\ninterrupted; nothing was published."))
    }

    /// Input that never comes keeps a thread waiting; a process that is told to end for the second time ends.
    @Test func secondSignal() async throws {
        let folder = try TemporaryFolder()
        let finished = try await Command.shell(
            """
            mkfifo pipe; exec 9<>pipe; "$0" "$@" <pipe 9>&- & run=$!
            until [ -e out/.lock ]; do sleep 0.02; done
            while kill -TERM $run 2>/dev/null; do sleep 0.1; done
            wait $run; echo $?
            """, ["run", "--orders", "-"] + Sample.Atlas.journal + ["--output", "out"], folder: folder.path)
        #expect(finished.outputText == "143\n", "\(finished.errorText)")
    }

    /// When the report is published, a signal ends the process: it waits for nobody whom it tells.
    @Test func notDeafAfterwards() async throws {
        let folder = try TemporaryFolder()
        let process = try Command.start(
            Sample.Atlas.run(folder / "out") + [
                "--formats", "csv", "--notify", "touch \(folder / "told"); exec sleep 50", "--notify-worse-than",
                "reconciled",
            ])
        try await eventually("the webhook") { Files.exists(folder / "told") }
        process.signal(SIGTERM)
        let finished = try await process.finish(limitSeconds: 20)
        #expect(finished.code == -SIGTERM, "\(finished.errorText)")
        #expect(Files.exists(folder / "out/\(Sample.Atlas.asOf)/SHA256SUMS"))
    }

    private static func inputs(_ folder: TemporaryFolder) -> [String] {
        [
            "run", "--as-of", asOf, "--orders", folder / "in/orders.csv",
            "--webhooks",
            folder / "in/webhooks.jsonl", "--formats", "csv",
        ]
    }

    /// Stops a run after some answers; gives the whole lines of its journal.
    private func interrupted(
        _ arguments: [String], _ output: String, _ signal: Int32, _ code: Int32
    ) async throws -> [[UInt8]] {
        let process = try Command.start(arguments, environment: SandboxServer.credentials)
        try await eventually("the twentieth answer") { try Self.journalLines(output).count >= 20 }
        // Meanwhile nobody else may publish there.
        let second = try await Command.start(arguments, environment: SandboxServer.credentials).finish()
        #expect(second.code == 75, "\(second.errorText)")
        process.signal(signal)
        let finished = try await process.finish()
        #expect(finished.code == code, "\(finished.errorText)")
        #expect(finished.outputText == "")
        let said =
            signal == SIGKILL
            ? [] : ["refund-recon: interrupted; nothing was published. The same command goes on from here."]
        #expect(finished.errorLines.map(String.init) == said)
        // A run that is killed leaves the folder of its report too; the next one removes it.
        let names = Files.names(output).filter { signal != SIGKILL || !$0.hasPrefix(".staging-") }
        try #require(names.count == 2, "\(names)")
        #expect(names[0].hasPrefix(".journal-\(Self.asOf)-"), "\(names)")
        #expect(names[1] == ".lock", "\(names)")
        let lines = try Self.journalLines(output)
        #expect((20..<Self.caseCount).contains(lines.count), "it was to be stopped on its way")
        return lines
    }

    /// The lines of the working journal as they are published, without their checksums.
    private static func journalLines(_ output: String) throws -> [[UInt8]] {
        guard let name = Files.names(output).first(where: { $0.hasPrefix(".journal-") }) else { return [] }
        // What follows the last line feed is a line that was not finished.
        let checksum = #","checksum":"00000000"}"#.utf8.count
        return try Files.read("\(output)/\(name)").split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
            .map { $0.dropLast(checksum) + [UInt8(ascii: "}")] }
    }

    /// But for the times of the queries the report is that of a run that nobody stopped.
    private static func compareWithAnUnbrokenRun(_ folder: TemporaryFolder, _ report: String) async throws {
        let finished = try await Command.run(
            inputs(folder) + [
                "--sandbox", folder / "in/sandbox.jsonl", "--rate", "off", "--output", folder / "unbroken",
            ])
        #expect(finished.code == 0, "\(finished.errorText)")
        let rows = try [report, folder / "unbroken/\(asOf)"].map { folder in
            try csvRecords(Files.read(folder + "/reconciliation.csv")).map { $0.filter { $0.key != "queriedAt" } }
        }
        #expect(rows[0] == rows[1])
        #expect(rows[0].count == caseCount)
    }
}
