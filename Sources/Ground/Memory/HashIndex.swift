/// Finds elements of an array by a hash of their key, holding nothing but their indices and a part of each hash: an
/// element's key is compared where it stands. Open addressing with linear probing; at most half full.
public struct HashIndex: Sendable {
    struct Slot: Sendable {
        /// Of the element; negative for none.
        var index: Int32
        /// The hash's low half: enough to go on from when the index grows, and to pass over most others.
        var hash: UInt32
    }

    var slots: [Slot]
    private var count = 0

    /// An index with room for a number of elements before it has to grow.
    public init(capacity: Int = 16) {
        slots = [Slot](
            repeating: Slot(index: -1, hash: 0), count: max(32, capacity * 2).roundedUpToPowerOfTwo)
    }

    /// The index of the element with that hash for which `isMatch` holds.
    @inline(__always)
    public func find(_ hash: Int, _ isMatch: (Int) -> Bool) -> Int? { withFinder { $0.find(hash, isMatch) } }

    /// Fetches where the search for a hash begins.
    @inline(__always)
    public func prefetchSlot(_ hash: Int) { withFinder { $0.prefetchSlot(hash) } }

    /// Finds elements for as long as the index stays as it is, without counting references to it.
    public var finder: Finder { @_lifetime(borrow self) get { Finder(slots: slots.span) } }

    /// Calls `body` with a lookup that is valid as long as the index does not change.
    @inline(__always)
    public func withFinder<Result>(_ body: (Finder) -> Result) -> Result {
        body(finder)
    }

    /// Finds elements without counting references to the index.
    public struct Finder: ~Escapable {
        private let slots: Span<Slot>

        @inline(__always)
        @_lifetime(copy slots)
        init(slots: Span<Slot>) { self.slots = slots }

        @inline(__always)
        public func find(_ hash: Int, _ isMatch: (Int) -> Bool) -> Int? {
            let hash = UInt32(truncatingIfNeeded: hash)
            var place = Int(hash) & (slots.count - 1)
            while case let slot = slots[place], slot.index >= 0 {
                if slot.hash == hash, isMatch(Int(slot.index)) { return Int(slot.index) }
                place = (place + 1) & (slots.count - 1)
            }
            return nil
        }

        /// Fetches where the search for a hash begins.
        @inline(__always)
        public func prefetchSlot(_ hash: Int) {
            slots.prefetch(at: Int(UInt32(truncatingIfNeeded: hash)) & (slots.count - 1))
        }

        /// The element at which the search for a hash begins: mostly the one with that hash.
        @inline(__always)
        public func firstCandidate(_ hash: Int) -> Int? {
            let index = slots[Int(UInt32(truncatingIfNeeded: hash)) & (slots.count - 1)].index
            return index < 0 ? nil : Int(index)
        }
    }

    /// Makes room for a total number of elements.
    public mutating func reserve(_ capacity: Int) {
        if capacity * 2 > slots.count { grow(to: (capacity * 2).roundedUpToPowerOfTwo) }
    }

    /// Adds an element that is not in the index.
    public mutating func insert(_ index: Int, _ hash: Int) {
        if (count + 1) * 2 > slots.count { grow(to: slots.count * 2) }
        place(Slot(index: Int32(index), hash: UInt32(truncatingIfNeeded: hash)))
        count += 1
    }

    /// Gives every element the index that it has now.
    public mutating func renumber(_ newIndex: (Int) -> Int) {
        for place in slots.indices where slots[place].index >= 0 {
            slots[place].index = Int32(newIndex(Int(slots[place].index)))
        }
    }

    private mutating func place(_ slot: Slot) {
        var place = Int(slot.hash) & (slots.count - 1)
        while slots[place].index >= 0 { place = (place + 1) & (slots.count - 1) }
        slots[place] = slot
    }

    private mutating func grow(to slotCount: Int) {
        let elements = slots.filter { $0.index >= 0 }
        slots = [Slot](repeating: Slot(index: -1, hash: 0), count: slotCount)
        for element in elements { place(element) }
    }
}

extension Int {
    fileprivate var roundedUpToPowerOfTwo: Int { 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
