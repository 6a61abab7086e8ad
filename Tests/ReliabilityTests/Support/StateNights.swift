import Glibc
import Testing

/// Two nights over a state store: the first is published, the second is what a test does harm to.
struct StateNights: Sendable {
    static let nights = ["2025-09-30", "2025-10-01"]

    private let folder: TemporaryFolder
    private let data: Data
    /// Where the first night is published, and nothing after it.
    private let first: String
    /// What the second night comes to if nothing happens.
    let wholeReport: [String: [UInt8]]
    let wholeState: String
    let seconds: Double

    init() async throws {
        folder = try TemporaryFolder()
        data = try await Data(cases: 60, profile: "partial")
        first = "\(folder.path)/first"
        let whole = "\(folder.path)/whole"
        let begun = try await Binary.run(Self.arguments(data, first, Self.nights[0]))
        try Self.requireReport(begun)
        try Self.copy(first, whole)
        let run = try await Binary.run(Self.arguments(data, whole, Self.nights[1]))
        try Self.requireReport(run)
        seconds = run.waitSeconds
        wholeReport = try Self.report(whole)
        wholeState = try await Binary.run(["state", "export", "\(whole)/state"]).outputText
        try #require(wholeState.contains("\n"))
    }

    /// A copy of the first night's store and report, or of both nights'.
    func copy(_ name: String, hasBoth: Bool = false) throws -> String {
        let place = "\(folder.path)/\(name)"
        try Self.copy(hasBoth ? "\(folder.path)/whole" : first, place)
        return place
    }

    /// The arguments of the second night.
    func arguments(_ place: String) -> [String] { Self.arguments(data, place, Self.nights[1]) }

    private static func arguments(_ data: Data, _ place: String, _ asOf: String) -> [String] {
        [
            "run", "--orders", data.orders, "--webhooks", data.webhooks, "--status-journal",
            "\(data.folder.path)/status-journal.jsonl", "--as-of", asOf, "--output", "\(place)/out", "--state",
            "\(place)/state", "--requery-after", "7", "--formats", "csv,jsonl", "--quiet",
        ]
    }

    /// The generated night lacks some records, which the exit code says.
    private static func requireReport(_ run: CommandResult) throws {
        try #require(hasReport(run), "\(run.errorText)")
    }

    static func hasReport(_ run: CommandResult) -> Bool { run.exitCode == 0 || run.exitCode == 2 }

    /// How often the second night's report was published.
    static func publishedCount(_ place: String) -> Int {
        TemporaryFolder.names(in: "\(place)/out").count { $0.hasPrefix(nights[1]) }
    }

    static func isPublished(_ place: String) -> Bool { File.exists("\(place)/out/\(nights[1])") }

    /// The store is sound, and the second night is in it, counting or about to, if and only if its report is published.
    func check(_ place: String, _ what: String) async throws {
        let verified = try await Binary.run(["state", "verify", "\(place)/state"])
        #expect(verified.exitCode == 0, "\(what): \(verified.outputText)\(verified.errorText)")
        let shown = try await Binary.run(["state", "show", "\(place)/state"])
        #expect(shown.exitCode == 0, "\(what): \(shown.errorText)")
        let asOf = Self.nights[1]
        let state = shown.outputText
        let counts = state.split(separator: "\n").contains { $0.hasPrefix(asOf) && $0.hasSuffix("good") }
        let isToCount = state.contains("The run for \(asOf) was killed; its report is in ")
        let isNotToCount = state.contains("The run for \(asOf) was killed; its report is not in ")
        #expect((counts || isToCount) == Self.isPublished(place), "\(what): \(state)")
        #expect(state.contains("being published") == (isToCount || isNotToCount), "\(what): \(state)")
        #expect(!state.contains("stale"), "\(what): \(state)")
    }

    /// The second night, run now that nothing is in its way, comes to what it would have.
    func finish(_ place: String, _ what: String) async throws {
        let run = try await Binary.run(arguments(place))
        try #require(Self.hasReport(run), "\(what): \(run.errorText)")
        #expect(try Self.report(place) == wholeReport, "\(what)")
        try await check(place, what)
        let state = try await Binary.run(["state", "export", "\(place)/state"])
        #expect(state.exitCode == 0, "\(what)")
        #expect(state.outputText == wholeState, "\(what)")
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

    private static func copy(_ source: String, _ place: String) throws {
        for folder in ["", "/out"] + nights.map({ "/out/\($0)" }) where File.exists(source + folder) {
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
