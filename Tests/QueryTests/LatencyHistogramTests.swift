import Query
import Testing

@Suite struct LatencyHistogramTests {
    @Test func nothingHasNoQuantile() { #expect(LatencyHistogram().microseconds(permille: 500) == nil) }

    /// Exact below sixteen microseconds, at most a sixteenth too high above.
    @Test(arguments: [0, 1, 15, 16, 17, 31, 32, 33, 999, 1000, 65_535, 65_536, 1_000_000, 3_600_000_000])
    func oneRequest(_ microseconds: Int) throws {
        var histogram = LatencyHistogram()
        histogram.record(.microseconds(microseconds))
        let found = try #require(histogram.microseconds(permille: 990))
        #expect(found >= microseconds)
        #expect(found <= microseconds + microseconds / 16)
    }

    @Test func quantilesOfMany() throws {
        var histogram = LatencyHistogram()
        for milliseconds in (1...1000).reversed() { histogram.record(.milliseconds(milliseconds)) }
        let median = try #require(histogram.microseconds(permille: 500))
        let high = try #require(histogram.microseconds(permille: 990))
        #expect((500_000...531_250).contains(median))
        #expect((990_000...1_051_875).contains(high))
        #expect(histogram.count == 1000)
    }

    @Test func aTimeThatRunsBackwardsCountsAsNone() {
        var histogram = LatencyHistogram()
        histogram.record(.seconds(-1))
        #expect(histogram.microseconds(permille: 1000) == 0)
    }

    @Test func inWords() {
        var counts = QueryCounts()
        for _ in 0..<2 { counts.latencies.record(.microseconds(15)) }
        counts.attempts = 2
        counts.elapsed = .milliseconds(1004)
        counts.peakInFlight = 1
        #expect(
            counts.text == "2 requests in 1.004 s, 1 a second, p50 0.0 ms, p99 0.0 ms, at most 1 in flight")
    }
}
