import Glibc
import Testing

/// What is printed: where it cannot be written, and what of texts from outside gets there.
@Suite struct OutputTests {
    /// One folder with everything that the commands read.
    private static func night() async throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let finished = try await Command.run(
            Sample.Nightly.run("out") + Sample.Nightly.journal + ["--formats", "csv", "--state", "s.sqlite"],
            folder: folder.path)
        #expect(finished.code == 2, "\(finished.errorText)")
        return folder
    }

    private static let commands: [[String]] = [
        ["--help"], ["--version"], ["run", "--help"], ["validate"] + Sample.Nightly.inputs,
        ["run", "--json", "--quiet"] + Sample.Nightly.run("again").dropFirst() + Sample.Nightly.journal,
        Sample.Nightly.run("again") + Sample.Nightly.journal, ["verify", "out/\(Sample.Nightly.asOf)"],
        ["diff", "out/\(Sample.Nightly.asOf)", "out/\(Sample.Nightly.asOf)"], ["state", "show", "s.sqlite"],
        ["state", "export", "s.sqlite"], ["state", "forget-before", "s.sqlite", "2025-01-01"],
        ["generate", "--cases", "9", "--as-of", "2025-09-30", "--output", "made"],
        ["sandbox", Sample.Atlas.folder + "/sandbox.jsonl"],
    ]

    @Test(arguments: commands) func fullDisk(command: [String]) async throws {
        let folder = try await Self.night()
        let finished = try await Command.shell("exec \"$0\" \"$@\" >/dev/full", command, folder: folder.path)
        #expect(finished.code == 73, "\(finished.errorText)")
        #expect(
            finished.errorText.contains("refund-recon: standard output cannot be written: No space left on device"),
            "\(finished.errorText)")
        let published = Files.exists(folder / "again/\(Sample.Nightly.asOf)/SHA256SUMS")
        #expect(published == (command.contains("again")))
    }

    /// A pipe that does not block, which is full long before all is written, and read slowly.
    @Test func pipeThatDoesNotBlock() async throws {
        let folder = try TemporaryFolder()
        let generated = try await Command.run(
            ["generate", "--cases", "2000", "--as-of", "2025-09-30", "--output", folder / "in", "--file", "orders.csv"])
        #expect(generated.code == 0)
        let orders = try folder.write(
            "bad.csv", Files.text(folder / "in/orders.csv").replacing(",USD,", with: ",US,"))
        let whole = try await Command.run(["validate", "--orders", orders])
        #expect(whole.output.count > 100_000)
        let script = """
            import os, subprocess, sys, time
            end, own = os.pipe()
            os.set_blocking(own, False)
            process = subprocess.Popen(sys.argv[1:], stdout=own)
            os.close(own)
            os.set_blocking(end, True)
            count = 0
            while chunk := os.read(end, 50000):
                count += len(chunk)
                time.sleep(0.001)
            print(count, process.wait())
            """
        let finished = try await Command.shell(
            "exec python3 -c \"$1\" \"$0\" validate --orders \"$2\"", [script, orders], folder: folder.path)
        #expect(finished.outputText == "\(whole.output.count) 2\n", "\(finished.errorText)")
    }

    // MARK: Files

    /// What a link points to is not for us to write, and the link not for us to replace.
    @Test func linksAreNotFollowed() async throws {
        let folder = try TemporaryFolder()
        let victim = try folder.write("victim", "precious")
        for link in ["rejects.csv", "m.prom"] { #expect(symlink(victim, folder / link) == 0) }
        let refused = try await Command.run(
            ["validate"] + Sample.Nightly.inputs + ["--rejects", folder / "rejects.csv"])
        #expect(refused.code == 73)
        #expect(refused.errorText.contains("rejects.csv is a symbolic link; give the file itself"))
        // Metrics take the place of the link.
        let run = try await Command.run(
            Sample.Atlas.run(folder / "out") + ["--formats", "csv", "--metrics", folder / "m.prom"])
        #expect(run.code == 0, "\(run.errorText)")
        #expect(run.errorText == "", "\(run.errorText)")
        #expect(try Files.text(folder / "m.prom").hasPrefix("# HELP"))
        #expect(try Files.text(victim) == "precious")
        #expect(Files.names(folder.path) == ["m.prom", "out", "rejects.csv", "victim"])
        var status = stat()
        #expect(lstat(folder / "m.prom", &status) == 0)
        #expect(status.st_mode == S_IFREG | 0o644)
    }

    /// Connections that cannot be had end in a line of ours.
    @Test(arguments: [
        Sample.Nightly.run("out") + Sample.Nightly.sandbox,
        ["sandbox", Sample.Atlas.folder + "/sandbox.jsonl"],
        ["atlas", "status", "--url", "http://127.0.0.1:9", "--order", "A", "--refund-code", "R"],
    ])
    func fewOpenFiles(command: [String]) async throws {
        let folder = try TemporaryFolder()
        let finished = try await Command.shell(
            "ulimit -n 16; exec \"$0\" \"$@\"", command, environment: SandboxServer.credentials, folder: folder.path)
        #expect(finished.code == 73, "\(finished.errorText)")
        #expect(finished.errorLines.count == 1, "\(finished.errorText)")
        #expect(finished.errorText.contains("open files"), "\(finished.errorText)")
        #expect(!Files.exists(folder / "out/\(Sample.Nightly.asOf)"))
    }

    /// The memory of a process that may hold credentials is not written to a file when it crashes.
    @Test func noCoreDump() async throws {
        let folder = try TemporaryFolder()
        let finished = try await Command.shell(
            """
            ulimit -Sc unlimited 2>/dev/null
            mkfifo pipe; exec 9<>pipe; "$0" validate --orders - <pipe 9>&- & run=$!
            until grep -q refund-recon /proc/$run/comm; do :; done
            until grep -q 'core file size *0 *0 ' /proc/$run/limits; do kill -0 $run || exit; sleep 0.02; done
            kill -KILL $run; echo none
            """, folder: folder.path)
        #expect(finished.outputText == "none\n", "\(finished.errorText)")
    }

    // MARK: Texts from outside

    private static let needed =
        "orderNo,currency,originalTotalFareAmount,airlinePenaltyAmount,transactionFee,requestedAt"
    private static let evil = "zz\nrefund-recon: RECONCILED\u{1B}[31m\u{9B}2J\u{202E}\u{200B}"
    private static let shown = #"zz\nrefund-recon: RECONCILED\u001B[31m\u009B2J\u202E\u200B"#

    /// Headers with names that would forge a line, and what is said of them.
    private static let headers: [(header: String, code: Int32, says: String)] = [
        ("\(needed),\"\(evil)\"", 0, shown), ("\(needed),\"\(evil)\",\"\(evil)\"", 65, shown),
    ]

    @Test(arguments: headers) func columnNames(header: String, code: Int32, says: String) async throws {
        let folder = try TemporaryFolder()
        let more = header.split(separator: "\"").count > 2 ? ",x,y" : ",x"
        let row = "A,USD,100,10,2,2025-05-01" + (code == 0 ? ",x" : more)
        let orders = try folder.write("o.csv", "\(header)\n\(row)\n")
        let finished = try await Command.run(
            [
                "run", "--orders", orders, "--status-journal", folder.write("j.jsonl", ""), "--output", folder / "out",
                "--as-of", "2025-05-20", "--formats", "csv", "--notify", "cat >\(folder / "told")",
                "--notify-worse-than", "reconciled",
            ])
        #expect(finished.code == code, "\(finished.errorText)")
        #expect(finished.errorText.contains(says), "\(finished.errorText)")
        Self.expectHarmless(finished.errors)
        let told = try Files.read(folder / "told")
        Self.expectHarmless(told)
        if code != 0 { #expect(String(decoding: told, as: UTF8.self).contains(says)) }
    }

    @Test func rejectedRecords() async throws {
        let folder = try TemporaryFolder()
        let row = "A,USD,\"1\u{1B}[31m\u{9B}2J\r\norders    9 lines\",10,2,2025-05-01"
        let orders = try folder.write("o.csv", "\(Self.needed)\n\(row)\n")
        let printed = try await Command.run(["validate", "--orders", orders])
        #expect(printed.code == 2)
        Self.expectHarmless(printed.output)
        let lines = printed.output.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
        #expect(lines.count { $0.hasPrefix("orders ") } == 1)
        #expect(printed.outputText.contains(#"\u001B[31m\u009B2J\r\norders    9 lines"#), "\(printed.outputText)")
        // A file keeps every byte.
        let filed = try await Command.run(["validate", "--orders", orders, "--rejects", folder / "rejects.csv"])
        #expect(filed.code == 2)
        #expect(try Files.text(folder / "rejects.csv").contains("\u{1B}[31m\u{9B}2J\r\norders"))
    }

    @Test func fileNames() async throws {
        let folder = try TemporaryFolder()
        let finished = try await Command.run(
            ["run", "--orders", folder / Self.evil, "--status-journal", "j", "--output", folder / "out"])
        #expect(finished.code == 66)
        #expect(finished.errorLines.count == 1)
        Self.expectHarmless(finished.errors)
        let report = try await Command.run(Sample.Atlas.run(folder / "out") + ["--formats", "csv"])
        #expect(report.code == 0, "\(report.errorText)")
        let path = folder / "out/\(Sample.Atlas.asOf)"
        try Files.write([], to: "\(path)/a\nok  everything")
        let verified = try await Command.run(["verify", path])
        #expect(verified.code == 1)
        #expect(!verified.outputLines.contains("ok  everything"), "\(verified.outputText)")
    }

    /// No control character but the line feed, and nothing hidden.
    private static func expectHarmless(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let found = text.unicodeScalars.filter {
            $0 != "\n" && $0 != "\r"
                && ($0.properties.generalCategory == .control || $0.properties.generalCategory == .format)
        }
        #expect(found.isEmpty, "\(text)")
        #expect(!text.hasPrefix("refund-recon: RECONCILED"))
        #expect(!text.contains("\nrefund-recon: RECONCILED"))
    }
}
