import Synchronization

/// The state that questions in flight share: gate, quota and counts. The pure parts make the decisions.
///
/// A lock and no actor: each call is over in less time than a change of tasks takes.
final class QueryGovernor: Sendable {
    private struct State {
        var gate: AdmissionGate
        var quota = RetryQuota()
        var counts = QueryCounts()
        var inFlight = 0
        var latestProgress: Duration?
    }

    private let state: Mutex<State>
    private let total: Int
    private let start: Duration
    private let progress: (@Sendable (QueryProgress) -> Void)?

    /// Progress is reported at most four times a second.
    private static let progressInterval: Duration = .milliseconds(250)

    init(
        gate: AdmissionGate, resumed: Int, total: Int, start: Duration,
        progress: (@Sendable (QueryProgress) -> Void)?
    ) {
        var state = State(gate: gate)
        state.counts.resumed = resumed
        state.counts.ok = resumed
        self.state = Mutex(state)
        self.total = total
        self.start = start
        self.progress = progress
    }

    var counts: QueryCounts { state.withLock { $0.counts } }

    /// See `AdmissionGate.isCircuitClosed`.
    var isCircuitClosed: Bool { state.withLock { $0.gate.isCircuitClosed } }

    /// See `AdmissionGate.admit`.
    func admit(now: Duration, slot: inout Duration?) -> AdmissionGate.Admission {
        state.withLock { state in
            let admission = state.gate.admit(now: now, slot: &slot)
            if case .go = admission {
                state.counts.attempts += 1
                state.inFlight += 1
                state.counts.peakInFlight = max(state.counts.peakInFlight, state.inFlight)
            }
            return admission
        }
    }

    /// The next step of a question whose attempt has ended.
    ///
    /// - Parameter resends: requests that the attempt took beyond one.
    func received(
        _ verdict: AttemptVerdict, _ permit: CircuitBreaker.Permit, _ machine: inout RetryStateMachine, sent: Duration,
        now: Duration, jitter: Double, resends: Int
    ) -> RetryStateMachine.Action {
        state.withLock { state in
            state.inFlight -= 1
            state.counts.attempts += resends
            state.counts.latencies.record(now - sent)
            state.gate.record(isFailure: verdict.isOutage, permit: permit, now: now)
            tellProgress(&state, now: now)
            return machine.received(verdict, now: now, jitter: jitter, quota: &state.quota)
        }
    }

    /// A later round begins: with one question that is sent once, the probe, or with all that wait.
    func beginRound(isProbing: Bool, now: Duration) {
        state.withLock { state in
            state.gate.beginRound(now: now)
            state.quota = RetryQuota(tokens: isProbing ? 0 : RetryQuota.capacity)
            state.counts.rounds += 1
        }
    }

    /// The probe is answered: the others follow.
    func endProbing() { state.withLock { $0.quota = RetryQuota() } }

    /// The number of questions that wait for a later round, and when that begins if it is known.
    func wait(_ count: Int, until time: Duration? = nil, now: Duration) {
        state.withLock { state in
            state.counts.waiting = count
            tellProgress(&state, pauseUntil: time, now: now)
        }
    }

    /// A question has its line.
    func finished(isOK: Bool, now: Duration) {
        state.withLock { state in
            state.counts.asked += 1
            state.counts.elapsed = now - start
            if isOK { state.counts.ok += 1 } else { state.counts.failed += 1 }
            tellProgress(&state, now: now)
        }
    }

    /// Within the lock, so that reported numbers never go down.
    private func tellProgress(_ state: inout State, pauseUntil: Duration? = nil, now: Duration) {
        guard let progress else { return }
        let isDue = pauseUntil != nil || state.counts.ok + state.counts.failed == total
        if !isDue, let latest = state.latestProgress, now - latest < Self.progressInterval { return }
        state.latestProgress = now
        progress(
            QueryProgress(state.counts, total: total, elapsed: now - start, pause: pauseUntil.map { $0 - now }))
    }
}
