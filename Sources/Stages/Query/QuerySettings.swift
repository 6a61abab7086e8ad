/// How hard Atlas may be asked, and for how long.
package struct QuerySettings: Sendable {
    /// The most requests in flight.
    package var concurrency = 8
    /// The most requests a second; 0 for no limit.
    package var ratePerSecond: Double = 20
    /// For one attempt, from connecting to the last byte.
    package var attemptTimeoutSeconds: Double = 30
    /// For the whole stage, all rounds included; nil for none.
    package var deadlineSeconds: Double?
    /// Attempts and backoff.
    package var retry = RetryPolicy()
    /// Pauses and the end of the later rounds.
    package var rounds = RoundPolicy()
    /// When requests are held back.
    package var circuit = CircuitBreaker.Settings()

    package init() {}

    /// Seconds as a duration: zero if negative or not a number, and no more than arithmetic allows.
    static func duration(_ seconds: Double) -> Duration { .seconds(seconds > 0 ? min(seconds, 1e9) : 0) }

    /// Attempts that a question gets in quick succession, the first included.
    package var attempts: Int {
        get { retry.attempts }
        set { retry.attempts = newValue }
    }
}
