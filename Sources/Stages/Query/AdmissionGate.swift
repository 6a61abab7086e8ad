/// Whether a request may be sent now: deadline, rate and circuit in one decision. Pure.
package struct AdmissionGate: Sendable {
    package enum Admission: Sendable, Equatable {
        case go(CircuitBreaker.Permit)
        /// Ask again then, with the same slot.
        case wait(until: Duration)
        /// Nothing can be sent in this round: `deadline` or `circuit-open`.
        case refuse(code: String)
    }

    private var limiter: RateLimiter
    private var breaker: CircuitBreaker
    private let deadline: Duration?

    package init(settings: QuerySettings, deadline: Duration?) {
        limiter = RateLimiter(ratePerSecond: settings.ratePerSecond)
        breaker = CircuitBreaker(settings: settings.circuit)
        self.deadline = deadline
    }

    /// - Parameter slot: the request's place in the rate, kept by the caller between its calls; nil at first.
    package mutating func admit(now: Duration, slot: inout Duration?) -> Admission {
        if let deadline, now >= deadline { return .refuse(code: "deadline") }
        if slot == nil {
            if let until = breaker.heldUntil(now: now) { return hold(until, now: now) }
            // A slot beyond the deadline is not taken, so that nothing is reserved in vain.
            if let deadline, limiter.slot(now: now) >= deadline { return .refuse(code: "deadline") }
            slot = limiter.take(now: now)
        }
        if let slot, slot > now { return .wait(until: slot) }
        switch breaker.admit(now: now) {
        case .go(let permit): return .go(permit)
        case .wait(let until):
            // It opened while this request waited for its turn; the turn is lost.
            slot = nil
            return hold(until, now: now)
        }
    }

    /// Whether the circuit lets everything through.
    package var isCircuitClosed: Bool { breaker.isClosed }

    /// A later round begins.
    package mutating func beginRound(now: Duration) { breaker.startAfresh(now: now) }

    /// A request that was let go has ended.
    package mutating func record(isFailure: Bool, permit: CircuitBreaker.Permit, now: Duration) {
        breaker.record(isFailure: isFailure, permit: permit, now: now)
    }

    /// While probes are out their end is waited for; where they failed, a later round sends further ones.
    private func hold(_ until: Duration, now: Duration) -> Admission {
        if breaker.isOpen(now: now) { return .refuse(code: "circuit-open") }
        if let deadline, until >= deadline { return .refuse(code: "circuit-open") }
        return .wait(until: until)
    }
}
