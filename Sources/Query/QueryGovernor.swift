/// What the questions in flight share: gate, quota and counts. It decides nothing itself; the pure parts do.
actor QueryGovernor {
    private var gate: AdmissionGate
    private var quota = RetryQuota()
    private(set) var counts = QueryCounts()
    private var inFlight = 0
    private let total: Int
    private let start: Duration
    private let progress: (@Sendable (QueryProgress) -> Void)?
    private var latestProgress: Duration?

    /// Progress is told at most four times a second.
    private static let progressInterval: Duration = .milliseconds(250)

    init(
        gate: AdmissionGate, resumed: Int, total: Int, start: Duration,
        progress: (@Sendable (QueryProgress) -> Void)?
    ) {
        self.gate = gate
        self.total = total
        self.start = start
        self.progress = progress
        counts.resumed = resumed
        counts.ok = resumed
    }

    /// See `AdmissionGate.admit`; the slot comes back with the answer, for an actor's method takes no `inout` across tasks.
    func admit(now: Duration, slot: Duration?) -> (AdmissionGate.Admission, slot: Duration?) {
        var slot = slot
        let admission = gate.admit(now: now, slot: &slot)
        if case .go = admission {
            counts.attempts += 1
            inFlight += 1
            counts.peakInFlight = max(counts.peakInFlight, inFlight)
        }
        return (admission, slot)
    }

    /// An attempt has ended: what its question does next.
    func received(
        _ verdict: AttemptVerdict, _ permit: CircuitBreaker.Permit, _ machine: RetryStateMachine, sent: Duration,
        now: Duration, jitter: Double
    ) -> (RetryStateMachine, RetryStateMachine.Action) {
        inFlight -= 1
        counts.latencies.record(now - sent)
        gate.record(isFailure: verdict.isOutage, permit: permit, now: now)
        var machine = machine
        let action = machine.received(verdict, now: now, jitter: jitter, quota: &quota)
        tellProgress(now: now)
        return (machine, action)
    }

    /// A question has its line.
    func finished(isOK: Bool, now: Duration) {
        counts.asked += 1
        counts.elapsed = now - start
        if isOK { counts.ok += 1 } else { counts.failed += 1 }
        tellProgress(now: now)
    }

    private func tellProgress(now: Duration) {
        guard let progress else { return }
        let isLast = counts.ok + counts.failed == total
        if !isLast, let latestProgress, now - latestProgress < Self.progressInterval { return }
        latestProgress = now
        progress(QueryProgress(counts, total: total, elapsed: now - start))
    }
}
