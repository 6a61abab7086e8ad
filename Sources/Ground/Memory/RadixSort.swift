extension [UInt64] {
    /// Sorts by the upper 32 bits; elements that are equal in these keep their order. Three passes over the elements, whatever
    /// their number.
    public mutating func sortByUpperHalf() {
        let digitBits: UInt64 = 11
        var other = [UInt64](repeating: 0, count: count)
        for shift in stride(from: UInt64(32), to: 64, by: Int(digitBits)) {
            var starts = [Int](repeating: 0, count: 1 << digitBits + 1)
            let mask = UInt64(1) << digitBits - 1
            for element in self { starts[Int(element >> shift & mask) + 1] += 1 }
            for digit in 1..<starts.count { starts[digit] += starts[digit - 1] }
            for element in self {
                let digit = Int(element >> shift & mask)
                other[starts[digit]] = element
                starts[digit] += 1
            }
            swap(&self, &other)
        }
    }
}
