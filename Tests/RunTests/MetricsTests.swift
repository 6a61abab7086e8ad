import Glibc
import JSON
import Testing

/// `--metrics`: what Prometheus learns of a night, of one that failed too.
@Suite struct MetricsTests {
    private static func metrics(_ path: String) throws -> Metrics {
        let metrics = Metrics(try Files.text(path))
        #expect(metrics.faults == [])
        return metrics
    }

    @Test func published() async throws {
        let folder = try TemporaryFolder()
        let finished = try await Command.run(
            Sample.Nightly.run(folder / "out") + Sample.Nightly.journal + [
                "--formats", "csv", "--metrics", folder / "night.prom",
            ])
        #expect(finished.code == 2, "\(finished.errorText)")
        let metrics = try Self.metrics(folder / "night.prom")
        let report = folder / "out/\(Sample.Nightly.asOf)"
        for (name, value) in [
            ("success", "1"), ("exit_code", "2"), ("verdict{verdict=\"incomplete\"}", "1"), ("complete", "0"),
            ("verdict{verdict=\"failed\"}", "0"), ("as_of_timestamp_seconds", "1759190400"),
        ] { #expect(metrics["refund_recon_last_run_\(name)"] == value, "\(name)") }
        let ended = try #require(
            metrics["refund_recon_last_run_timestamp_seconds"].flatMap { Int($0.prefix { $0 != "." }) })
        #expect(abs(ended - time(nil)) < 600)
        // The report says the same.
        let summary = try parsedJSON(Files.read("\(report)/summary.json"))
        let (cases, exceptions) = (summary["cases"]?.members ?? [], summary["exceptions"]?.members ?? [])
        #expect(cases.count == 9)
        #expect(exceptions.count == 32)
        for member in cases {
            let count = try #require(member.value.int)
            #expect(metrics["refund_recon_cases{outcome=\"\(member.key)\"}"] == String(count))
        }
        for member in exceptions {
            let found = metrics.values.filter { $0.key.hasPrefix("refund_recon_exception_rows{code=\"\(member.key)\"") }
            #expect(found.values.compactMap { Int($0) } == [member.value.int], "\(member.key)")
        }
        let totals = summary["totals"]?.members ?? []
        try #require(!totals.isEmpty)
        for currency in totals {
            for (name, total) in [
                ("refund_at_risk", "atRisk"), ("refund_open", "open"), ("refund_short", "refundShort"),
                ("refund_over", "refundOver"), ("expected_refund", "expectedRefund"), ("final_refund", "finalRefund"),
            ] {
                let key = "refund_recon_\(name){currency=\"\(currency.key)\"}"
                #expect(metrics[key] == currency.value[total]?.string, "\(key)")
                #expect(metrics[key] != nil, "\(key)")
            }
        }
        let queries = summary["controls"]?["queries"]
        #expect(metrics["refund_recon_queries{result=\"failed\"}"].flatMap { Int($0) } == queries?["failed"]?.int)
        #expect(metrics["refund_recon_queries{result=\"ok\"}"].flatMap { Int($0) } == queries?["ok"]?.int)
        #expect(metrics["refund_recon_unanswered_queries{cause=\"unusable answer\"}"].flatMap { Int($0) } == 3)
        #expect(metrics["refund_recon_rejected_records"] == "20")
        let manifest = try parsedJSON(Files.read("\(report)/manifest.json"))
        #expect(metrics["refund_recon_report_sequence"] == "1")
        let orders = manifest["inputs"]?.elements.filter { $0["role"]?.string == "orders" } ?? []
        for (name, key) in [("bytes", "bytes"), ("records", "records")] {
            let sum = orders.compactMap { $0[key]?.int }.reduce(0, +)
            #expect(metrics["refund_recon_input_\(name){role=\"orders\"}"] == String(sum))
            #expect(sum > 0)
        }
        // A witness outside the folder: the hash that verify can be told.
        let info = try #require(metrics.values.keys.first { $0.hasPrefix("refund_recon_report_info{") })
        let hash = String(info.dropLast(2).suffix(64))
        let verified = try await Command.run(["verify", report, "--noted", hash])
        #expect(verified.code == 0, "\(verified.outputText)")
    }

    /// A night of one kind, and what the metrics say of it: complete or not, and the result.
    private static let kinds: [(final: String, status: Int, refused: Bool, complete: String, result: String)] = [
        ("88.00", 2, false, "1", "reconciled"), ("80.00", 2, false, "1", "breaks"), ("0", 1, false, "1", "outstanding"),
        ("88.00", 2, true, "0", "reconciled"), ("80.00", 2, true, "0", "breaks"), ("0", 1, true, "0", "outstanding"),
    ]

