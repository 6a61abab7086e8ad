/// Bytes that are written one value after another, for `ByteReader`. An array asks at every byte that is appended whether it
/// is shared; this is nobody else's.
///
/// `@unchecked Sendable`: it cannot be copied, so its bytes are in one place.
public struct ByteWriter: ~Copyable, @unchecked Sendable {
    var start: UnsafeMutablePointer<UInt8>
    var capacity: Int
    var used = 0

    /// How many bytes were written.
    @inline(__always)
    public var count: Int { used }

    public init(capacity: Int = 1024) {
        self.capacity = max(capacity, 64)
        start = .allocate(capacity: self.capacity)
    }

    deinit { start.deallocate() }

    /// Begins anew; the room stays.
    public mutating func removeAll() { used = 0 }

    /// What was written.
    public var bytes: [UInt8] { Array(UnsafeBufferPointer(start: start, count: used)) }

    // MARK: Writing

    @inline(__always)
    mutating func makeRoom(_ byteCount: Int) {
        if capacity &- used < byteCount { grow(byteCount) }
    }

    @inline(never)
    mutating func grow(_ byteCount: Int) {
        let larger = max(capacity * 2, used + byteCount)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        moved.update(from: start, count: used)
        start.deallocate()
        (start, capacity) = (moved, larger)
    }

    @inline(__always)
    public mutating func append(_ byte: UInt8) {
        makeRoom(1)
        start[used] = byte
        used &+= 1
    }

    /// Appends a whole number, the lower 7 bits first; small ones take one byte.
    @inline(__always)
    public mutating func append(varint value: UInt64) {
        makeRoom(10)
        var (rest, end) = (value, used)
        while rest >= 0x80 {
            start[end] = UInt8(truncatingIfNeeded: rest) | 0x80
            end &+= 1
            rest >>= 7
        }
        start[end] = UInt8(truncatingIfNeeded: rest)
        used = end &+ 1
    }

    /// Appends a number that may be negative; those near zero take one byte.
    @inline(__always)
    public mutating func append(signed value: Int64) {
        append(varint: UInt64(bitPattern: value << 1 ^ value >> 63))
    }

    /// Appends a number in 8 bytes.
    public mutating func append(fixed64 value: UInt64) {
        makeRoom(8)
        UnsafeMutableRawPointer(start + used).storeBytes(of: value.littleEndian, as: UInt64.self)
        used &+= 8
    }

    public mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let first = bytes.baseAddress else { return }
        makeRoom(bytes.count)
        (start + used).update(from: first, count: bytes.count)
        used &+= bytes.count
    }

    @inline(__always)
    public mutating func append(_ bytes: Span<UInt8>) { unsafe bytes.withUnsafeBufferPointer { unsafe append($0) } }

    /// Appends what was written elsewhere.
    public mutating func append(_ other: borrowing ByteWriter) {
        append(UnsafeBufferPointer(start: other.start, count: other.used))
    }

    /// Appends a text's bytes.
    @inline(__always)
    public mutating func append(_ text: Text) { text.withBytes { append($0) } }

    /// Appends a text's bytes after their number.
    @inline(__always)
    public mutating func append(counted text: Text) {
        append(varint: UInt64(text.count))
        append(text)
    }

    /// Appends bytes after their number.
    public mutating func append(counted bytes: some Collection<UInt8>) {
        append(varint: UInt64(bytes.count))
        for byte in bytes { append(byte) }
    }
}
