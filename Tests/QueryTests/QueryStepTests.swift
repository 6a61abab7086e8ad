import AtlasClient
import Memory
import Query
import Refunds
import Synchronization
import Testing

/// What is in the working journal at each step is what a kill there leaves: whatever step it is, the next run goes on from it.
@Suite("Steps of asking and journalling")
struct QueryStepTests {
    private static let questions = Fake.questions(6)

    /// The file as it was at each step that was reached.
    private final class Snapshots: Sendable {
        struct Snapshot {
            let step: QueryStep
            let journal: [UInt8]
        }
        let list = Mutex<[Snapshot]>([])

        func take(_ step: QueryStep, _ folder: Folder) {
            let journal = (try? folder.bytes()) ?? []
            list.withLock { $0.append(Snapshot(step: step, journal: journal)) }
        }
    }

    /// Answers all but one, which fails for good; some of them at their second attempt, and one in a later round.
    private static func transport() -> FakeTransport {
        FakeTransport(yields: 2) { question, attempt, _ in
            if question.refundCode == "R4" { return Fake.status(404) }
            if question.refundCode == "R3", attempt <= 5 { return Fake.status(503) }
            if question.refundCode == "R1", attempt == 1 { return .failed(.connection(.reset)) }
            return Fake.ok(question)
        }
    }

    private func run(
        _ folder: Folder, concurrency: Int, reached: @escaping QueryStepObserver = { _ in }
    ) async throws -> (published: [UInt8], outcome: QueryOutcome) {
        var settings = Fake.settings
        settings.concurrency = concurrency
        let stage = QueryStage(
            transport: Self.transport(), settings: settings, clock: JumpClock(), jitter: JitterSource(seed: 1),
            judge: Fake.judge, reached: reached)
        let outcome = try await stage.run(Self.questions, workingJournal: folder.file())
        try outcome.writeLines(toPath: folder.file("published"))
        return (Self.withoutTimes(try folder.bytes("published")), outcome)
    }

    /// When a question was asked, and how often, depends on what was asked before the kill.
    private static func withoutTimes(_ journal: [UInt8]) -> [UInt8] {
        let text = String(decoding: journal, as: UTF8.self)
        return Array(
            text.replacing(/"queriedAt":"[^"]*","attempts":[0-9]*/, with: "").utf8)
    }

    @Test(arguments: [1, 3]) func everyStepOfEveryQuestion(concurrency: Int) async throws {
        let folder = try Folder()
        let expected = try await run(folder, concurrency: concurrency).published
        // A torn line, so that its cutting is a step too.
        let torn = try Folder()
        try torn.write(folder.bytes().prefix(50))
        let snapshots = Snapshots()
        let (published, _) = try await run(torn, concurrency: concurrency) { snapshots.take($0, torn) }
        #expect(published == expected)
        let list = snapshots.list.withLock { $0 }
        let steps = Set(list.map(\.step))
        #expect(steps.isSuperset(of: QueryStep.allCases.prefix { $0 != .copyRead }), "\(steps)")
        // The one that waited has three lines: its attempts in the first round, one in the second, and its answer.
        #expect(list.count { $0.step == .lineAppended } == Self.questions.count + 2)
        #expect(list.count { $0.step == .questionSent } == list.count { $0.step == .answerReceived })
        for (number, snapshot) in list.enumerated() {
            let killed = try Folder()
            try killed.write(snapshot.journal)
            let (published, outcome) = try await run(killed, concurrency: concurrency)
            #expect(published == expected, "killed at \(snapshot.step), step \(number)")
            let answers = String(decoding: snapshot.journal, as: UTF8.self).split(separator: "\n")
                .count { $0.contains(#""outcome":"ok""#) }
            #expect(outcome.counts.resumed == answers, "killed at \(snapshot.step), step \(number)")
        }
    }
}