    /// The two halves of the verdict are those of summary.json, whatever the exit code is.
    @Test(arguments: kinds)
    func verdict(final: String, status: Int, refused: Bool, complete: String, result: String) async throws {
        let folder = try TemporaryFolder()
        let orders = [SmallNight.Order(orderNo: "A")] + (refused ? [.init(orderNo: "B", original: "nonsense")] : [])
        let night = SmallNight(orders: orders, webhooks: [.init(orderNo: "A", status: status, final: final)])
        let finished = try await Command.run(
            night.arguments(in: folder, "night") + [
                "--output", folder / "out", "--formats", "csv", "--allow-incomplete", "--metrics",
                folder / "night.prom",
            ])
        #expect(finished.code == 0, "\(finished.errorText)")
        let metrics = try Self.metrics(folder / "night.prom")
        #expect(metrics["refund_recon_last_run_complete"] == complete)
        for word in ["reconciled", "outstanding", "breaks"] {
            #expect(metrics["refund_recon_report_result{result=\"\(word)\"}"] == (word == result ? "1" : "0"))
        }
        let worst = complete == "1" ? result : "incomplete"
        for word in ["reconciled", "outstanding", "breaks", "incomplete", "failed"] {
            #expect(
                metrics["refund_recon_last_run_verdict{verdict=\"\(word)\"}"] == (word == worst ? "1" : "0"), "\(word)")
        }
        let verdict = try parsedJSON(Files.read(folder / "out/\(SmallNight.asOf)/summary.json"))["verdict"]
        #expect(verdict?["complete"] == .bool(complete == "1"))
        #expect(verdict?["result"]?.string == result)
    }

    /// However a run ends that published nothing, the metrics and the notification say so.
    @Test(arguments: [65, 66, 73, 75, 77] as [Int32]) func everyFailure(code: Int32) async throws {
        let folder = try TemporaryFolder()
        var arguments = ["run", "--as-of", Sample.Atlas.asOf]
        var output = folder / "out"
        var source = Sample.Atlas.journal
        var orders = Sample.Atlas.orders
        var lock: Int32 = -1
        switch code {
        case 65: orders = ["--orders", try folder.write("orders.csv", "nothing\n")]
        case 66: orders = ["--orders", "/none.csv"]
        case 73: output = try folder.write("file", "")
        case 75:
            try Files.makeFolder(output)
            lock = open(try folder.write("out/.lock", ""), O_RDWR | O_CLOEXEC)
            #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
        default: source = ["--atlas-url", "http://127.0.0.1:9"]
        }
        arguments +=
            orders + source + [
                "--output", output, "--metrics", folder / "night.prom", "--notify",
                "echo $RECON_VERDICT $RECON_EXIT_CODE >\(folder / "told")",
            ]
        let finished = try await Command.run(arguments)
        if lock >= 0 { close(lock) }
        #expect(finished.code == code, "\(finished.errorText)")
        let metrics = try Self.metrics(folder / "night.prom")
        #expect(metrics["refund_recon_last_run_exit_code"] == String(code))
        #expect(metrics["refund_recon_last_run_success"] == "0")
        #expect(metrics["refund_recon_last_run_complete"] == "0")
        #expect(try Files.text(folder / "told") == "failed \(code)\n")
    }

    /// The alert must be able to fire: what stopped the run is told, and nothing of a report that is not there.
    @Test func failed() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("night.prom", "what was there before")
        let finished = try await Command.run(
            ["run", "--orders", "/none.csv"] + Sample.Atlas.journal + ["--output", folder / "out", "--metrics", path])
        #expect(finished.code == 66)
        let metrics = try Self.metrics(path)
        #expect(metrics["refund_recon_last_run_success"] == "0")
        #expect(metrics["refund_recon_last_run_exit_code"] == "66")
        #expect(metrics["refund_recon_last_run_verdict{verdict=\"failed\"}"] == "1")
        #expect(metrics.values.keys.allSatisfy { $0.hasPrefix("refund_recon_last_run_") || $0.contains("build_info") })
    }

    @Test(arguments: [(SIGHUP, 129), (SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
    func interrupted(signal: Int32, code: Int32) async throws {
        let folder = try TemporaryFolder()
        let server = try await SandboxServer(Sample.Atlas.folder + "/sandbox.jsonl", ["--latency", "60000"])
        let process = try Command.start(
            ["run"] + Sample.Atlas.inputs + [
                "--atlas-url", server.url, "--output", folder / "out", "--metrics", folder / "night.prom",
                "--notify", "echo $RECON_VERDICT $RECON_EXIT_CODE >\(folder / "told")",
            ], environment: SandboxServer.credentials)
        try await eventually("the working journal") {
            Files.names(folder / "out").contains { $0.hasPrefix(".journal-") }
        }
        process.signal(signal)
        let finished = try await process.finish()
        #expect(finished.code == code, "\(finished.errorText)")
        let metrics = try Self.metrics(folder / "night.prom")
        #expect(metrics["refund_recon_last_run_exit_code"] == String(code))
        #expect(try Files.text(folder / "told") == "failed \(code)\n")
        _ = try await server.stop()
    }

    /// The collector runs as another user, and never reads half a file.
    @Test func readableAndWhole() async throws {
        let folder = try TemporaryFolder()
        try Files.makeFolder(folder / "textfile")
        let path = folder / "textfile/night.prom"
        let finished = try await Command.shell(
            "umask 077; \"$0\" \"$@\"", Sample.Atlas.run(folder / "out") + ["--formats", "csv", "--metrics", path])
        #expect(finished.code == 0, "\(finished.errorText)")
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o644)
        #expect(Files.names(folder / "textfile") == ["night.prom"])
        // Who has the old file open keeps it whole: the new one is another.
        let old = status.st_ino
        _ = try await Command.run(Sample.Atlas.run(folder / "out") + ["--formats", "csv", "--metrics", path])
        #expect(stat(path, &status) == 0)
        #expect(status.st_ino != old)
    }

    /// The report is published, and the exit code is the report's, whatever becomes of the metrics.
    @Test func cannotBeWritten() async throws {
        let folder = try TemporaryFolder()
        let finished = try await Command.run(
            Sample.Atlas.run(folder / "out") + ["--formats", "csv", "--metrics", folder / "none/night.prom"])
        #expect(finished.code == 0)
        #expect(
            finished.errorText.hasPrefix("refund-recon: the metrics could not be written: "), "\(finished.errorText)")
        #expect(finished.errorLines.count == 1)
        #expect(Files.exists(folder / "out/\(Sample.Atlas.asOf)/SHA256SUMS"))
    }
}
