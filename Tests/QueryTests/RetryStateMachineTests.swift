import Query
import Testing

@Suite("The retry machine")
struct RetryStateMachineTests {
    private typealias Action = RetryStateMachine.Action

    /// Sends once and reports the verdict.
    private func first(
        _ verdict: AttemptVerdict, now: Duration = .zero, jitter: Double = 0.5, deadline: Duration? = nil,
        quota: inout RetryQuota
    ) -> RetryStateMachine.Action {
        var machine = RetryStateMachine(policy: RetryPolicy(), deadline: deadline)
        #expect(machine.begin(now: now) == .send)
        machine.sent()
        return machine.received(verdict, now: now, jitter: jitter, quota: &quota)
    }

    @Test(arguments: [
        (AttemptVerdict.ok, RetryStateMachine.Action.done),
        (.final(code: "http-404"), .giveUp(code: "http-404")),
        (.final(code: "bad-body"), .giveUp(code: "bad-body")),
        (.unauthorized(.http(401)), .stop(.http(401))), (.unauthorized(.http(403)), .stop(.http(403))),
        (.unauthorized(.atlas(900)), .stop(.atlas(900))),
        (.transient(code: "timeout"), .wait(until: .milliseconds(25))),
        (.throttled(code: "http-429"), .wait(until: .milliseconds(25))),
        (.transient(code: "http-503", retryAfter: .seconds(7)), .wait(until: .seconds(7))),
        (.transient(code: "http-503", retryAfter: .zero), .wait(until: .milliseconds(25))),
        (.throttled(code: "http-429", retryAfter: .seconds(300)), .wait(until: .seconds(300))),
        (.throttled(code: "http-429", retryAfter: .seconds(301)), .putBack(code: "http-429", notBefore: .seconds(301))),
        (.final(code: "http-501", isOutage: true), .putBack(code: "http-501")),
    ])
    func afterTheFirstAttempt(_ verdict: AttemptVerdict, _ action: RetryStateMachine.Action) {
        var quota = RetryQuota()
        #expect(first(verdict, quota: &quota) == action)
    }

