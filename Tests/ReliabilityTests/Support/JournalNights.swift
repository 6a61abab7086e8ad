import Glibc
import Query
import Testing

/// A night that asks a sandbox and was killed once, with a torn line at the end of its journal: what tests then do harm to.
struct JournalNights: Sendable {
    private static let concurrency = 4
    private static let caseCount = 12

    private let folder: TemporaryFolder
    private let data: Data
    private let url: String
    /// The report of a night to which nothing happens.
    private let whole: PublishedReport
    let questionCount: Int
    /// The working journal's name in the output folder, and what the kill left of it.
    let journalName: String
    private let tornJournal: [UInt8]

    /// Starts a sandbox that answers for as long as the body runs.
    static func withNights(_ body: (JournalNights) async throws -> Void) async throws {
        let data = try await Data(cases: caseCount)
        _ = try await withSandboxProcess(data, latencyMilliseconds: 2) { url in
            try await body(try await JournalNights(data, url))
        }
    }

    private init(_ data: Data, _ url: String) async throws {
        (self.data, self.url) = (data, url)
        folder = try TemporaryFolder()
        let undisturbed = "\(folder.path)/whole"
        let run = try await Binary.run(Self.arguments(data, url, undisturbed), environment: ordinaryCredentials)
        try #require(run.exitCode == 0, "\(run.errorText)")
        whole = try PublishedReport("\(undisturbed)/\(Data.asOf)")
        questionCount = try ReportRows("\(undisturbed)/\(Data.asOf)").cases.count { $0["refundCode"] != "" }
        let output = "\(folder.path)/killed"
        try await Self.kill(Self.arguments(data, url, output), at: .lineAppended, 2)
        let journal = try #require(Journal(output: output))
        journalName = String(journal.path.dropFirst(output.utf8.count + 1))
        tornJournal = try File.bytes(journal.path) + Array(#"{"schema":1,"orderNo":"TO"#.utf8)
    }

    private static func arguments(_ data: Data, _ url: String, _ output: String) -> [String] {
        data.run(url, output, ["--concurrency", "\(concurrency)", "--formats", "csv,jsonl"])
    }

    /// The night's output folder as the kill left it.
    func makeOutput(_ name: String) throws -> String {
        let output = "\(folder.path)/\(name)"
        try #require(mkdir(output, 0o755) == 0)
        try File.write(tornJournal, to: "\(output)/\(journalName)")
        return output
    }

    func arguments(_ output: String) -> [String] { Self.arguments(data, url, output) }

    /// Runs the night until it is killed at a step that it reaches the so-manieth time.
    static func kill(_ arguments: [String], at step: QueryStep, _ number: Int) async throws {
        let environment = ordinaryCredentials.merging(["KILL_AT_STEP": "\(step.rawValue):\(number)"]) { $1 }
        // A release build has no such steps.
        let run = try await CommandProcess(Binary.besideBundle, arguments, environment: environment)
            .finish(withinSeconds: 60)
        try #require(run.signal == SIGKILL && !run.isKilled, "\(step) \(number): \(run.errorText)")
    }

    /// The answers in the journal, whose lines are all whole but for the one that was torn.
    func answers(_ output: String, _ what: String) throws -> Set<[UInt8]> {
        guard let journal = Journal(output: output) else { return [] }
        let torn = try journal.lines().filter { Journal.outcome($0) == nil }
        #expect(torn.count <= 1, "\(what): \(torn.count) lines are not whole")
        let isAtItsEnd = try torn.first.map { try File.bytes(journal.path).suffix($0.count).elementsEqual($0) } ?? true
        #expect(isAtItsEnd, "\(what): something is glued to a torn line")
        return try journal.answers()
    }

    /// Runs the night to its end, and checks the report.
    func finish(_ output: String, keeping answers: Set<[UInt8]>, _ what: String) async throws {
        let run = try await Binary.run(arguments(output), environment: ordinaryCredentials)
        try #require(run.exitCode == 0, "\(what): exit \(run.exitCode ?? -1), \(run.errorText)")
        try check(output, keeping: answers, what)
    }

    /// The published report is that of a night to which nothing happened, and has the answers as they were journalled.
    func check(_ output: String, keeping answers: Set<[UInt8]>, _ what: String) throws {
        let published = "\(output)/\(Data.asOf)"
        let differences = try PublishedReport(published).differences(from: whole)
        #expect(differences.isEmpty, "\(what): \(differences) differ from those of an undisturbed night")
        let lines = Set(try File.bytes("\(published)/status-journal.jsonl").split(separator: 0x0A).map(Array.init))
        #expect(answers.isSubset(of: lines), "\(what): an answered question was asked again")
        let names = TemporaryFolder.names(in: output).filter { $0.hasPrefix(".") }
        #expect(names == [".lock"], "\(what): left behind: \(names)")
    }
}
