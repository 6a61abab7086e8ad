import Memory
import Refunds
import TestSupport
import Testing

@Suite struct RadixSortTests {
    @Test(arguments: [0, 1, 2, 1000, 5000])
    func sortsByTheUpperHalfAndKeepsTheOrderOfEquals(_ count: Int) {
        var random = Seeded()
        // Few values of the upper half, from all over its range, so that many are equal.
        let elements = (0..<count).map { index in
            (UInt64(truncatingIfNeeded: random.next()) & 0x8F0F_00F1_0000_0000) | UInt64(count - index)
        }
        var sorted = elements
        sorted.sortByUpperHalf()
        let expected = elements.enumerated()
            .sorted { ($0.element >> 32, $0.offset) < ($1.element >> 32, $1.offset) }.map(\.element)
        #expect(sorted == expected, "seed \(random.seed)")
    }
}
