extension Array {
    /// The index of the first element of a sorted array for which `isAtOrAfter` holds; the count if there is none.
    @inline(__always)
    public func partitioningIndex(_ isAtOrAfter: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isAtOrAfter(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
