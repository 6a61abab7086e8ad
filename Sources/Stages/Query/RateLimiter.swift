/// Spaces requests evenly, by virtual scheduling: each gets the next free slot, and a pause earns no burst.
package struct RateLimiter: Sendable {
    /// One in eleven days; fewer cannot be reckoned with.
    private static let leastRate = 1e-6

    private let interval: Duration
    private var nextSlot: Duration = .zero

    /// - Parameter ratePerSecond: 0 or less (or no number) for no limit.
    package init(ratePerSecond: Double) {
        interval = ratePerSecond > 0 ? .seconds(1) / max(ratePerSecond, Self.leastRate) : .zero
    }

    /// When the next request could be sent; it takes nothing.
    package func slot(now: Duration) -> Duration { max(nextSlot, now) }

    /// Takes the next slot: the time at which the request may be sent.
    package mutating func take(now: Duration) -> Duration {
        let slot = slot(now: now)
        nextSlot = slot + interval
        return slot
    }
}
