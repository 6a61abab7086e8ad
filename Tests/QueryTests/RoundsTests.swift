import Testing

@testable import Query

@Suite("Rounds")
struct RoundsTests {
    private func rounds(_ count: Int = 3, deadline: Duration? = nil) -> Rounds {
        Rounds(Array(0..<count), policy: RoundPolicy(), deadline: deadline)
    }

    private func asked(_ code: String = "http-503", attempts: Int = 4, notBefore: Duration? = nil) -> Rounds.Waiting {
        Rounds.Waiting(
            attempts: attempts, code: code, line: LinePosition(offset: 0, length: 1), notBefore: notBefore)
    }

    /// All that the round has now.
    private func take(_ rounds: inout Rounds, now: Duration = .zero) -> [Int] {
        var questions: [Int] = []
        while let question = rounds.next(now: now) { questions.append(question) }
        return questions
    }

    /// A round in which every question that comes fails, but for one of its own that is settled, so that the next round has no
    /// probe; gives the questions.
    private func failMost(_ rounds: inout Rounds, now: Duration = .zero, notBefore: Duration? = nil) -> [Int] {
        let questions = fail(&rounds, now: now, notBefore: notBefore)
        rounds.settle(-1)
        return questions
    }

    /// A round in which every question that comes fails; gives the questions.
    private func fail(_ rounds: inout Rounds, now: Duration = .zero, notBefore: Duration? = nil) -> [Int] {
        let questions = take(&rounds, now: now)
        for question in questions { rounds.putBack(question, asked(notBefore: notBefore), heldCode: nil) }
        return questions
    }

    @Test func whatIsSettledIsNotAskedAgain() {
        var rounds = rounds()
        #expect(take(&rounds) == [0, 1, 2])
        rounds.settle(0)
        rounds.putBack(1, asked(), heldCode: nil)
        rounds.settle(2)
        #expect(rounds.waitingCount == 1)
        #expect(rounds.end(now: .zero, isCircuitClosed: true, jitter: 0) == .seconds(5))
        #expect(take(&rounds, now: .seconds(5)) == [1])
        #expect(rounds.earlier(1)?.attempts == 4)
        rounds.settle(1)
        #expect(rounds.end(now: .seconds(5), isCircuitClosed: true, jitter: 0) == nil)
        #expect(rounds.unsettled.isEmpty)
    }

    /// Nothing else is taken in a round in which nothing can be sent; what was never asked comes first in the next.
    @Test func whatIsHeldBackComesFirst() {
        var rounds = rounds(6)
        #expect(rounds.next(now: .zero) == 0)
        #expect(rounds.next(now: .zero) == 1)
        rounds.putBack(0, asked(), heldCode: nil)
        #expect(rounds.next(now: .zero) == 2)
        rounds.putBack(1, nil, heldCode: "circuit-open")
        #expect(rounds.next(now: .zero) == nil)
        rounds.settle(2)
        #expect(rounds.end(now: .zero, isCircuitClosed: true, jitter: 0) != nil)
        #expect(rounds.waitingCount == 5)
        #expect(rounds.causes.map(\.code) == ["circuit-open", "http-503"])
        #expect(rounds.causes.map(\.count) == [4, 1])
        #expect(take(&rounds, now: .seconds(5)) == [3, 4, 5, 0, 1])
    }

    @Test func oneProbeGoesBeforeTheOthers() {
        var rounds = rounds()
        _ = fail(&rounds)
        _ = rounds.end(now: .zero, isCircuitClosed: false, jitter: 0)
        #expect(rounds.isProbing)
        #expect(take(&rounds) == [0])
        rounds.putBack(0, asked(), heldCode: nil)
        #expect(take(&rounds).isEmpty)
        // The next probe is another question: one that always fails does not stand in the way of the others.
        _ = rounds.end(now: .zero, isCircuitClosed: false, jitter: 0)
        #expect(take(&rounds) == [1])
        rounds.settle(1)
        #expect(!rounds.isProbing)
        #expect(take(&rounds) == [2, 0])
    }

    /// A probe that fails may have itself to blame: the next one is a question that failed for another reason, or any.
    @Test(arguments: [(0.0, 1), (0.5, 2), (0.99, 2)]) func theNextProbeFailedForAnotherReason(
        _ jitter: Double, _ next: Int
    ) {
        var rounds = rounds(5)
        let codes = ["http-503", "connection", "circuit-open", "http-503", "http-503"]
        for question in take(&rounds) { rounds.putBack(question, asked(codes[question]), heldCode: nil) }
        _ = rounds.end(now: .zero, isCircuitClosed: false, jitter: jitter)
        #expect(take(&rounds) == [0])
        rounds.putBack(0, asked(), heldCode: nil)
        _ = rounds.end(now: .zero, isCircuitClosed: false, jitter: jitter)
        #expect(take(&rounds) == [next])
        rounds.settle(next)
        #expect(Set(take(&rounds)) == Set(0...4).subtracting([next]))
    }

    @Test func amongQuestionsThatFailAlikeTheNextProbeIsAny() {
        let probes = [0.0, 0.3, 0.6, 0.99].map { jitter in
            var rounds = rounds(4)
            _ = fail(&rounds)
            _ = rounds.end(now: .zero, isCircuitClosed: false, jitter: jitter)
            _ = fail(&rounds)
            _ = rounds.end(now: .zero, isCircuitClosed: false, jitter: jitter)
            return take(&rounds)
        }
        #expect(probes == [[1], [2], [3], [0]])
    }

