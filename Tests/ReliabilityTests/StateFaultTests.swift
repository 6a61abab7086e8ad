import Glibc
import Testing

extension Reliability {
    /// Every call of the system on the store and on the folder of reports fails once, or the process is killed there.
    @Suite(.enabled(if: Tracer.isThere, "strace is not installed, or may not trace")) struct StateFaultTests {
        private enum Fault: CaseIterable {
            case killed, inputOutput, fullDisk

            var injection: String {
                switch self {
                case .killed: "signal=SIGKILL"
                case .inputOutput: "error=EIO"
                case .fullDisk: "error=ENOSPC"
                }
            }

            /// Whether a call can fail so.
            func meets(_ call: String) -> Bool {
                self != .fullDisk || ["openat", "pwrite64", "write", "fdatasync", "fsync", "mkdir"].contains(call)
            }
        }

        private static let calls = [
            "openat", "pread64", "pwrite64", "write", "fsync", "fdatasync", "ftruncate", "unlink", "rename", "renameat",
            "renameat2", "mkdir", "fchmod", "chmod",
        ]

        /// One in so many is tried; all in a long test.
        private static let stride = soakFactor > 1 ? 1 : 6

        /// - Parameter isAgain: whether the night was published before, so that its report takes the place of another.
        @Test(arguments: [false, true]) func everyCallFailsOnce(isAgain: Bool) async throws {
            let nights = try await StateNights()
            let counts = try await callCounts(nights, isAgain)
            try #require(counts["pwrite64", default: 0] > 10)
            try #require(counts["fdatasync", default: 0] > 3)
            var (number, tried, stopped) = (0, 0, 0)
            for fault in Fault.allCases {
                for call in Self.calls where fault.meets(call) {
                    for place in 1...max(1, counts[call, default: 0]) where counts[call] != nil {
                        number += 1
                        guard number % Self.stride == 0 else { continue }
                        tried += 1
                        stopped += try await fail(nights, isAgain, fault, call, place) ? 1 : 0
                    }
                }
            }
            #expect(tried > 20, "\(tried) tried, \(stopped) of them stopped the run")
            #expect(stopped > tried / 2, "\(tried) tried, \(stopped) of them stopped the run")
        }

        /// Gives whether the run was stopped by it.
        private func fail(
            _ nights: StateNights, _ isAgain: Bool, _ fault: Fault, _ call: String, _ place: Int
        ) async throws -> Bool {
            let what = "\(fault) at \(call) \(place)"
            let folder = try nights.copy(what.replacing(" ", with: "-"), hasBoth: isAgain)
            let before = StateNights.publishedCount(folder)
            let run = try await Tracer.run(
                nights.arguments(folder), calls: [call], paths: paths(folder),
                injecting: "\(call):\(fault.injection):when=\(place)", log: "/dev/null")
            let hasReport = StateNights.hasReport(run)
            if fault != .killed {
                // A report that is in its place is never called a failure, and one that is not never a success.
                let isMore = StateNights.publishedCount(folder) == before + 1
                #expect(hasReport == isMore, "\(what): \(run.errorText)")
                #expect(hasReport || [65, 66, 73].contains(run.exitCode), "\(what): \(run.errorText)")
                #expect(hasReport || !run.errorText.isEmpty, "\(what)")
            }
            try await nights.check(folder, what)
            try await nights.finish(folder, what)
            return !hasReport
        }

        /// What of the store and of the folder of reports a run touches.
        private func paths(_ folder: String) -> [String] {
            let asOf = StateNights.nights[1]
            return ["state", "state-journal", "out", "out/CHAIN", "out/.lock"].map { "\(folder)/\($0)" }
                + ["\(asOf)", "\(asOf).1", ".replaced-\(asOf)"].map { "\(folder)/out/\($0)" }
        }

        /// How often each call is made by the thread that makes it most often.
        private func callCounts(_ nights: StateNights, _ isAgain: Bool) async throws -> [String: Int] {
            let folder = try nights.copy("counted", hasBoth: isAgain)
            let log = "\(folder)/log"
            let run = try await Tracer.run(
                nights.arguments(folder), calls: Self.calls, paths: paths(folder), log: log)
            try #require(StateNights.hasReport(run), "\(run.errorText)")
            return try Tracer.callCounts(Self.calls, log: log)
        }
    }
}
