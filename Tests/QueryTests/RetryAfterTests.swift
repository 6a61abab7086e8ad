import Memory
import Query
import Refunds
import Testing

@Suite("Retry-After")
struct RetryAfterTests {
    /// Wed, 01 Oct 2025 01:00:00 GMT
    private static let date = Instant(secondsSinceEpoch: 1_759_280_400)

    @Test(arguments: [
        (["0"], Duration.zero), (["7"], .seconds(7)), ([" 7 "], .seconds(7)), (["007"], .seconds(7)),
        (["1000000000"], .seconds(1_000_000_000)),
        (["99999999999999999999999"], .seconds(1_000_000_000_000)),
        (["Wed, 01 Oct 2025 01:00:30 GMT"], .seconds(30)),
        (["Wednesday, 01-Oct-25 01:00:30 GMT"], .seconds(30)),
        (["Wed Oct  1 01:00:30 2025"], .seconds(30)),
        (["Sun, 06 Nov 1994 08:49:37 GMT"], .zero), (["Sunday, 06-Nov-94 08:49:37 GMT"], .zero),
        (["5", "9"], .seconds(9)), (["NaN", "9"], .seconds(9)),
    ])
    func understood(_ values: [String], _ delay: Duration) {
        #expect(RetryAfter.delay(values, at: Self.date) == delay)
    }

    @Test(arguments: [
        [], [""], ["-1"], ["+1"], ["1e9"], ["NaN"], ["inf"], ["1.5"], ["1 2"], ["5, 9"], ["0x10"], ["soon"],
        ["Wed, 32 Oct 2025 01:00:30 GMT"], ["Wed, 01 Oct 2025 01:00:30 CET"], ["Wed, 01 Okt 2025 01:00:30 GMT"],
        ["Wed, 01 Oct 2025 25:00:30 GMT"], ["2025-10-01T01:00:30Z"], ["Wed, 1 Oct 2025 01:00:30 GMT"],
    ])
    func ignored(_ values: [String]) { #expect(RetryAfter.delay(values, at: Self.date) == nil) }

    @Test func aFractionOfTheClockIsTakenOff() {
        let date = Instant(secondsSinceEpoch: Self.date.secondsSinceEpoch, nanoseconds: 250_000_000)
        #expect(RetryAfter.delay(["Wed, 01 Oct 2025 01:00:30 GMT"], at: date) == .milliseconds(29_750))
    }
}
