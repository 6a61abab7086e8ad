import AtlasClient
import Memory
import Refunds

/// Carries one question through its attempts of a round, as the state machines decide.
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

    /// The result of a question in a round.
    enum Ending: Sendable {
        /// Answered, or failed for good.
        case settled(LinePosition)
        /// To be asked in a later round. `asked` is nil if nothing was sent in this one; `heldCode` says why no other question
        /// can be sent in this one either.
        case putBack(asked: Rounds.Waiting?, heldCode: String?)
    }

    /// Asks until there is an answer, or none to be had in this round, and journals the result.
    ///
    /// - Parameter earlier: its result in earlier rounds; nil if they sent nothing.
    func ask(_ question: StatusQuestion, earlier: Rounds.Waiting?) async throws -> Ending {
        var machine = RetryStateMachine(policy: retry, deadline: deadline, attempts: earlier?.attempts ?? 0)
        var resends = earlier?.resends ?? 0
        var requests: Int { machine.attempts + resends }
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
                case .failure(let refusal): action = .holdBack(code: refusal.code)
                case .success(let permit):
                    machine.sent()
                    let sent = clock.now
                    let (reading, date, requestCount) = try await attempt(question)
                    latest = (reading, date)
                    resends += max(requestCount - 1, 0)
                    action = governor.received(
                        reading.verdict, permit, &machine, sent: sent, now: clock.now, jitter: jitter.next(),
                        resends: max(requestCount - 1, 0))
                }
            case .done:
                return .settled(try await settle(question, requests, latest, error: nil))
            case .giveUp(let code):
                return .settled(try await settle(question, requests, latest, error: code))
            case .putBack(let code, let notBefore):
                let line = try await write(question, requests, latest, error: code)
                let asked = Rounds.Waiting(
                    attempts: machine.attempts, resends: resends, code: code, line: line, notBefore: notBefore)
                return .putBack(asked: asked, heldCode: nil)
            case .holdBack(let heldCode):
                // The result of this round says more.
                guard let code = machine.latestCode else { return .putBack(asked: nil, heldCode: heldCode) }
                let line = try await write(question, requests, latest, error: code)
                let asked = Rounds.Waiting(
                    attempts: machine.attempts, resends: resends, code: code, line: line)
                return .putBack(asked: asked, heldCode: heldCode)
            case .stop(let refusal):
                _ = try await settle(question, requests, latest, error: "unauthorized")
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

    private func attempt(_ question: StatusQuestion) async throws -> (AnswerReading, Instant, requestCount: Int) {
        let date = clock.date
        let now = clock.now
        let rest = deadline.map { max($0 - now, .zero) } ?? attemptTimeout
        reached(.questionSent)
        let asked = await transport.ask(question, timeout: min(attemptTimeout, rest))
        reached(.answerReceived)
        try Task.checkCancellation()
        var reading = AnswerReading(asked.result, to: question, at: clock.date, judge: judge)
        // It was the stage's time that ended, not the attempt's.
        if asked.result == .failed(.timeout), rest < attemptTimeout { reading.verdict = .final(code: "deadline") }
        return (reading, date, asked.requestCount)
    }

    /// There is no later round for a question that was put back. Its line stays, or it gets its first one.
    ///
    /// - Parameter heldCode: why it was never asked, where it was not.
    func giveUp(_ question: StatusQuestion, _ asked: Rounds.Waiting?, heldCode: String) async throws -> LinePosition {
        guard let asked else { return try await settle(question, 0, nil, error: heldCode) }
        governor.finished(isOK: false, now: clock.now)
        return asked.line
    }

    /// Writes the line that stays.
    private func settle(
        _ question: StatusQuestion, _ requests: Int, _ latest: (reading: AnswerReading, at: Instant)?, error: String?
    ) async throws -> LinePosition {
        let position = try await write(question, requests, latest, error: error)
        governor.finished(isOK: error == nil, now: clock.now)
        return position
    }

    private func write(
        _ question: StatusQuestion, _ requests: Int, _ latest: (reading: AnswerReading, at: Instant)?, error: String?
    ) async throws -> LinePosition {
        let line = JournalLine(
            question: question, queriedAt: latest?.at ?? clock.date, attempts: requests,
            httpStatus: latest?.reading.httpStatus, error: error, body: latest?.reading.body,
            errorDetail: error == nil ? nil : latest?.reading.detail)
        return try await journal.append(line.encoded())
    }
}
