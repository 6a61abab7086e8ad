import NightSupport
import TestSupport
import Testing

extension Reliability {
    /// docs/FROM-NIGHT-TO-NIGHT.md: nights that are processes of their own are as one run. NightsTests has the same in its own
    /// process, for many more populations.
    @Suite struct PopulationTests {
        @Test func nightsAreAsOneRun() async throws {
            let found = try await PropertyCheck(Self.processes, mostTries: 60)
                .counterexamples(firstSeed: TestSupport.Seeded().seed, count: soakFactor > 1 ? 100 * soakFactor : 5)
            for example in found { Issue.record("\(example)") }
        }

        private static let processes = NightRunner(
            run: { request in
                var arguments = ["run", "--as-of", "\(request.asOf)", "--output", request.output, "--formats", "csv"]
                for (option, files) in [
                    ("--orders", request.orders), ("--webhooks", request.webhooks),
                    ("--status-journal", request.journals),
                ] {
                    arguments += files.flatMap { [option, $0] }
                }
                if let dispositions = request.dispositions { arguments += ["--dispositions", dispositions] }
                if let state = request.state { arguments += ["--state", state] }
                if request.auditsRules { arguments.append("--audit-rules") }
                if request.requeryAfterDays > 0 { arguments += ["--requery-after", "\(request.requeryAfterDays)"] }
                let run = try await Binary.run(arguments)
                guard run.exitCode == 0 || run.exitCode == 2 else { throw NightFailure(run) }
            },
            forget: { state, asOf in
                let run = try await Binary.run(["state", "forget-before", state, "\(asOf)"])
                guard run.exitCode == 0 else { throw NightFailure(run) }
            },
            verify: { try await verify($0, []) }, redo: { try await verify($0, ["--redo"]) })

        private static func verify(_ folder: String, _ options: [String]) async throws -> [String] {
            let run = try await Binary.run(["verify", folder, "--quiet"] + options)
            guard run.exitCode == 0 || run.exitCode == 1 else { throw NightFailure(run) }
            return run.exitCode == 0 ? [] : run.outputText.split(separator: "\n").map { String($0) }
        }
    }
}

extension NightFailure {
    fileprivate init(_ run: CommandResult) {
        let end = run.exitCode.map { "exit \($0)" } ?? "signal \(run.signal ?? 0)"
        self.init("\(end), \(run.errorText)")
    }
}
