import Testing

extension Reliability {
    /// Whatever the answers are, a run ends in time and its report is true.
    @Suite struct FaultTests {
        private static let cases = 1000
        /// These hold a request until its time is over, or ask for a pause, or are long to read.
        private static let slowKinds: Set = [
            "slow-headers", "stalled-body", "endless-body", "bomb-gzip", "429-seconds", "429-date",
        ]

        /// The kinds as the sandbox itself names them, so that a new one is not forgotten here.
        private static func kinds() async throws -> [String] {
            let help = try await Binary.run(["sandbox", "--help"])
            let words = help.outputText.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init)
            let start = try #require(words.firstIndex(of: "fault:"), "the help names no kinds of fault")
            let end = try #require(words[start...].firstIndex { $0.hasSuffix(".") })
            return words[(start + 1)...end].map { $0.filter { $0 != "," && $0 != "." } }
        }

        @Test func everyKindOfFault() async throws {
            let folder = try TemporaryFolder()
            let data = try await Data(cases: Self.cases * soakFactor)
            let clean = try await cleanRows(data, folder)
            let kinds = try await Self.kinds()
            try #require(kinds.count >= 20)
            let runs = kinds.flatMap { kind in
                // A deadline below five seconds lets no later round begin; a long test waits for those.
                [("1", 3), ("0.3", soakFactor > 1 && !Self.slowKinds.contains(kind) ? FaultyRun.fullSeconds : 4)].map {
                    FaultyRun(kind: kind, probability: $0.0, deadlineSeconds: $0.1)
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, run) in runs.enumerated() {
                    if index >= 2 { try await group.next() }
                    group.addTask {
                        let outcome = try await run.outcome(data, folder)
                        // One kind that fails must not hide the others.
                        do { try run.check(outcome, clean: clean) } catch { Issue.record(error, "\(run.name)") }
                    }
                }
                try await group.waitForAll()
            }
        }

        private func cleanRows(_ data: Data, _ folder: TemporaryFolder) async throws -> ReportRows {
            let output = "\(folder.path)/clean"
            let (run, counts) = try await withSandboxProcess(data) { url in
                try await Binary.run(data.run(url, output), environment: ordinaryCredentials)
            }
            try #require(run.exitCode == 0, "\(run.errorText)")
            let rows = try ReportRows("\(output)/\(Data.asOf)")
            let queryable = rows.cases.count { $0["refundCode"] != "" }
            #expect(counts.requests == queryable)
            #expect(counts.faults == 0)
            return rows
        }

        /// A mixture of everything but what stops a run.
        @Test func allFaultsAtOnce() async throws {
            let folder = try TemporaryFolder()
            let data = try await Data(cases: Self.cases * soakFactor)
            let clean = try await cleanRows(data, folder)
            let kinds = try await Self.kinds().filter {
                !FaultyRun.refusals.contains($0) && !FaultyRun.answers.contains($0) && !Self.slowKinds.contains($0)
            }
            let output = "\(folder.path)/mixed"
            let (run, counts) = try await withSandboxProcess(data, faults: kinds.map { "\($0)=0.01" }) { url in
                try await Binary.run(
                    data.run(url, output, ["--timeout", "1", "--deadline", "10"]), environment: ordinaryCredentials)
            }
            #expect(run.exitCode == 2, "\(run.errorText)")
            #expect(counts.faults > 50)
            let report = try ReportRows("\(output)/\(Data.asOf)")
            #expect(report.cases.count == clean.cases.count)
            for row in report.rows where row["exceptions"]?.contains("QUERY_FAILED") != true {
                let truth = try #require(clean.counterpart(of: row))
                #expect(row.filter { $0.key != "queriedAt" } == truth.filter { $0.key != "queriedAt" })
            }
        }

        @Test(arguments: [(1, 2), (8, 20), (64, 150)])
        func requestsInFlightStayWithinTheLimit(concurrency: Int, latencyMilliseconds: Int) async throws {
            let folder = try TemporaryFolder()
            let data = try await Data(cases: 300)
            let (run, counts) = try await withSandboxProcess(data, latencyMilliseconds: latencyMilliseconds) { url in
                try await Binary.run(
                    data.run(url, folder.path, ["--concurrency", "\(concurrency)"]), environment: ordinaryCredentials)
            }
            #expect(run.exitCode == 0, "\(run.errorText)")
            #expect(counts.peakConcurrentRequests <= concurrency)
            // The limit is used: a client that asks one after another would keep below it as well.
            #expect(counts.peakConcurrentRequests * 2 >= concurrency)
            #expect(counts.connections <= concurrency)
        }

        @Test func refusedConnectionsAreNoAnswers() async throws {
            let folder = try TemporaryFolder()
            let data = try await Data(cases: 200)
            // A port on which somebody listened a moment ago.
            let (url, _) = try await withSandboxProcess(data) { $0 }
            let run = try await Binary.run(
                data.run(url, folder.path, ["--timeout", "1", "--deadline", "3"]), environment: ordinaryCredentials)
            try #require(run.exitCode == 69, "\(run.errorText)")
            let rows = try ReportRows("\(folder.path)/\(Data.asOf)")
            #expect(rows.cases.allSatisfy { $0["statusSource"] != "query" })
            #expect(!rows.cases.contains { $0["exceptions"]?.contains("NOT_FOUND_AT_ATLAS") == true })
        }
    }
}
