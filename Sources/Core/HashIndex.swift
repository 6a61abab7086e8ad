/// Finds elements of an array by a hash of their key, holding nothing but their indices: an element's key is compared
/// where it stands. Open addressing with linear probing; at most half full.
public struct HashIndex: Sendable {
    private var slots: [Int32]
    private var count = 0

    /// An index with room for so many elements before it has to grow.
    public init(capacity: Int = 16) {
        slots = [Int32](repeating: -1, count: max(32, capacity * 2).roundedUpToPowerOfTwo)
    }

    /// The index of the element with that hash for which `isMatch` holds.
    @inline(__always)
    public func find(_ hash: Int, _ isMatch: (Int) -> Bool) -> Int? {
        var slot = hash & (slots.count - 1)
        while case let found = slots[slot], found >= 0 {
            if isMatch(Int(found)) { return Int(found) }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Adds an element that is not in the index.
    ///
    /// - Parameter hashOf: the hash of an element that was added before, needed when the index grows.
    public mutating func insert(_ index: Int, _ hash: Int, hashOf: (Int) -> Int) {
        if (count + 1) * 2 > slots.count { grow(hashOf) }
        place(Int32(index), hash)
        count += 1
    }

    private mutating func place(_ index: Int32, _ hash: Int) {
        var slot = hash & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = index
    }

    private mutating func grow(_ hashOf: (Int) -> Int) {
        let elements = slots.filter { $0 >= 0 }
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for element in elements { place(element, hashOf(Int(element))) }
    }
}

extension Int {
    fileprivate var roundedUpToPowerOfTwo: Int { 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
