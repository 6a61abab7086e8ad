import Synchronization

/// Memory for the bytes of texts: handed out from slabs one after the other, and never given back.
///
/// A run keeps its records until it ends, and a text that owns no memory can be copied as two words. Each task has an
/// arena of its own, so that none waits for another. It is one word, which is never given back either: it goes with every
/// field that is decoded, and counts no references.
public struct TextArena {
    /// The rest of a slab.
    struct Slab {
        var next: UnsafeMutablePointer<UInt8>
        var left = 0
    }

    let slab: UnsafeMutablePointer<Slab>

    /// Small, for a slab is left half empty where a task ends.
    private static let slabByteCount = 8 * 1024

    public init() {
        slab = .allocate(capacity: 1)
        slab.initialize(to: Slab(next: .allocate(capacity: 1)))
    }

    /// A copy of the bytes that stays.
    @inline(__always)
    func keep(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafePointer<UInt8> {
        if bytes.count > slab.pointee.left { takeSlab(bytes.count) }
        let kept = slab.pointee.next
        if let source = bytes.baseAddress { kept.update(from: source, count: bytes.count) }
        slab.pointee.next += bytes.count
        slab.pointee.left -= bytes.count
        return UnsafePointer(kept)
    }

    func takeSlab(_ neededByteCount: Int) {
        let count = max(Self.slabByteCount, neededByteCount)
        slab.pointee = Slab(next: .allocate(capacity: count), left: count)
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
    public static func of(_ bytes: Span<UInt8>) -> UInt32 { unsafe bytes.withUnsafeBufferPointer { unsafe of($0) } }

    @inline(__always)
    public static func of(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var state = seed ^ UInt64(truncatingIfNeeded: bytes.count)
        let raw = UnsafeRawBufferPointer(bytes)
        var index = 0
        while index + 8 <= raw.count {
            state = mixed(state ^ raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            index += 8
        }
        if index < raw.count {
            if raw.count >= 8 {
                state = mixed(state ^ raw.loadUnaligned(fromByteOffset: raw.count - 8, as: UInt64.self))
            } else {
                var rest: UInt64 = 0
                for byte in raw { rest = rest << 8 | UInt64(byte) }
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
