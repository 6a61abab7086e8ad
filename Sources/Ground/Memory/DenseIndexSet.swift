/// A set of indices below a fixed bound that finds the next and the previous member of any index in a few steps, however
/// many indices lie between.
public struct DenseIndexSet: Sendable {
    /// One bit an index in the first level, one bit a word of the level below in each further one; the last is one word.
    private var levels: [[UInt64]] = []

    /// An empty set, or that of all indices below `bound`.
    public init(bound: Int, isFull: Bool = false) {
        var count = max(bound, 1)
        repeat {
            var words = [UInt64](repeating: isFull ? .max : 0, count: (count + 63) / 64)
            if isFull, count % 64 != 0 { words[words.count - 1] = (1 << UInt64(count % 64)) - 1 }
            if bound == 0 { words[0] = 0 }
            levels.append(words)
            count = words.count
        } while count > 1
    }

    public mutating func insert(_ index: Int) {
        var index = index
        for level in levels.indices {
            levels[level][index / 64] |= 1 << UInt64(index % 64)
            index /= 64
        }
    }

    public mutating func remove(_ index: Int) {
        var index = index
        for level in levels.indices {
            levels[level][index / 64] &= ~(1 << UInt64(index % 64))
            if levels[level][index / 64] != 0 { return }
            index /= 64
        }
    }

    /// The least member that is not below `index`.
    public func first(from index: Int) -> Int? {
        var (level, index) = (0, index)
        while level < levels.count {
            guard index / 64 < levels[level].count else { return nil }
            let rest = levels[level][index / 64] >> UInt64(index % 64)
            if rest != 0 { return lowest(under: index + rest.trailingZeroBitCount, level) }
            index = index / 64 + 1
            level += 1
        }
        return nil
    }

    /// The greatest member below `index`.
    public func last(before index: Int) -> Int? {
        var (level, index) = (0, index)
        while level < levels.count, index > 0 {
            let last = index - 1
            let rest = levels[level][last / 64] << UInt64(63 - last % 64)
            if rest != 0 { return highest(under: last - rest.leadingZeroBitCount, level) }
            index = last / 64
            level += 1
        }
        return nil
    }

    private func lowest(under index: Int, _ level: Int) -> Int {
        (0..<level).reversed().reduce(index) { $0 * 64 + levels[$1][$0].trailingZeroBitCount }
    }

    private func highest(under index: Int, _ level: Int) -> Int {
        (0..<level).reversed().reduce(index) { $0 * 64 + 63 - levels[$1][$0].leadingZeroBitCount }
    }
}
