import Memory
import Refunds
import TestSupport
import Testing

@Suite struct DenseIndexSetTests {
    /// Against a plain set, for bounds around the size of a word and of a level.
    @Test(arguments: [0, 1, 63, 64, 65, 4_095, 4_096, 4_097])
    func findsNeighboursAsAPlainSetDoes(bound: Int) {
        var random = Seeded()
        for isFull in [false, true] {
            var dense = DenseIndexSet(bound: bound, isFull: isFull)
            var plain = isFull ? Set(0..<bound) : []
            for _ in 0..<60 {
                for _ in 0..<(bound == 0 ? 0 : random.below(bound / 4 + 2)) {
                    let index = random.below(bound)
                    if random.once(in: 2) {
                        dense.insert(index)
                        plain.insert(index)
                    } else {
                        dense.remove(index)
                        plain.remove(index)
                    }
                }
                let index = random.below(bound + 1)
                #expect(dense.first(from: index) == plain.filter { $0 >= index }.min(), "seed \(random.seed)")
                #expect(dense.last(before: index) == plain.filter { $0 < index }.max(), "seed \(random.seed)")
            }
        }
    }
}
