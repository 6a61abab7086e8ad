import Query
import Testing

@Suite("The circuit breaker")
struct CircuitBreakerTests {
    /// Lets a request through, which it must, and reports its end.
    private func call(_ breaker: inout CircuitBreaker, fails: Bool, now: Duration = .zero) {
        guard case .go(let permit) = breaker.admit(now: now) else {
            Issue.record("held back at \(now)")
            return
        }
        breaker.record(isFailure: fails, permit: permit, now: now)
    }

    private func opened() -> CircuitBreaker {
        var breaker = CircuitBreaker()
        for _ in 0..<100 { call(&breaker, fails: true) }
        return breaker
    }

    @Test func itTakesAHundredCalls() {
        var breaker = CircuitBreaker()
        for _ in 0..<99 { call(&breaker, fails: true) }
        #expect(breaker.heldUntil(now: .zero) == nil)
        #expect(!breaker.isOpen(now: .zero))
        call(&breaker, fails: true, now: .seconds(1))
        #expect(breaker.heldUntil(now: .seconds(1)) == .seconds(6))
        #expect(breaker.isOpen(now: .seconds(1)))
    }

    @Test(arguments: [(49, false), (50, true), (51, true)])
    func itTakesHalfOfThem(_ failures: Int, _ opens: Bool) {
        var breaker = CircuitBreaker()
        for index in 0..<100 { call(&breaker, fails: index < failures) }
        #expect((breaker.heldUntil(now: .zero) != nil) == opens)
    }

    @Test func onlyTheLatestHundredCount() {
        var breaker = CircuitBreaker()
        for _ in 0..<1000 { call(&breaker, fails: false) }
        for _ in 0..<49 { call(&breaker, fails: true) }
        #expect(breaker.heldUntil(now: .zero) == nil)
        call(&breaker, fails: true)
        #expect(breaker.heldUntil(now: .zero) != nil)
    }

    @Test func oldFailuresAreForgotten() {
        var breaker = CircuitBreaker()
        for round in 0..<20 {
            for index in 0..<100 { call(&breaker, fails: index < 49) }
            #expect(breaker.heldUntil(now: .zero) == nil, "round \(round)")
        }
    }

    @Test func itHalfOpensAfterFiveSecondsForTenProbes() {
        var breaker = opened()
        #expect(breaker.admit(now: .milliseconds(4999)) == .wait(until: .seconds(5)))
        for _ in 0..<10 {
            guard case .go = breaker.admit(now: .seconds(5)) else {
                Issue.record("a probe is held back")
                return
            }
        }
        #expect(breaker.admit(now: .seconds(5)) == .wait(until: .milliseconds(5050)))
    }

    @Test func probesThatFailOpenItAgain() {
        var breaker = opened()
        for _ in 0..<5 { call(&breaker, fails: true, now: .seconds(6)) }
        #expect(breaker.heldUntil(now: .seconds(6)) == .seconds(11))
    }

    @Test func probesThatSucceedCloseIt() {
        var breaker = opened()
        for index in 0..<10 where !breaker.isClosed { call(&breaker, fails: index < 4, now: .seconds(6)) }
        #expect(breaker.isClosed)
        // It starts afresh: it takes a hundred calls again.
        for _ in 0..<99 { call(&breaker, fails: true, now: .seconds(6)) }
        #expect(breaker.heldUntil(now: .seconds(6)) == nil)
        call(&breaker, fails: true, now: .seconds(6))
        #expect(breaker.heldUntil(now: .seconds(6)) == .seconds(11))
    }

    /// A later round begins with probes of its own, whatever became of those before.
    @Test func probesOfAnEarlierRoundDecideNothing() {
        var breaker = opened()
        for _ in 0..<4 { call(&breaker, fails: true, now: .seconds(6)) }
        breaker.startAfresh(now: .seconds(20))
        for _ in 0..<4 { call(&breaker, fails: true, now: .seconds(20)) }
        #expect(!breaker.isOpen(now: .seconds(20)))
        call(&breaker, fails: true, now: .seconds(20))
        #expect(breaker.isOpen(now: .seconds(20)))
    }

    /// A later round takes a full window again.
    @Test func callsOfAnEarlierRoundDecideNothing() {
        var breaker = CircuitBreaker()
        for _ in 0..<99 { call(&breaker, fails: true) }
        breaker.startAfresh(now: .zero)
        for _ in 0..<99 { call(&breaker, fails: true) }
        #expect(breaker.isClosed)
        call(&breaker, fails: true)
        #expect(!breaker.isClosed)
    }

    @Test func answersToEarlierRequestsDecideNothing() {
        var breaker = CircuitBreaker()
        guard case .go(let old) = breaker.admit(now: .zero) else { return }
        for _ in 0..<100 { call(&breaker, fails: true) }
        for _ in 0..<20 { breaker.record(isFailure: false, permit: old, now: .seconds(1)) }
        #expect(breaker.heldUntil(now: .seconds(1)) == .seconds(5))
        _ = breaker.admit(now: .seconds(5))
        for _ in 0..<20 { breaker.record(isFailure: true, permit: old, now: .seconds(5)) }
        #expect(breaker.heldUntil(now: .seconds(5)) == nil)
    }
}