    /// After a round that settled nothing the service is asked with care, few as the requests were.
    @Test(arguments: [(1, true, false), (1, false, true), (0, true, true), (0, false, true)])
    func whenAProbeGoesFirst(_ settled: Int, _ isCircuitClosed: Bool, _ probes: Bool) {
        var rounds = rounds()
        for question in take(&rounds) {
            if question < settled { rounds.settle(question) } else { rounds.putBack(question, asked(), heldCode: nil) }
        }
        _ = rounds.end(now: .zero, isCircuitClosed: isCircuitClosed, jitter: 0)
        #expect(rounds.isProbing == probes)
    }

    /// They double while nothing is answered, and begin anew when something is.
    @Test func pauses() {
        var rounds = rounds(400)
        var now = Duration.zero
        var pauses: [Duration] = []
        for round in 0..<9 {
            if round == 7, let question = rounds.next(now: now) { rounds.settle(question) }
            _ = fail(&rounds, now: now)
            guard let next = rounds.end(now: now, isCircuitClosed: false, jitter: 1) else { break }
            pauses.append(next - now)
            now = next
        }
        #expect(pauses == [5, 10, 20, 40, 80, 160, 300, 5, 10].map { .seconds($0) })
    }

    @Test(arguments: [(0, 5, 5), (1, 8, 10), (3, 32, 40), (6, 240, 300), (60, 240, 300)])
    func jitter(_ fruitless: Int, _ shortest: Int, _ longest: Int) {
        let policy = RoundPolicy()
        #expect(policy.pause(fruitless: fruitless, jitter: 0) == .seconds(shortest))
        #expect(policy.pause(fruitless: fruitless, jitter: 1) == .seconds(longest))
    }

    /// With a deadline, the pauses get shorter again before it, so that the time is used.
    @Test(arguments: [
        (Duration.seconds(4), [Duration]()), (.seconds(5), []), (.seconds(6), [.seconds(5)]),
        (.seconds(60), [5, 15, 35, 47.5, 53.75, 58.75].map { .seconds($0) }),
    ])
    func theTimeBeforeTheDeadlineIsUsed(_ deadline: Duration, _ expected: [Duration]) {
        var rounds = rounds(deadline: deadline)
        var now = Duration.zero
        var beginnings: [Duration] = []
        while true {
            _ = fail(&rounds, now: now)
            guard let next = rounds.end(now: now, isCircuitClosed: false, jitter: 1) else { break }
            beginnings.append(next)
            now = next
        }
        #expect(beginnings == expected)
        #expect(rounds.unsettled.map(\.question).sorted() == [0, 1, 2])
    }

    /// When the last round begins, of an outage from `start` on that does not end.
    private func last(_ rounds: inout Rounds, from start: Duration) -> Duration {
        var now = start
        while true {
            _ = fail(&rounds, now: now)
            guard let next = rounds.end(now: now, isCircuitClosed: false, jitter: 1) else { return now }
            now = next
        }
    }

    /// Two hours after the first round, and not after the start.
    @Test func withoutADeadlineLaterRoundsEnd() {
        var rounds = rounds()
        let end = last(&rounds, from: .seconds(50_000))
        #expect(end < .seconds(57_200))
        #expect(end > .seconds(57_190))
    }

    /// What the first round did not come to is asked once, and then there are two hours more.
    @Test func theTwoHoursBeginWhenEveryQuestionWasAskedOnce() {
        var rounds = rounds()
        if let question = rounds.next(now: .zero) { rounds.putBack(question, asked(), heldCode: "circuit-open") }
        rounds.settle(-1)
        _ = rounds.end(now: .zero, isCircuitClosed: true, jitter: 1)
        // A round over all of them, which ends after the first two hours.
        #expect(fail(&rounds, now: .seconds(7000)) == [1, 2, 0])
        let next = rounds.end(now: .seconds(9000), isCircuitClosed: true, jitter: 1)
        #expect(next == .seconds(9010))
        let end = last(&rounds, from: .seconds(9010))
        #expect(end < .seconds(16_200))
        #expect(end > .seconds(16_190))
    }

    @Test func whoWantsToBeLeftAloneIs() {
        var rounds = rounds()
        #expect(failMost(&rounds, notBefore: .seconds(900)) == [0, 1, 2])
        // All want to be: nothing is sent before.
        #expect(rounds.end(now: .zero, isCircuitClosed: true, jitter: 1) == .seconds(900))
        #expect(failMost(&rounds, now: .seconds(900)) == [0, 1, 2])
        _ = rounds.end(now: .seconds(900), isCircuitClosed: true, jitter: 1)
        // One wants to be: the others are asked.
        #expect(rounds.next(now: .seconds(910)) == 0)
        rounds.putBack(0, asked(notBefore: .seconds(1500)), heldCode: nil)
        _ = failMost(&rounds, now: .seconds(910))
        _ = rounds.end(now: .seconds(910), isCircuitClosed: true, jitter: 1)
        #expect(take(&rounds, now: .seconds(1000)) == [1, 2])
    }

    /// It ends the question's round, not its chance.
    @Test(arguments: [Duration?.none, .seconds(1000)]) func aRestBeyondTheEndIsNotWaitedFor(_ deadline: Duration?) {
        var rounds = rounds(deadline: deadline)
        #expect(failMost(&rounds, notBefore: .seconds(100_000)) == [0, 1, 2])
        #expect(rounds.end(now: .zero, isCircuitClosed: true, jitter: 1) == .seconds(5))
        #expect(take(&rounds, now: .seconds(5)) == [0, 1, 2])
    }
}
