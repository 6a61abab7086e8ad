import Memory

/// The names of members that a document has met, each with a number, and which name followed which.
///
/// Line after line has the same names in the same order. So the next name is guessed from the one before it and compared
/// with what stands there, eight bytes at a time; it needs no scanning and no hash, and a number is enough to find it by
/// and to see it twice. A guess that is wrong costs only time: then the name is read and looked up.
@safe struct JSONKeyTable {
    /// The number of names that get numbers; only names no longer than `longest` do.
    private static let capacity = 126
    private static let longest = 61
    /// The number of no name.
    static let none: UInt8 = 126
    /// The number of all names that have none of their own.
    static let other: UInt8 = 127

    /// A name as in a text: `"name":`.
    private struct Entry {
        /// The bytes, filled up with zeros. They come first, so that an entry's address is theirs.
        var bytes: InlineArray<8, UInt64> = .init(repeating: 0)
        /// How many bytes it has with its quotes and its colon.
        var count = 0
        /// Which bytes of the last word belong to it.
        var lastMask: UInt64 = 0
        var hash: UInt32 = 0
        /// Up to two lines of the cache, so that an entry is found by a shift.
        private var padding: InlineArray<5, UInt64> = .init(repeating: 0)
    }

    private let entries: UnsafeMutablePointer<Entry>
    private let entryCount: UnsafeMutablePointer<Int>
    /// Numbers by hash.
    private let slots: UnsafeMutablePointer<UInt8>
    private static let slotCount = 256
    /// By container and name, the name that followed the last time.
    private let following: UnsafeMutablePointer<UInt8>
    private static let followingCount = 128 * 128

    /// A constant that was asked for, and its number when the table had that many names.
    @safe private struct Asked {
        var start: UnsafePointer<UInt8>?
        var count = 0
        var number = JSONKeyTable.other
        var entryCount = 0
    }

    private let asked: UnsafeMutablePointer<Asked>
    private static let askedCount = 128

    init() {
        unsafe asked = .allocate(capacity: Self.askedCount)
        unsafe asked.initialize(repeating: Asked(), count: Self.askedCount)
        unsafe entries = .allocate(capacity: Self.capacity)
        unsafe entryCount = .allocate(capacity: 1)
        unsafe entryCount.initialize(to: 0)
        unsafe slots = .allocate(capacity: Self.slotCount)
        unsafe slots.initialize(repeating: Self.none, count: Self.slotCount)
        unsafe following = .allocate(capacity: Self.followingCount)
        unsafe following.initialize(repeating: Self.none, count: Self.followingCount)
    }

    func deallocate() {
        unsafe asked.deallocate()
        unsafe entries.deallocate()
        unsafe entryCount.deallocate()
        unsafe slots.deallocate()
        unsafe following.deallocate()
    }

    // MARK: Guessing

    @inline(__always)
    func guess(after previous: UInt8, in container: UInt8) -> UInt8 {
        unsafe following[Int(container) << 7 | Int(previous)]
    }

    /// Remembers which name followed.
    func learn(_ number: UInt8, after previous: UInt8, in container: UInt8) {
        if number < Self.none { unsafe following[Int(container) << 7 | Int(previous)] = number }
    }

    /// Where the name with its quotes and colon ends if it stands at the scanner's position; nil if it does not, or if too
    /// little text follows to see it quickly.
    @inline(__always)
    func end(of number: UInt8, at scanner: JSONScanner) -> Int? {
        guard number < Self.none else { return nil }
        let entry = unsafe entries + Int(number)
        let words = UnsafeRawPointer(entry)
        let count = unsafe entry.pointee.count
        let lastWord = (count &- 1) &>> 3
        guard scanner.position &+ lastWord &<< 3 &+ 8 <= scanner.count else { return nil }
        let text = unsafe UnsafeRawPointer(scanner.base + scanner.position)
        var word = 0
        while word < lastWord {
            if unsafe text.loadUnaligned(fromByteOffset: word &<< 3, as: UInt64.self)
                != words.load(fromByteOffset: word &<< 3, as: UInt64.self)
            {
                return nil
            }
            word &+= 1
        }
        let last = unsafe text.loadUnaligned(fromByteOffset: lastWord &<< 3, as: UInt64.self)
        guard unsafe (last ^ words.load(fromByteOffset: lastWord &<< 3, as: UInt64.self)) & entry.pointee.lastMask == 0
        else {
            return nil
        }
        return scanner.position &+ count
    }

