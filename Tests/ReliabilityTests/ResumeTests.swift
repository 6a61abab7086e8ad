import Glibc
import Testing

extension Reliability {
    /// A run that is killed at any point and started again gives the report of one that was never killed.
    @Suite struct ResumeTests {
        private static let concurrency = 4
        private static let options = ["--concurrency", "\(concurrency)"]

        /// What became of one run that was killed again and again.
        private struct Life {
            var kills = 0
            /// Kills that left some answers, but not all.
            var killsMidway = 0
        }

        @Test func killedAtAnyMoment() async throws {
            let folder = try TemporaryFolder()
            let data = try await Data(cases: 40)
            let seeds = 50 * soakFactor
            let (result, counts) = try await withSandboxProcess(data, latencyMilliseconds: 10) { url in
                let whole = try await wholeRun(data, url, "\(folder.path)/whole")
                var lives: [Life] = []
                try await withThrowingTaskGroup(of: Life.self) { group in
                    for seed in 0..<seeds {
                        if seed >= 2, let life = try await group.next() { lives.append(life) }
                        group.addTask {
                            try await live(data, url, "\(folder.path)/\(seed)", seed: UInt64(seed), whole)
                        }
                    }
                    for try await life in group { lives.append(life) }
                }
                return (lives, whole.questions)
            }
            let (lives, questions) = result
            let kills = lives.reduce(0) { $0 + $1.kills }
            #expect(kills >= seeds, "\(kills) kills in \(seeds) lives")
            #expect(lives.reduce(0) { $0 + $1.killsMidway } >= seeds / 5, "hardly a kill came between two answers")
            // Only what was in flight at a kill, or answered and not yet journalled, is asked a second time.
            #expect(counts.requests >= questions * (seeds + 1))
            #expect(counts.requests <= questions * (seeds + 1) + kills * Self.concurrency)
        }

        /// A run that nothing happens to.
        private struct Whole {
            let report: PublishedReport
            let questions: Int
            let seconds: Double
        }

        private func wholeRun(_ data: Data, _ url: String, _ output: String) async throws -> Whole {
            let run = try await Binary.run(data.run(url, output, Self.options), environment: ordinaryCredentials)
            try #require(run.exitCode == 0, "\(run.errorText)")
            let published = "\(output)/\(Data.asOf)"
            let questions = try ReportRows(published).cases.count { $0["refundCode"] != "" }
            return Whole(report: try PublishedReport(published), questions: questions, seconds: run.waitSeconds)
        }

        /// Starts a run, kills it at up to three moments, lets it end, and compares.
        private func live(
            _ data: Data, _ url: String, _ output: String, seed: UInt64, _ whole: Whole
        ) async throws -> Life {
            var random = Seeded(seed: seed)
            var life = Life()
            var answers: Set<[UInt8]> = []
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let moment = Double.random(in: 0..<whole.seconds, using: &random)
                let run = try await Binary.run(
                    data.run(url, output, Self.options), environment: ordinaryCredentials, withinSeconds: moment)
                guard run.isKilled else {
                    // It was faster than the one that the moments were drawn for.
                    try #require(run.exitCode == 0, "seed \(seed): \(run.errorText)")
                    break
                }
                life.kills += 1
                // It had published, and was about to end.
                if File.exists("\(output)/\(Data.asOf)") { break }
                if let journal = Journal(output: output) {
                    let now = try journal.answers()
                    let isKept = answers.isSubset(of: now)
                    #expect(isKept, "seed \(seed): an answer was lost")
                    answers = now
                    if !now.isEmpty, now.count < whole.questions { life.killsMidway += 1 }
                }
            }
            try await end(data, url, output, seed: seed)
            let published = "\(output)/\(Data.asOf)"
            let differences = try PublishedReport(published).differences(from: whole.report)
            #expect(differences.isEmpty, "seed \(seed): \(differences) differ from those of a run never killed")
            // With their times: a case that was asked again would have another.
            let lines = Set(try File.bytes("\(published)/status-journal.jsonl").split(separator: 0x0A).map(Array.init))
            let isAskedOnce = answers.isSubset(of: lines)
            #expect(isAskedOnce, "seed \(seed): an answered case was asked again")
            let names = TemporaryFolder.names(in: output).filter { $0.hasPrefix(".") }
            #expect(names == [".lock"], "seed \(seed): left behind: \(names)")
            return life
        }

        /// Starts the run once more, unless it has come to its end.
        private func end(_ data: Data, _ url: String, _ output: String, seed: UInt64) async throws {
            if File.exists("\(output)/\(Data.asOf)"), Journal(output: output) == nil { return }
            let run = try await Binary.run(data.run(url, output, Self.options), environment: ordinaryCredentials)
            try #require(run.exitCode == 0, "seed \(seed): exit \(run.exitCode ?? -1), \(run.errorText)")
        }

        @Test(arguments: [SIGINT, SIGTERM], [[], ["stalled-body=0.2"]])
        func interruptedRunKeepsItsJournal(signal: Int32, faults: [String]) async throws {
            let folder = try TemporaryFolder()
            let data = try await Data(cases: 200)
            let output = "\(folder.path)/out"
            let options = Self.options + ["--timeout", "60"]
            let (_, _) = try await withSandboxProcess(data, faults: faults, latencyMilliseconds: 30) { url in
                let process = try CommandProcess(
                    Binary.path(), data.run(url, output, options), environment: ordinaryCredentials)
                try await untilTrue { try (Journal(output: output)?.lines().count ?? 0) >= 5 }
                process.send(signal)
                let run = await process.finish(withinSeconds: 10)
                #expect(run.exitCode == 128 + signal, "\(run.errorText)")
                #expect(run.waitSeconds < 3)
                #expect(
                    !TemporaryFolder.names(in: output).contains { $0.hasPrefix(Data.asOf) || $0.hasPrefix(".staging") })
                let journal = try #require(Journal(output: output))
                #expect(try journal.lines().allSatisfy { Journal.outcome($0) != nil })
                #expect(try File.bytes(journal.path).last == 0x0A)
                guard faults.isEmpty else { return }
                let answers = try journal.answers()
                let whole = try await wholeRun(data, url, "\(folder.path)/whole")
                try await end(data, url, output, seed: 0)
                let published = "\(output)/\(Data.asOf)"
                #expect(try PublishedReport(published).differences(from: whole.report).isEmpty)
                let lines = try File.bytes("\(published)/status-journal.jsonl").split(separator: 0x0A).map(Array.init)
                #expect(answers.isSubset(of: Set(lines)))
            }
        }
    }
}
