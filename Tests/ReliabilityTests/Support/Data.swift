import Testing

/// Generated inputs, with the data of the sandbox that knows them.
struct Data: Sendable {
    static let asOf = "2025-09-30"
    let folder: TemporaryFolder

    var orders: String { "\(folder.path)/orders.csv" }
    var webhooks: String { "\(folder.path)/webhooks.jsonl" }
    var sandbox: String { "\(folder.path)/sandbox.jsonl" }

    init(cases: Int, seed: Int = 7, profile: String = "clean") async throws {
        folder = try TemporaryFolder()
        let result = try await Binary.run([
            "generate", "--profile", profile, "--cases", "\(cases)", "--seed", "\(seed)", "--as-of", Self.asOf,
            "--output", folder.path,
        ])
        try #require(result.exitCode == 0, "generate: \(result.errorText)")
    }

    /// The arguments of a live run that is not held back by a rate.
    func run(_ url: String, _ output: String, _ options: [String] = []) -> [String] {
        let formats = options.contains("--formats") ? [] : ["--formats", "csv,jsonl"]
        return [
            "run", "--orders", orders, "--webhooks", webhooks, "--atlas-url", url, "--as-of", Self.asOf, "--output",
            output, "--rate", "off", "--quiet",
        ] + formats + options
    }
}