    @Test func theWaitDoublesUpToItsCap() {
        var policy = RetryPolicy()
        policy.attempts = 13
        var machine = RetryStateMachine(policy: policy, deadline: nil)
        var quota = RetryQuota()
        var waits: [Duration] = []
        for _ in 1..<policy.attempts {
            machine.sent()
            let action = machine.received(.throttled(code: "x"), now: .zero, jitter: 1, quota: &quota)
            if case .wait(let until) = action { waits.append(until) }
        }
        let expected = [50, 100, 200, 400, 800, 1600, 3200, 6400, 12_800, 20_000, 20_000, 20_000]
        #expect(waits == expected.map { .milliseconds($0) })
        machine.sent()
        #expect(
            machine.received(.throttled(code: "last"), now: .zero, jitter: 1, quota: &quota)
                == .putBack(code: "last"))
        #expect(machine.attempts == 13)
    }

    @Test func jitterIsFull() {
        var quota = RetryQuota()
        #expect(first(.transient(code: "x"), jitter: 0, quota: &quota) == .wait(until: .zero))
        #expect(first(.transient(code: "x"), now: .seconds(3), jitter: 0, quota: &quota) == .wait(until: .seconds(3)))
    }

    /// Sends as often as the machine wants to, and fails each time; gives what it wants then.
    private func failEachAttempt(of machine: inout RetryStateMachine) -> RetryStateMachine.Action {
        var quota = RetryQuota()
        var action = machine.begin(now: .zero)
        while action == .send {
            machine.sent()
            action = machine.received(.transient(code: "x"), now: .zero, jitter: 0, quota: &quota)
            if action == .wait(until: .zero) { action = machine.waited(now: .zero) }
        }
        return action
    }

    @Test(arguments: [1, 2, 3, 4, 0])
    func attemptsAreBounded(_ attempts: Int) {
        var policy = RetryPolicy()
        policy.attempts = attempts
        var machine = RetryStateMachine(policy: policy, deadline: nil)
        #expect(failEachAttempt(of: &machine) == .putBack(code: "x"))
        #expect(machine.attempts == max(attempts, 1))
    }

    /// When the attempts are used up, each further round sends one; what is left of them is there in a later round.
    @Test(arguments: [(4, 1), (5, 1), (3, 1), (1, 3)])
    func earlierRoundsCount(_ attempts: Int, _ sent: Int) {
        var machine = RetryStateMachine(policy: RetryPolicy(), deadline: nil, attempts: attempts)
        #expect(failEachAttempt(of: &machine) == .putBack(code: "x"))
        #expect(machine.attempts == attempts + sent)
    }

    @Test func theDeadlineBoundsEveryWait() {
        var quota = RetryQuota()
        let code = AttemptVerdict.transient(code: "http-503", retryAfter: .seconds(10))
        #expect(first(code, deadline: .seconds(11), quota: &quota) == .wait(until: .seconds(10)))
        let later = RetryStateMachine.Action.putBack(code: "http-503", notBefore: .seconds(10))
        #expect(first(code, deadline: .seconds(10), quota: &quota) == later)
        var late = RetryStateMachine(policy: RetryPolicy(), deadline: .seconds(1))
        #expect(late.begin(now: .seconds(1)) == .holdBack(code: "deadline"))
        #expect(late.attempts == 0)
    }

    /// However much time there is: what the server wants to be left alone for long does not keep its place in flight.
    @Test func aLongRestIsForALaterRound() {
        var quota = RetryQuota()
        let hour = AttemptVerdict.transient(code: "x", retryAfter: .seconds(3600))
        let later = RetryStateMachine.Action.putBack(code: "x", notBefore: .seconds(3600))
        #expect(first(hour, deadline: .seconds(4000), quota: &quota) == later)
        #expect(first(hour, quota: &quota) == later)
        #expect(quota.tokens == RetryQuota.capacity)
    }

    @Test func theQuotaPaysForRetries() {
        var quota = RetryQuota()
        var retries = 0
        while case .wait = first(.transient(code: "x"), quota: &quota) { retries += 1 }
        #expect(retries == 35)
        #expect(quota.tokens == 10)
        // Too little for a transient failure is enough for being throttled.
        #expect(first(.throttled(code: "y"), jitter: 0, quota: &quota) == .wait(until: .zero))
        #expect(first(.throttled(code: "y"), jitter: 0, quota: &quota) == .wait(until: .zero))
        #expect(quota.tokens == 0)
        #expect(first(.throttled(code: "y"), jitter: 0, quota: &quota) == .putBack(code: "y"))
    }

    @Test func anEmptyQuotaPaysForNone() {
        var quota = RetryQuota(tokens: 0)
        #expect(first(.throttled(code: "y"), jitter: 0, quota: &quota) == .putBack(code: "y"))
    }

    @Test func successGivesBack() {
        var quota = RetryQuota()
        #expect(first(.ok, quota: &quota) == .done)
        #expect(quota.tokens == RetryQuota.capacity)
        var machine = RetryStateMachine(policy: RetryPolicy(), deadline: nil)
        machine.sent()
        _ = machine.received(.transient(code: "x"), now: .zero, jitter: 0, quota: &quota)
        machine.sent()
        _ = machine.received(.throttled(code: "x"), now: .zero, jitter: 0, quota: &quota)
        #expect(quota.tokens == 500 - 14 - 5)
        machine.sent()
        #expect(machine.received(.ok, now: .zero, jitter: 0, quota: &quota) == .done)
        #expect(quota.tokens == 500 - 14)
        #expect(first(.ok, quota: &quota) == .done)
        #expect(quota.tokens == 500 - 14 + 1)
    }
}
