import Glibc
import Testing

extension Reliability {
    /// RELIABILITY.md, "State store": a run that is killed at any moment leaves a sound store, and a night in it if and only if
    /// its report is published.
    @Suite struct StateTests {
        private static let nights = ["2025-09-30", "2025-10-01"]

        private static func arguments(_ data: Data, _ folder: String, _ asOf: String) -> [String] {
            [
                "run", "--orders", data.orders, "--webhooks", data.webhooks, "--status-journal",
                "\(data.folder.path)/status-journal.jsonl", "--as-of", asOf, "--output", "\(folder)/out", "--state",
                "\(folder)/state", "--requery-after", "7", "--formats", "csv,jsonl", "--quiet",
            ]
        }

        /// What the nights come to if nothing happens.
        private struct Whole {
            let report: [String: [UInt8]]
            let state: String
            let seconds: Double
        }

        @Test func killedAtAnyMoment() async throws {
            let folder = try TemporaryFolder()
            let data = try await Data(cases: 60, profile: "partial")
            let first = "\(folder.path)/first"
            let begun = try await Binary.run(Self.arguments(data, first, Self.nights[0]))
            try #require(begun.exitCode == 0 || begun.exitCode == 2, "\(begun.errorText)")
            let whole = try await wholeRun(data, first, "\(folder.path)/whole")
            var kills = 0
            for seed in 0..<UInt64(40 * soakFactor) {
                let place = "\(folder.path)/\(seed)"
                try copy(first, place)
                var random = Seeded(seed: seed)
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    let moment = Double.random(in: 0..<whole.seconds * 1.1, using: &random)
                    let run = try await Binary.run(
                        Self.arguments(data, place, Self.nights[1]), withinSeconds: moment)
                    kills += run.isKilled ? 1 : 0
                    try await check(place, whole, seed)
                }
                let run = try await Binary.run(Self.arguments(data, place, Self.nights[1]))
                try #require(run.exitCode == 0 || run.exitCode == 2, "seed \(seed): \(run.errorText)")
                #expect(try Self.report(place) == whole.report, "seed \(seed)")
                try await check(place, whole, seed)
            }
            #expect(kills >= 20 * soakFactor, "\(kills) kills")
        }

        /// The store is sound (it is checked when it is opened), and agrees with what is published.
        private func check(_ place: String, _ whole: Whole, _ seed: UInt64) async throws {
            let shown = try await Binary.run(["state", "show", "\(place)/state"])
            #expect(shown.exitCode == 0, "seed \(seed): \(shown.errorText)")
            let isPublished = File.exists("\(place)/out/\(Self.nights[1])")
            #expect(
                shown.outputText.contains("\n\(Self.nights[1])") == isPublished, "seed \(seed): \(shown.outputText)")
            #expect(!shown.outputText.contains("stale"))
            let night = Self.nights[isPublished ? 1 : 0]
            let state = try await Binary.run(["state", "export", "\(place)/state", "--as-of", night])
            #expect(state.exitCode == 0)
            if isPublished { #expect(state.outputText == whole.state, "seed \(seed)") }
        }

        private func wholeRun(_ data: Data, _ first: String, _ place: String) async throws -> Whole {
            try copy(first, place)
            let run = try await Binary.run(Self.arguments(data, place, Self.nights[1]))
            try #require(run.exitCode == 0 || run.exitCode == 2, "\(run.errorText)")
            let state = try await Binary.run(["state", "export", "\(place)/state"])
            return Whole(report: try Self.report(place), state: state.outputText, seconds: run.waitSeconds)
        }

        /// The files of the second night's report that do not say when it was made.
        private static func report(_ place: String) throws -> [String: [UInt8]] {
            let folder = "\(place)/out/\(nights[1])"
            var files: [String: [UInt8]] = [:]
            for name in TemporaryFolder.names(in: folder) where name != "manifest.json" && name != "SHA256SUMS" {
                files[name] = try File.bytes("\(folder)/\(name)")
            }
            return files
        }

        /// Copies a night's store and its report's folder.
        private func copy(_ source: String, _ place: String) throws {
            for folder in ["", "/out", "/out/\(Self.nights[0])"] {
                try #require(mkdir(place + folder, 0o755) == 0)
                for name in TemporaryFolder.names(in: source + folder) {
                    var status = stat()
                    guard stat("\(source)\(folder)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                        continue
                    }
                    try File.write(File.bytes("\(source)\(folder)/\(name)"), to: "\(place)\(folder)/\(name)")
                }
            }
        }
    }
}
