import ArgumentParser
import JSON
import Run
import Sandbox
import Processes

/// `sandbox`: the refund API on loopback.
struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Serves Atlas's refund API on loopback from a data file, with faults on demand.",
        discussion: """
            Prints its address, then serves until it is interrupted. The credentials that it wants come from \
            ATLAS_CLIENT_ID and ATLAS_CLIENT_SECRET; without them both are "sandbox".

            Kinds of fault: \(FaultKind.allCases.map(\.rawValue).joined(separator: ", ")).
            """)

    @Argument(help: ArgumentHelp("The data file, JSON Lines, one order a line.", valueName: "file"))
    var dataFile: String

    @Option(help: ArgumentHelp("The port; 0 for one that is free.", valueName: "n"))
    var port = 0

    @Option(
        help: ArgumentHelp(
            "A fault and how often it happens, such as 503=0.05. Repeatable.", valueName: "kind=probability"))
    var fault: [String] = []

    @Option(help: ArgumentHelp("Milliseconds by which every answer is held back.", valueName: "ms"))
    var latency = 0

    @Option(help: ArgumentHelp("What chance begins with: the same seed, the same faults.", valueName: "n"))
    var seed: UInt64 = 0

    func validate() throws {
        if !(0...65_535).contains(port) { throw ValidationError("--port must be 0 to 65535.") }
        if !(0...600_000).contains(latency) { throw ValidationError("--latency must be 0 to 600000 milliseconds.") }
    }

    func run() async throws {
        let environment = Settings.environment()
        try OpenFileLimit.allow(connections: 64)
        do {
            let data = try SandboxData.load(path: dataFile)
            var configuration = SandboxConfiguration(
                credentials: SandboxCredentials(
                    clientID: environment["ATLAS_CLIENT_ID"] ?? "sandbox",
                    clientSecret: environment["ATLAS_CLIENT_SECRET"] ?? "sandbox"))
            configuration.port = port
            configuration.faults = try FaultPlan(fault)
            configuration.latencyMilliseconds = latency
            configuration.seed = seed
            try await serve(data, configuration)
        } catch let error as SandboxError {
            throw RunError(error)
        } catch is Interruption {
            // This is how it ends.
        }
    }

    private func serve(_ data: SandboxData, _ configuration: SandboxConfiguration) async throws {
        try await interruptible {
            try await withSandbox(data, configuration) { server in
                try Terminal.print(server.baseURL)
                // The statistics are shown at the end, after an interruption has cancelled the task.
                defer { Terminal.error(Self.text(server.statistics)) }
                while true { try await Task.sleep(for: .seconds(3600)) }
            }
        }
    }

    private static func text(_ statistics: SandboxStatistics) -> String {
        JSONTree.object([
            .init("requests", .int(statistics.requests)), .init("faults", .int(statistics.faults.values.reduce(0, +))),
            .init("connections", .int(statistics.connections)),
            .init("peakConcurrentRequests", .int(statistics.peakConcurrentRequests)),
        ]).line
    }
}

extension JSONTree {
    /// The text on one line.
    var line: String { String(decoding: encoded(), as: UTF8.self) }
}
