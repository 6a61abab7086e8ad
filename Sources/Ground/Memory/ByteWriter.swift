/// Bytes that are written one value after another, for `ByteReader` and for files of text. An array asks at every byte that
/// is appended whether it is shared; this is nobody else's. It grows, so that nothing can be written beyond its end: room is
/// made once for each value.
///
/// `@unchecked Sendable`: it cannot be copied, so its bytes are in one place.
@safe public struct ByteWriter: ~Copyable, @unchecked Sendable {
    private var start: UnsafeMutablePointer<UInt8>
    /// Where the next byte goes.
    private var next: UnsafeMutablePointer<UInt8>
    private var end: UnsafeMutablePointer<UInt8>

    public init(capacity: Int = 1024) {
        let capacity = max(capacity, 64)
        unsafe start = .allocate(capacity: capacity)
        unsafe next = start
        unsafe end = start + capacity
    }

    deinit { unsafe start.deallocate() }

    /// How many bytes were written.
    @inline(__always)
    public var count: Int { unsafe next - start }

    /// How many bytes can be written before it grows.
    var room: Int { unsafe end - next }

    /// The content that was written.
    public var bytes: [UInt8] { [UInt8](span) }

    /// The bytes written, in place.
    @inline(__always)
    public var span: Span<UInt8> {
        @_lifetime(borrow self) get {
            let bytes = unsafe UnsafeBufferPointer(start: start, count: count).span
            return unsafe _overrideLifetime(bytes, borrowing: self)
        }
    }

    /// The bytes written, as a text.
    ///
    /// - Parameter arena: where its bytes are kept; nil where equal texts are to share them.
    public borrowing func text(keptIn arena: TextArena?) -> Text { Text(span, keptIn: arena) }

    /// Begins anew; the room stays.
    public mutating func removeAll() { unsafe next = start }

    /// Takes back the bytes that were written last.
    public mutating func removeLast(_ byteCount: Int) {
        precondition(byteCount >= 0 && byteCount <= count, "only what was written can be taken back")
        unsafe next -= byteCount
    }

    // MARK: Room

    /// Makes room for one value, which is then written without further checks.
    @inline(__always)
    private mutating func makeRoom(_ byteCount: Int) {
        if unsafe end - next < byteCount { unsafe (start, next, end) = Self.grown(start, next, end, byteCount) }
    }

    /// Larger memory with the same bytes. It takes copies, so that the compiler may keep the writer in registers.
    @inline(never)
    private static func grown(
        _ start: UnsafeMutablePointer<UInt8>, _ next: UnsafeMutablePointer<UInt8>,
        _ end: UnsafeMutablePointer<UInt8>, _ byteCount: Int
    ) -> (UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>) {
        let count = unsafe next - start
        let capacity = unsafe max((end - start) * 2, count + byteCount)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        unsafe larger.update(from: start, count: count)
        unsafe start.deallocate()
        return unsafe (larger, larger + count, larger + capacity)
    }

    /// Writes a byte for which there is room.
    @inline(__always)
    private mutating func put(_ byte: UInt8) {
        unsafe next.initialize(to: byte)
        unsafe next += 1
    }

