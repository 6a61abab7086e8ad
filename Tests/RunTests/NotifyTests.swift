import Run
import Testing

/// `--notify`: who is told of a bad night, and what.
@Suite struct NotifyTests {
    /// A night of one kind, and whether it is told of when only nights worse than another are.
    struct Night: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var notification: SmallNight.Webhook?
        var orders = [SmallNight.Order(orderNo: "A")]
        var flags: [String] = []
        let code: Int32
        /// The best kind of nights of which somebody is told still.
        let worseThan: [String]
        /// RECON_VERDICT, if it is not the description.
        var verdict: String?
    }

    private static let nights = [
        Night(
            testDescription: "reconciled", notification: .init(orderNo: "A"), code: 0, worseThan: []),
        Night(
            testDescription: "outstanding", notification: .init(orderNo: "A", status: 1, final: "0"), code: 0,
            worseThan: ["reconciled"]),
        Night(
            testDescription: "breaks", notification: .init(orderNo: "A", final: "80.00"), code: 0,
            worseThan: ["reconciled", "outstanding"]),
        Night(
            testDescription: "nothing read", notification: nil, orders: [], flags: ["--allow-empty"], code: 0,
            worseThan: ["reconciled", "outstanding", "breaks"], verdict: "incomplete"),
        Night(
            testDescription: "incomplete", notification: .init(orderNo: "A"),
            orders: [.init(orderNo: "A"), .init(orderNo: "B", original: "nonsense")], flags: ["--allow-incomplete"],
            code: 0, worseThan: ["reconciled", "outstanding", "breaks"]),
        Night(
            testDescription: "failed", flags: ["--webhooks", "/none.jsonl"], code: 66,
            worseThan: ["reconciled", "outstanding", "breaks", "incomplete"]),
    ]

    @Test(arguments: nights) func worseThan(night: Night) async throws {
        for limit in ["reconciled", "outstanding", "open-items", "breaks", "incomplete", nil] {
            let folder = try TemporaryFolder()
            let inputs = SmallNight(orders: night.orders, webhooks: [night.notification].compactMap { $0 })
            let finished = try await Command.run(
                inputs.arguments(in: folder, "night") + night.flags + [
                    "--output", folder / "out", "--formats", "csv", "--notify",
                    "cat >\(folder / "told"); env >>\(folder / "told")",
                ] + (limit.map { ["--notify-worse-than", $0] } ?? []))
            #expect(finished.code == night.code, "\(finished.errorText)")
            let isTold = Files.exists(folder / "told")
            #expect(isTold == night.worseThan.contains(Self.word(limit)), "\(limit ?? "by default")")
            if isTold {
                let told = try Files.text(folder / "told")
                #expect(told.contains("\nRECON_VERDICT=\(night.verdict ?? night.testDescription)\n"))
                #expect(told.contains("\nRECON_EXIT_CODE=\(night.code)\n"))
                #expect(told.contains("\nRECON_REPORT=\(folder / "out/\(SmallNight.asOf)")\n") == (night.code == 0))
            }
        }
    }

    /// `open-items` is the former name of `outstanding`, which is what counts where nothing is given.
    private static func word(_ limit: String?) -> String {
        guard let limit, limit != "open-items" else { return "outstanding" }
        return limit
    }

    /// Both halves of the verdict, as summary.json has them; none of a run that failed.
    @Test func halves() async throws {
        let folder = try TemporaryFolder()
        let night = SmallNight(
            orders: [.init(orderNo: "A"), .init(orderNo: "B", original: "nonsense")],
            webhooks: [.init(orderNo: "A", final: "80.00")])
        let arguments =
            try night.arguments(in: folder, "night") + [
                "--output", folder / "out", "--formats", "csv", "--notify",
                "echo $RECON_VERDICT, $RECON_COMPLETE, $RECON_RESULT >\(folder / "told")",
            ]
        let finished = try await Command.run(arguments)
        #expect(finished.code == 2, "\(finished.errorText)")
        #expect(try Files.text(folder / "told") == "incomplete, false, breaks\n")
        let failed = try await Command.run(arguments + ["--webhooks", "/none.jsonl"])
        #expect(failed.code == 66, "\(failed.errorText)")
        #expect(try Files.text(folder / "told") == "failed, ,\n")
    }

    /// The summary as it stands on the terminal, and of a failed run why it failed; never the credentials.
    @Test func whatIsTold() async throws {
        let folder = try TemporaryFolder()
        let secrets = ["ATLAS_CLIENT_ID": "canary-id", "ATLAS_CLIENT_SECRET": "canary-of-the-test"]
        let notify = [
            "--notify", "tee \(folder / "told"); env >\(folder / "env")", "--notify-worse-than", "reconciled",
        ]
        let finished = try await Command.run(
            Sample.Nightly.run(folder / "out") + Sample.Nightly.journal + ["--formats", "csv"] + notify,
            environment: secrets)
        #expect(finished.code == 2)
        // What the command writes goes to standard error: standard output is the summary's.
        #expect(finished.errorText == finished.outputText)
        #expect(try Files.text(folder / "told") == finished.outputText)
        #expect(finished.outputText.hasPrefix("Refunds as of 2025-09-30\nINCOMPLETE: "))
        #expect(!(try Files.text(folder / "env")).contains("canary"))
        #expect(try Files.text(folder / "env").contains("PATH=/usr/bin:/bin"))
        let failed = try await Command.run(
            Sample.Nightly.run(folder / "out") + ["--status-journal", "/none.jsonl"] + notify, environment: secrets)
        #expect(failed.code == 66)
        #expect(
            try Files.text(folder / "told") == """
                FAILED  refunds as of 2025-09-30
                cannot open /none.jsonl: No such file or directory
                Nothing was published. Exit code 66.

                """)
    }

    /// The night is what it is, whatever becomes of the notification.
    @Test(arguments: [
        ("exit 3", "the notification ended with exit code 3"), ("kill -9 $$", "the notification was ended by signal 9"),
        ("/none/command", "the notification ended with exit code 127"),
    ])
    func fails(command: String, says: String) async throws {
        let folder = try TemporaryFolder()
        let finished = try await Command.run(
            Sample.Atlas.run(folder / "out") + ["--formats", "csv", "--notify", command])
        #expect(finished.code == 0)
        #expect(finished.errorLines.last.map(String.init) == "refund-recon: \(says)", "\(finished.errorText)")
    }

    /// One that does not end is ended, with what it started; one that does not read is not waited for.
    @Test func bounded() async throws {
        var endless = NotifyCommand("sleep 1000 & wait")
        endless.limitSeconds = 0
        await #expect(throws: NotifyError.tookTooLong(seconds: 0)) {
            try await endless.run(input: "", environment: [:])
        }
        let long = String(repeating: "a line of a summary\n", count: 100_000)
        try await NotifyCommand("exit 0").run(input: long, environment: [:])
        try await NotifyCommand("test $(wc -c) = \(long.utf8.count)").run(
            input: long, environment: ["PATH": "/usr/bin:/bin"])
    }

    /// A comma is part of the command, wherever it comes from.
    @Test func fromTheEnvironment() async throws {
        let folder = try TemporaryFolder()
        let finished = try await Command.run(
            Sample.Atlas.run(folder / "out") + ["--formats", "csv"],
            environment: ["REFUND_RECON_NOTIFY": "echo a,b >\(folder / "told")"])
        #expect(finished.code == 0, "\(finished.errorText)")
        #expect(try Files.text(folder / "told") == "a,b\n")
        let refused = try await Command.run(Sample.Atlas.run(folder / "out") + ["--notify-worse-than", "failed"])
        #expect(refused.code == 64)
    }
}
