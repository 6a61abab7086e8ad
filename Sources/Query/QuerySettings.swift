/// How hard Atlas may be asked, and for how long.
public struct QuerySettings: Sendable {
    /// At most so many requests in flight.
    public var concurrency = 8
    /// At most so many requests a second; 0 for no limit.
    public var ratePerSecond: Double = 20
    /// For one attempt, from connecting to the last byte.
    public var attemptTimeoutSeconds: Double = 30
    /// For the whole stage, all rounds included; nil for none.
    public var deadlineSeconds: Double?
    /// Attempts and backoff.
    public var retry = RetryPolicy()
    /// Pauses and the end of the later rounds.
    public var rounds = RoundPolicy()
    /// When requests are held back.
    public var circuit = CircuitBreaker.Settings()

    public init() {}

    /// Seconds as a duration: none for what is negative or no number, and no more than can be reckoned with.
    static func duration(_ seconds: Double) -> Duration { .seconds(seconds > 0 ? min(seconds, 1e9) : 0) }

    /// Attempts that a question gets in quick succession, the first included.
    public var attempts: Int {
        get { retry.attempts }
        set { retry.attempts = newValue }
    }
}
