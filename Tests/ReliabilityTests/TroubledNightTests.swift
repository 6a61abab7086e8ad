import Glibc
import Query
import Testing

extension Reliability {
    /// A troubled night loses no refund (OPERATIONS.md).
    @Suite struct TroubledNightTests {
        private static let cases = 1000

        private func cleanRows(_ data: Data, _ output: String) async throws -> (rows: ReportRows, questions: Int) {
            let (run, counts) = try await withSandboxProcess(data) { url in
                try await Binary.run(data.run(url, output), environment: ordinaryCredentials)
            }
            try #require(run.exitCode == 0, "\(run.errorText)")
            return (try ReportRows("\(output)/\(Data.asOf)"), counts.requests)
        }

        /// A fifth of the attempts fails, for every reason that may pass.
        @Test func aFifthOfTheAttemptsFails() async throws {
            let kinds = [
                "reset-before", "reset-in-headers", "reset-after-headers", "reset-mid-body", "wrong-length-short",
                "wrong-length-long", "truncated-gzip", "html-200", "408", "429", "500", "502", "503", "504", "status-2",
                "status-9999",
            ]
            let folder = try TemporaryFolder()
            let data = try await Data(cases: Self.cases)
            let (clean, questions) = try await cleanRows(data, "\(folder.path)/clean")
            let output = "\(folder.path)/out"
            let (run, counts) = try await withSandboxProcess(data, faults: kinds.map { "\($0)=0.0125" }) { url in
                try await Binary.run(
                    data.run(url, output, ["--deadline", "120"]), environment: ordinaryCredentials, withinSeconds: 150)
            }
            try #require(run.exitCode == 0, "\(run.errorText)")
            #expect(counts.faults > questions / 6)
            #expect(Double(counts.requests) <= 1.35 * Double(questions), "\(counts.requests) of \(questions)")
            #expect(try ReportRows("\(output)/\(Data.asOf)").isSame(as: clean))
        }

        /// Killed while some wait for a later round: the next run asks those, and only those.
        @Test func killedInAPause() async throws {
            let folder = try TemporaryFolder()
            let data = try await Data(cases: 20)
            let (clean, questions) = try await cleanRows(data, "\(folder.path)/clean")
            // Every attempt of the first round fails, for the orders of every third line.
            let lines = try File.text(data.sandbox).split(separator: "\n").enumerated().map { number, line in
                let faults = #","faults":["503","503","503","503"]}"#
                return number % 3 == 0 ? line.dropLast() + faults : line
            }
            try File.write(Array(lines.joined(separator: "\n").utf8), to: data.sandbox)
            let output = "\(folder.path)/out"
            let (run, counts) = try await withSandboxProcess(data) { url in
                try await JournalNights.kill(data.run(url, output), at: .pauseBegun, 1)
                let answers = try #require(Journal(output: output)).answers()
                try #require(answers.count < questions, "nothing waited")
                let run = try await Binary.run(data.run(url, output), environment: ordinaryCredentials)
                let published = try File.bytes("\(output)/\(Data.asOf)/status-journal.jsonl")
                #expect(answers.isSubset(of: Set(published.split(separator: 0x0A).map(Array.init))))
                return run
            }
            try #require(run.exitCode == 0, "\(run.errorText)")
            // Each that waited: four attempts, and its answer in the second run.
            #expect(counts.requests == questions + counts.faults)
            #expect(try ReportRows("\(output)/\(Data.asOf)").isSame(as: clean))
        }

        /// The sandbox is gone in mid run, and back a while later: for seconds, and in a long test for a minute.
        @Test func anOutageInMidRun() async throws {
            let folder = try TemporaryFolder()
            let data = try await Data(cases: Self.cases)
            let (clean, questions) = try await cleanRows(data, "\(folder.path)/clean")
            let port = try ReservedPort()
            let output = "\(folder.path)/out"
            let sandbox = ["sandbox", data.sandbox, "--port", "\(port.number)"]
            let first = try CommandProcess(Binary.path(), sandbox, environment: ordinaryCredentials)
            let url = try await first.firstLine(withinSeconds: 30)
            // So slow that the run is on its way for some seconds.
            let run = try CommandProcess(
                Binary.path(), data.run(url, output, ["--rate", "400"]), environment: ordinaryCredentials)
            try await untilTrue { try (Journal(output: output)?.lines().count ?? 0) >= questions / 4 }
            first.send(SIGKILL)
            _ = await first.finish(withinSeconds: 30)
            try await Task.sleep(for: soakFactor > 1 ? .seconds(60) : .milliseconds(1500))
            let second = try CommandProcess(Binary.path(), sandbox, environment: ordinaryCredentials)
            _ = try await second.firstLine(withinSeconds: 30)
            let result = await run.finish(withinSeconds: 300)
            second.send(SIGTERM)
            let counts = try SandboxCounts(await second.finish(withinSeconds: 30).errorText)
            try #require(result.exitCode == 0, "\(result.errorText)")
            #expect(counts.requests < questions, "the outage came after all was asked")
            #expect(try ReportRows("\(output)/\(Data.asOf)").isSame(as: clean))
        }
    }
}

/// Asks again and again, for at most 30 seconds.
func untilTrue(_ condition: () throws -> Bool) async throws {
    let limit = ContinuousClock.now + .seconds(30)
    while try !condition() {
        try #require(ContinuousClock.now < limit, "it did not come to that")
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// A free loopback port that refuses connections while no server of a test listens on it, and that nobody else is given.
private final class ReservedPort {
    struct CannotReserve: Error {}

    let number: UInt16
    private let bound: Int32

    init() throws {
        bound = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        _ = fcntl(bound, F_SETFD, FD_CLOEXEC)
        // A server that sets it too may listen there.
        var isReused: Int32 = 1
        setsockopt(bound, SOL_SOCKET, SO_REUSEADDR, &isReused, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (descriptor, size) = (bound, length)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) == 0 && getsockname(descriptor, pointer, &length) == 0
            }
        }
        number = UInt16(bigEndian: address.sin_port)
        guard isBound else {
            close(bound)
            throw CannotReserve()
        }
    }

    deinit { close(bound) }
}