    /// Writes bytes for which there is room.
    @inline(__always)
    private mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let first = bytes.baseAddress else { return }
        unsafe next.update(from: first, count: bytes.count)
        unsafe next += bytes.count
    }

    // MARK: Bytes

    @inline(__always)
    public mutating func append(_ byte: UInt8) {
        makeRoom(1)
        put(byte)
    }

    @inline(__always)
    public mutating func append(_ bytes: Span<UInt8>) {
        makeRoom(bytes.count)
        unsafe bytes.withUnsafeBufferPointer { unsafe put($0) }
    }

    /// Appends bytes written elsewhere.
    public mutating func append(_ other: borrowing ByteWriter) { append(other.span) }

    /// Appends a text's bytes.
    @inline(__always)
    public mutating func append(_ text: Text) { append(text.span) }

    /// Appends a string's bytes.
    public mutating func append(_ string: String) { append(string.utf8.span) }

    /// Appends a constant's bytes.
    @inline(__always)
    public mutating func append(literal: StaticString) {
        makeRoom(literal.utf8CodeUnitCount)
        unsafe put(UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

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

    // MARK: Binary numbers

    /// Appends a whole number, the lower 7 bits first; small ones take one byte.
    @inline(__always)
    public mutating func append(varint value: UInt64) {
        makeRoom(Self.mostVarintBytes)
        var rest = value
        while rest >= 0x80 {
            put(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        put(UInt8(truncatingIfNeeded: rest))
    }

    private static var mostVarintBytes: Int { 10 }

    /// Appends a number that may be negative; those near zero take one byte.
    @inline(__always)
    public mutating func append(signed value: Int64) {
        append(varint: UInt64(bitPattern: value << 1 ^ value >> 63))
    }

    /// Appends a number in 8 bytes.
    public mutating func append(fixed64 value: UInt64) {
        makeRoom(8)
        unsafe UnsafeMutableRawPointer(next).storeBytes(of: value.littleEndian, as: UInt64.self)
        unsafe next += 8
    }

    // MARK: Numbers as text

    /// Appends a whole number's decimal digits.
    @inline(__always)
    public mutating func append(decimal value: Int) {
        append(decimal: UInt64(value.magnitude), isNegative: value < 0, minorDigits: 0)
    }

    /// A sign, 20 digits and a point.
    static var mostDecimalBytes: Int { 22 }

    /// Appends a number with some digits after the point, at most 18, and at least one before it.
    @inline(__always)
    public mutating func append(decimal magnitude: UInt64, isNegative: Bool, minorDigits: Int) {
        precondition(minorDigits >= 0 && minorDigits <= 18, "at most 18 digits after the point")
        makeRoom(Self.mostDecimalBytes)
        if isNegative { put(UInt8(ascii: "-")) }
        switch minorDigits {
        case 0: putDigits(magnitude)
        case 2:
            putDigits(magnitude / 100)
            put(UInt8(ascii: "."))
            unsafe Self.write(pair: magnitude % 100, at: next)
            unsafe next += 2
        default:
            var scale: UInt64 = 1
            for _ in 0..<minorDigits { scale = scale &* 10 }
            putDigits(magnitude / scale)
            put(UInt8(ascii: "."))
            var rest = magnitude % scale
            for _ in 0..<minorDigits {
                scale /= 10
                put(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest / scale))
                rest %= scale
            }
        }
    }

    /// The digits of a whole number, two at a time from its end.
    @inline(__always)
    private mutating func putDigits(_ value: UInt64) {
        var count = 1
        var power: UInt64 = 10
        while count < 20, value >= power {
            count &+= 1
            power = power &* 10
        }
        var rest = value
        var place = count
        while rest >= 100 {
            place &-= 2
            unsafe Self.write(pair: rest % 100, at: next + place)
            rest /= 100
        }
        if rest >= 10 {
            unsafe Self.write(pair: rest, at: next)
        } else {
            unsafe next.initialize(to: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest))
        }
        unsafe next += count
    }

    /// Two digits of a number below 100.
    @inline(__always)
    private static func write(pair value: UInt64, at place: UnsafeMutablePointer<UInt8>) {
        let tens = value / 10
        unsafe place.initialize(to: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: tens))
        unsafe (place + 1).initialize(to: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value &- tens &* 10))
    }

    /// Appends the 16 hexadecimal digits of a number.
    public mutating func append(hexadecimal value: UInt64) {
        makeRoom(16)
        var shift: UInt64 = 64
        while shift > 0 {
            shift &-= 4
            let nibble = UInt8(truncatingIfNeeded: value >> shift & 0xF)
            put(nibble &+ (nibble < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10))
        }
    }
}
