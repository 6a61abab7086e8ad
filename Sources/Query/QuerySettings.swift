/// How hard Atlas may be asked, and for how long.
public struct QuerySettings: Sendable {
    /// At most so many requests in flight.
    public var concurrency = 8
    /// At most so many requests a second; 0 for no limit.
    public var ratePerSecond: Double = 20
    /// For one attempt, from connecting to the last byte.
    public var attemptTimeoutSeconds: Double = 30
    /// For the whole stage; nil for none.
    public var deadlineSeconds: Double?
    /// Without a deadline: how long an outage may last before what is still to be asked is given up as `circuit-open`.
    public var outagePatienceSeconds: Double = 60
    /// Attempts, backoff and the quota of retries.
    public var retry = RetryPolicy()
    /// When requests are held back.
    public var circuit = CircuitBreaker.Settings()

    public init() {}

    /// Seconds as a duration: none for what is negative or no number, and no more than can be reckoned with.
    static func duration(_ seconds: Double) -> Duration { .seconds(seconds > 0 ? min(seconds, 1e9) : 0) }

    /// Attempts a question gets at most, the first included.
    public var attempts: Int {
        get { retry.attempts }
        set { retry.attempts = newValue }
    }
}
