import AtlasClient
import Memory
import Refunds

/// Why the stage ends without a result.
package enum QueryError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Atlas refused the credentials: nothing may be published, exit 77.
    case unauthorized(CredentialsRefusal)

    package var description: String {
        switch self {
        case .unauthorized(let refusal): "Atlas refused the credentials (\(refusal))"
        }
    }
}

/// Asks Atlas for the status of every refund, with bounded load and bounded retries, and journals the answers.
package struct QueryStage: Sendable {
    private let transport: any StatusTransport
    private let settings: QuerySettings
    private let clock: any QueryClock
    private let jitter: JitterSource
    private let judge: AnswerJudge
    private let reached: QueryStepObserver

    package init(
        transport: any StatusTransport, settings: QuerySettings = QuerySettings(),
        clock: any QueryClock = SystemQueryClock(), jitter: JitterSource = JitterSource(),
        judge: @escaping AnswerJudge, reached: @escaping QueryStepObserver = { _ in }
    ) {
        self.transport = transport
        self.settings = settings
        self.clock = clock
        self.jitter = jitter
        self.judge = judge
        self.reached = reached
    }

    /// Asks every question that the working journal has no good answer to.
    ///
    /// - Parameters:
    ///   - path: the working journal, which is made if it is absent, and continued if it is there.
    ///   - progress: called a few times a second, at each pause between rounds, and at the end.
    ///   - note: called with a sentence for a person at each pause.
    /// - Throws: `QueryError`, `WorkingJournalError` or, if the task is cancelled, `CancellationError`; the journal is whole
    ///   and on the disk then, and the same call goes on from there.
    package func run(
        _ questions: [StatusQuestion], workingJournal path: String,
        progress: (@Sendable (QueryProgress) -> Void)? = nil, note: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> QueryOutcome {
        let journal = try WorkingJournal(path: path, reached: reached)
        do {
            let outcome = try await run(questions, journal, progress, note)
            try await journal.synchronize()
            await journal.close()
            return outcome
        } catch {
            // The first error is the cause; a later one of the disk would hide it.
            try? await journal.synchronize()
            await journal.close()
            throw error
        }
    }

    private func run(
        _ questions: [StatusQuestion], _ journal: WorkingJournal, _ progress: (@Sendable (QueryProgress) -> Void)?,
        _ note: @escaping @Sendable (String) -> Void
    ) async throws -> QueryOutcome {
        let recovery = try await journal.recover(judge: judge)
        // The rest is not kept.
        var lines = questions.map { recovery.answered[$0.key] }
        let start = clock.now
        let deadline = settings.deadlineSeconds.map { start + QuerySettings.duration($0) }
        let governor = QueryGovernor(
            gate: AdmissionGate(settings: settings, deadline: deadline), resumed: lines.count { $0 != nil },
            total: questions.count, start: start, progress: progress)
        let asker = QuestionAsker(
            transport: transport, clock: clock, jitter: jitter, judge: judge, retry: settings.retry,
            attemptTimeout: QuerySettings.duration(settings.attemptTimeoutSeconds), deadline: deadline,
            governor: governor,
            journal: journal, reached: reached)
        try await withTaskExecutorPreference(transport.taskExecutor) {
            let rounds = Rounds(
                lines.indices.filter { lines[$0] == nil }, policy: settings.rounds, deadline: deadline)
            try await RoundRunner(asker: asker, concurrency: settings.concurrency, note: note)
                .run(questions, rounds, into: &lines)
        }
        return QueryOutcome(
            workingJournal: journal.path, lines: lines.compactMap { $0 }, counts: governor.counts,
            notes: recovery.notes(path: journal.path), warning: recovery.warning(path: journal.path), reached: reached)
    }
}