    // MARK: Numbers

    /// The number of a name, `other` if it has none.
    @inline(__always)
    func number(of key: JSONKey) -> UInt8 {
        // A constant keeps its address. One that the linker placed twice is looked up twice, and gets the same number.
        let start = unsafe key.name.utf8Start
        let asked =
            unsafe asked + Int(UInt(bitPattern: start) >> 2 ^ UInt(bitPattern: start) >> 9) & (Self.askedCount - 1)
        let known = unsafe asked.pointee
        if unsafe known.start == start, known.count == key.name.utf8CodeUnitCount,
            unsafe known.number != Self.other || known.entryCount == entryCount.pointee
        {
            return known.number
        }
        let name = unsafe UnsafeBufferPointer(start: start, count: key.name.utf8CodeUnitCount)
        let number = unsafe number(of: name, hash: TextHash.of(name.span)) ?? Self.other
        unsafe asked.pointee = Asked(start: start, count: name.count, number: number, entryCount: entryCount.pointee)
        return number
    }

    /// The number of a name, a new one if it is met for the first time and there is room.
    func number(learning name: UnsafeBufferPointer<UInt8>) -> UInt8 {
        let hash = unsafe TextHash.of(name.span)
        if let number = unsafe number(of: name, hash: hash) { return number }
        guard unsafe entryCount.pointee < Self.capacity, name.count <= Self.longest else { return Self.other }
        let number = unsafe UInt8(entryCount.pointee)
        unsafe (entries + Int(number)).initialize(to: Self.entry(name, hash))
        unsafe entryCount.pointee += 1
        var slot = Int(hash) & (Self.slotCount - 1)
        while unsafe slots[slot] != Self.none { slot = (slot + 1) & (Self.slotCount - 1) }
        unsafe slots[slot] = number
        return number
    }

    /// The number of a name that was not asked for by a constant.
    func number(of name: UnsafeBufferPointer<UInt8>) -> UInt8 {
        unsafe number(of: name, hash: TextHash.of(name.span)) ?? Self.other
    }

    @inline(__always)
    private func number(of name: UnsafeBufferPointer<UInt8>, hash: UInt32) -> UInt8? {
        var slot = Int(hash) & (Self.slotCount - 1)
        while case let number = unsafe slots[slot], number != Self.none {
            let entry = unsafe entries + Int(number)
            if unsafe entry.pointee.hash == hash, unsafe isName(number, name) { return number }
            slot = (slot + 1) & (Self.slotCount - 1)
        }
        return nil
    }

    @inline(__always)
    private func isName(_ number: UInt8, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard unsafe entries[Int(number)].count == name.count + 3 else { return false }
        let text = unsafe UnsafeRawPointer(entries + Int(number)) + 1
        for index in 0..<name.count where unsafe text.load(fromByteOffset: index, as: UInt8.self) != name[index] {
            return false
        }
        return true
    }

    private static func entry(_ name: UnsafeBufferPointer<UInt8>, _ hash: UInt32) -> Entry {
        var entry = Entry()
        entry.count = name.count + 3
        entry.hash = hash
        unsafe withUnsafeMutableBytes(of: &entry.bytes) { bytes in
            unsafe bytes[0] = UInt8(ascii: "\"")
            for index in 0..<name.count { unsafe bytes[index + 1] = name[index] }
            unsafe bytes[name.count + 1] = UInt8(ascii: "\"")
            unsafe bytes[name.count + 2] = UInt8(ascii: ":")
        }
        // The bytes of a word are in memory as in the text, the lowest first.
        entry.lastMask = UInt64(littleEndian: .max >> UInt64(63 - (entry.count * 8 - 1) % 64))
        return entry
    }
}
