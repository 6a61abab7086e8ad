import Glibc
import JSON
import Testing

/// `refund-recon sandbox` as a process of its own, on a free port.
struct SandboxServer {
    let url: String
    private let process: ChildProcess

    /// What lets a run in.
    static let credentials = ["ATLAS_CLIENT_ID": "sandbox", "ATLAS_CLIENT_SECRET": "sandbox"]

    init(_ dataFile: String, _ options: [String] = [], environment: [String: String] = [:]) async throws {
        let process = try Command.start(["sandbox", dataFile] + options, environment: environment)
        try await eventually("the sandbox's address") { process.outputSoFar.last == 0x0A }
        url = String(decoding: process.outputSoFar, as: UTF8.self).trimmingLineFeed
        self.process = process
    }

    /// Ends it and gives the number of requests that it was asked.
    func stop() async throws -> Int {
        process.signal(SIGINT)
        let finished = try await process.finish()
        #expect(finished.code == 0, "\(finished.errorText)")
        return try #require(try parsedJSON(Array(finished.errorText.trimmingLineFeed.utf8))["requests"]?.int)
    }
}

extension String {
    var trimmingLineFeed: String { hasSuffix("\n") ? String(dropLast()) : self }
}
