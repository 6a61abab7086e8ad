import Glibc
import JSON
import Testing

/// What a sandbox says when it ends.
struct SandboxCounts: Sendable {
    let requests: Int
    let faults: Int
    let connections: Int
    let peakConcurrentRequests: Int

    init(_ text: String) throws {
        let line = try #require(text.split(separator: "\n").last { $0.hasPrefix("{") }, "no statistics: \(text)")
        let root = JSONTree(parsing: Array(line.utf8).span)
        let numbers = ["requests", "faults", "connections", "peakConcurrentRequests"].compactMap { root?[$0]?.int }
        try #require(numbers.count == 4, "statistics of another shape: \(line)")
        (requests, faults, connections, peakConcurrentRequests) = (numbers[0], numbers[1], numbers[2], numbers[3])
    }
}

/// The credentials that sandboxes and runs agree on unless a test wants otherwise.
let ordinaryCredentials = ["ATLAS_CLIENT_ID": "reliability", "ATLAS_CLIENT_SECRET": "agreed-secret"]

/// Serves a data file while the body runs; gives the body's result and what the sandbox was asked.
func withSandboxProcess<Value>(
    _ data: Data, faults: [String] = [], latencyMilliseconds: Int = 0, seed: Int = 1,
    credentials: [String: String] = ordinaryCredentials, _ body: (_ url: String) async throws -> Value
) async throws -> (Value, SandboxCounts) {
    let arguments =
        ["sandbox", data.sandbox, "--latency", "\(latencyMilliseconds)", "--seed", "\(seed)"]
        + faults.flatMap { ["--fault", $0] }
    let process = try CommandProcess(Binary.path(), arguments, environment: credentials)
    let value = try await body(try await process.firstLine(withinSeconds: 30))
    process.send(SIGTERM)
    let result = await process.finish(withinSeconds: 30)
    #expect(result.exitCode == 0, "the sandbox: \(result.errorText)")
    return (value, try SandboxCounts(result.errorText))
}
