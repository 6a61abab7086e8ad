import Synchronization

/// Memory for the bytes of texts: handed out from slabs one after the other, and never given back.
///
/// A run keeps its records until it ends, and a text that owns no memory can be copied as two words. Each task has an
/// arena of its own, so that none waits for another. It is one word, which is never given back either: it goes with every
/// field that is decoded, and counts no references.
@safe public struct TextArena {
    /// The rest of a slab.
    @unsafe private struct Slab {
        var next: UnsafeMutablePointer<UInt8>
        var left = 0
    }

    private let slab: UnsafeMutablePointer<Slab>

    /// Small, for a slab is left half empty where a task ends.
    private static let slabByteCount = 8 * 1024

    public init() {
        unsafe slab = .allocate(capacity: 1)
        unsafe slab.initialize(to: Slab(next: .allocate(capacity: 1)))
    }

    /// A copy of the bytes that stays.
    @inline(__always)
    @_lifetime(immortal)
    func keep(_ bytes: Span<UInt8>) -> Span<UInt8> {
        if unsafe bytes.count > slab.pointee.left { takeSlab(bytes.count) }
        let kept = unsafe slab.pointee.next
        unsafe bytes.withUnsafeBufferPointer { bytes in
            if let source = bytes.baseAddress { unsafe kept.update(from: source, count: bytes.count) }
        }
        unsafe slab.pointee.next += bytes.count
        unsafe slab.pointee.left -= bytes.count
        return unsafe _overrideLifetime(UnsafeBufferPointer(start: kept, count: bytes.count).span, copying: ())
    }

    private func takeSlab(_ neededByteCount: Int) {
        let count = max(Self.slabByteCount, neededByteCount)
        unsafe slab.pointee = Slab(next: .allocate(capacity: count), left: count)
    }

    // MARK: Shared texts

    /// Texts that were made without an arena.
    private struct Shared {
        var texts: Set<Text> = []
        let arena = TextArena()
    }

    private static let shared = Mutex(Shared())

    /// The text with bytes that stay; equal texts get the same ones, so that a process which reads the same texts for ever
    /// does not grow for ever.
    static func shared(_ text: Text) -> Text {
        shared.withLock { shared in
            if let found = shared.texts.firstIndex(of: text) { return shared.texts[found] }
            let new = text.kept(in: shared.arena)
            shared.texts.insert(new)
            return new
        }
    }
}

/// The hash of a text's bytes: eight at a time, each step a full multiplication folded (as in wyhash).
public enum TextHash {
    /// The first 64 bits of the fraction of π. It is a declared number because the code is inlined into many modules, and all of
    /// them must give equal texts the same hash, however they are linked.
    @inline(__always)
    static var seed: UInt64 { 0x243F_6A88_85A3_08D3 }

    @inline(__always)
    public static func of(_ bytes: Span<UInt8>) -> UInt32 {
        let (count, raw) = unsafe (bytes.count, bytes.bytes)
        var state = seed ^ UInt64(truncatingIfNeeded: count)
        var index = 0
        while index &+ 8 <= count {
            state = unsafe mixed(state ^ raw.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self))
            index &+= 8
        }
        if index < count {
            if count >= 8 {
                let last = unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: count &- 8, as: UInt64.self)
                state = mixed(state ^ last)
            } else {
                var rest: UInt64 = 0
                for index in 0..<count { rest = unsafe rest << 8 | UInt64(bytes[unchecked: index]) }
                state = mixed(state ^ rest)
            }
        }
        return UInt32(truncatingIfNeeded: mixed(state))
    }

    @inline(__always)
    static func mixed(_ state: UInt64) -> UInt64 {
        let (high, low) = state.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return high ^ low
    }
}
