/// How often and how soon a question is asked again (FORMATS.md, "Statuses: the query and its journal").
package struct RetryPolicy: Sendable {
    /// The attempts in quick succession, including the first; then one in each later round.
    package var attempts = 4
    /// The longest wait before the first retry; it doubles with every further one.
    package var base: Duration = .milliseconds(50)
    package var cap: Duration = .seconds(20)
    /// A server that wants a longer rest than this is asked in a later round: nothing else waits for it meanwhile.
    package var longestRetryAfter: Duration = .seconds(300)

    package init() {}

    /// The wait before a retry, counted from 1: anything between nothing and the longest, by `jitter` of 0..<1.
    func backoff(retry: Int, jitter: Double) -> Duration {
        var longest = base
        for _ in 1..<max(retry, 1) where longest < cap { longest *= 2 }
        return min(longest, cap) * jitter
    }
}

/// The retries that a round may spend: where everything fails, the load must not multiply.
package struct RetryQuota: Sendable {
    package static let capacity = 500
    /// The cost of a retry after a transient failure, and after being throttled.
    package static let transientCost = 14
    package static let throttledCost = 5
    /// The tokens that a success without a retry returns.
    package static let successGain = 1

    package private(set) var tokens: Int

    package init(tokens: Int = RetryQuota.capacity) { self.tokens = tokens }

    /// Takes a retry's cost, or nothing if it cannot be paid.
    package mutating func take(_ cost: Int) -> Bool {
        guard tokens >= cost else { return false }
        tokens -= cost
        return true
    }

    /// A success returns the tokens of its last retry.
    package mutating func giveBack(_ cost: Int?) {
        tokens = min(tokens + (cost ?? Self.successGain), Self.capacity)
    }
}
