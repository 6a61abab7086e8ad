import Refunds
import Synchronization
import Tasks

/// The stage's time, so that tests need not wait for it.
package protocol QueryClock: Sendable {
    /// Time since a fixed point of this clock's own; it never goes back.
    var now: Duration { get }
    /// The wall clock's time.
    var date: Instant { get }
    /// Returns at a time of `now`, or throws when the task is cancelled.
    func sleep(until time: Duration) async throws
}

/// The machine's clocks.
package struct SystemQueryClock: QueryClock {
    private let start = ContinuousClock.now

    package init() {}

    package var now: Duration { start.duration(to: .now) }

    package var date: Instant {
        let now = WallClock.now
        return Instant(secondsSinceEpoch: Int64(now.seconds), nanoseconds: Int32(now.nanoseconds))
    }

    package func sleep(until time: Duration) async throws {
        try await ContinuousClock().sleep(until: start.advanced(by: time), tolerance: nil)
    }
}

/// Even random numbers of 0..<1 for the jitter of retries: the same seed, the same numbers (SplitMix64).
package final class JitterSource: Sendable {
    private let state: Mutex<UInt64>

    package init(seed: UInt64) { state = Mutex(seed) }

    /// Seeded by the system.
    package convenience init() { self.init(seed: UInt64.random(in: .min ... .max)) }

    package func next() -> Double {
        state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return Double((mixed ^ (mixed >> 31)) >> 11) / Double(UInt64(1) << 53)
        }
    }
}
