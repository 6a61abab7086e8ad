/// How long requests took, in constant memory: every power of two of microseconds is cut into sixteen, so that a quantile is
/// at most a sixteenth too high.
package struct LatencyHistogram: Sendable, Equatable {
    private var counts = [Int](repeating: 0, count: 64 * 16)
    package private(set) var count = 0

    package init() {}

    package mutating func record(_ latency: Duration) {
        let (seconds, attoseconds) = latency.components
        let microseconds = max(0, Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000))
        counts[Self.bucket(microseconds)] += 1
        count += 1
    }

    /// The microseconds that a share of the requests, in thousandths, took at most; nil if there were none.
    package func microseconds(permille: Int) -> Int? {
        guard count > 0 else { return nil }
        var rest = (count * permille + 999) / 1000
        for (bucket, inBucket) in counts.enumerated() {
            rest -= inBucket
            if rest <= 0 { return Self.upperBound(bucket) }
        }
        return nil
    }

    private static func bucket(_ microseconds: Int) -> Int {
        if microseconds < 16 { return microseconds }
        let power = Int.bitWidth - 1 - microseconds.leadingZeroBitCount
        return (power - 3) * 16 + (microseconds >> (power - 4)) - 16
    }

    private static func upperBound(_ bucket: Int) -> Int {
        if bucket < 16 { return bucket }
        let power = bucket / 16 + 3
        return ((bucket % 16 + 17) << (power - 4)) - 1
    }
}
