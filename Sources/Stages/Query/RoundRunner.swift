/// Asks the questions of a night round by round, as `Rounds` decides.
struct RoundRunner {
    let asker: QuestionAsker
    let concurrency: Int
    /// Called at each pause, with a message for a person.
    let note: @Sendable (String) -> Void

    /// Asks every question of the rounds; each then has its line.
    func run(_ questions: [StatusQuestion], _ planned: Rounds, into lines: inout [LinePosition?]) async throws {
        let (clock, governor) = (asker.clock, asker.governor)
        var rounds = planned
        while true {
            try await round(questions, &rounds, into: &lines)
            let now = clock.now
            let next = rounds.end(now: now, isCircuitClosed: governor.isCircuitClosed, jitter: asker.jitter.next())
            governor.wait(rounds.waitingCount, until: next, now: now)
            guard let next else { break }
            note(Self.pauseText(rounds, pause: next - now))
            asker.reached(.pauseBegun)
            try await clock.sleep(until: next)
            governor.beginRound(isProbing: rounds.isProbing, now: clock.now)
        }
        for (question, asked) in rounds.unsettled {
            try Task.checkCancellation()
            lines[question] = try await asker.giveUp(questions[question], asked, heldCode: rounds.heldCode)
        }
        governor.wait(0, now: clock.now)
    }

    /// A sliding window: as many tasks as may be in flight, then one in for each one out.
    private func round(
        _ questions: [StatusQuestion], _ rounds: inout Rounds, into lines: inout [LinePosition?]
    ) async throws {
        let asker = asker
        try await withThrowingTaskGroup(of: (question: Int, ending: QuestionAsker.Ending).self) { group in
            var inFlight = 0
            while true {
                while inFlight < max(concurrency, 1), let next = rounds.next(now: asker.clock.now) {
                    let (question, earlier) = (questions[next], rounds.earlier(next))
                    group.addTask { (next, try await asker.ask(question, earlier: earlier)) }
                    inFlight += 1
                }
                guard let (question, ending) = try await group.next() else { return }
                inFlight -= 1
                switch ending {
                case .settled(let line):
                    lines[question] = line
                    if rounds.isProbing { asker.governor.endProbing() }
                    rounds.settle(question)
                case .putBack(let asked, let heldCode):
                    rounds.putBack(question, asked, heldCode: heldCode)
                    asker.governor.wait(rounds.waitingCount, now: asker.clock.now)
                }
            }
        }
    }

    /// `540 status queries wait (circuit-open 432, connection 108): one of them is asked in 5s, the rest if it is answered`
    private static func pauseText(_ rounds: Rounds, pause: Duration) -> String {
        let count = rounds.waitingCount
        let causes = rounds.causes.map { "\($0.code) \(ProgressLine.grouped($0.count))" }.joined(separator: ", ")
        let time = ProgressLine.duration(Int((pause / .seconds(1)).rounded(.up)))
        let what = count == 1 ? "1 status query waits" : "\(ProgressLine.grouped(count)) status queries wait"
        let how =
            rounds.isProbing && count > 1
            ? "one is asked in \(time), the others if it is answered" : "asked again in \(time)"
        return "\(what) (\(causes)): \(how)"
    }
}
