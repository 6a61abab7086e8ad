import AtlasClient
import Core

/// Carries one question through its attempts to its line in the journal: does what the machines decide.
struct QuestionAsker: Sendable {
    let transport: any StatusTransport
    let clock: any QueryClock
    let jitter: JitterSource
    let judge: AnswerJudge
    let retry: RetryPolicy
    let attemptTimeout: Duration
    let deadline: Duration?
    let governor: QueryGovernor
    let journal: WorkingJournal
    let reached: QueryStepObserver

    /// Asks until there is an answer, or none is to be had, and journals it.
    func ask(_ question: StatusQuestion) async throws -> LinePosition {
        var machine = RetryStateMachine(policy: retry, deadline: deadline)
        var latest: (reading: AnswerReading, at: Instant)?
        var action = machine.begin(now: clock.now)
        while true {
            try Task.checkCancellation()
            switch action {
            case .wait(let until):
                try await clock.sleep(until: until)
                action = machine.waited(now: clock.now)
            case .send:
                switch try await admission() {
                case .failure(let refusal): action = machine.refused(code: refusal.code)
                case .success(let permit):
                    machine.sent()
                    let sent = clock.now
                    let (reading, date) = try await attempt(question)
                    latest = (reading, date)
                    action = governor.received(
                        reading.verdict, permit, &machine, sent: sent, now: clock.now, jitter: jitter.next())
                }
            case .done:
                return try await write(question, machine.attempts, latest, error: nil)
            case .giveUp(let code):
                return try await write(question, machine.attempts, latest, error: code)
            case .stop(let refusal):
                _ = try await write(question, machine.attempts, latest, error: "unauthorized")
                throw QueryError.unauthorized(refusal)
            }
        }
    }

    private struct Refusal: Error { let code: String }

    /// Waits for leave to send one request.
    private func admission() async throws -> Result<CircuitBreaker.Permit, Refusal> {
        var slot: Duration?
        while true {
            try Task.checkCancellation()
            switch governor.admit(now: clock.now, slot: &slot) {
            case .go(let permit): return .success(permit)
            case .refuse(let code): return .failure(Refusal(code: code))
            case .wait(let until): try await clock.sleep(until: until)
            }
        }
    }

    private func attempt(_ question: StatusQuestion) async throws -> (AnswerReading, Instant) {
        let date = clock.date
        let now = clock.now
        let rest = deadline.map { max($0 - now, .zero) } ?? attemptTimeout
        reached(.questionSent)
        let result = await transport.ask(question, timeout: min(attemptTimeout, rest))
        reached(.answerReceived)
        try Task.checkCancellation()
        var reading = AnswerReading(result, to: question, at: clock.date, judge: judge)
        // It was the stage's time that ended, not the attempt's.
        if result == .failed(.timeout), rest < attemptTimeout { reading.verdict = .final(code: "deadline") }
        return (reading, date)
    }

    private func write(
        _ question: StatusQuestion, _ attempts: Int, _ latest: (reading: AnswerReading, at: Instant)?, error: String?
    ) async throws -> LinePosition {
        let line = JournalLine(
            question: question, queriedAt: latest?.at ?? clock.date, attempts: attempts,
            httpStatus: latest?.reading.httpStatus, error: error, body: latest?.reading.body,
            errorDetail: error == nil ? nil : latest?.reading.detail)
        let position = try await journal.append(line.encoded())
        governor.finished(isOK: error == nil, now: clock.now)
        return position
    }
}
