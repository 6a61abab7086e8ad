/// Values as files of text have them.
extension ByteWriter {
    /// Calls `body` with what was written.
    @inline(__always)
    public borrowing func withBytes<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeBufferPointer(start: start, count: used))
    }

    /// What was written, in place.
    @inline(__always)
    public var span: Span<UInt8> {
        @_lifetime(borrow self) get {
            let bytes = unsafe UnsafeBufferPointer(start: start, count: used).span
            return unsafe _overrideLifetime(bytes, borrowing: self)
        }
    }

    /// What was written as a text.
    ///
    /// - Parameter arena: where its bytes are kept; nil where equal texts are to share them.
    public borrowing func text(keptIn arena: TextArena?) -> Text { withBytes { Text(borrowing: $0).kept(in: arena) } }

    /// Appends at most so many bytes.
    @inline(__always)
    public mutating func write(atMost byteCount: Int, _ body: (inout RowWriter) -> Void) {
        makeRoom(byteCount)
        var writer = RowWriter(at: start + used)
        body(&writer)
        used = writer.next - start
    }

    /// Appends a constant's bytes.
    @inline(__always)
    public mutating func append(literal: StaticString) {
        write(atMost: literal.utf8CodeUnitCount) { $0.literal(literal) }
    }

    /// Appends a whole number's decimal digits.
    @inline(__always)
    public mutating func append(decimal value: Int) { write(atMost: 20) { $0.count(value) } }
}

extension RowWriter {
    /// The 16 hexadecimal digits of a number.
    public mutating func hexadecimal(_ value: UInt64) {
        var shift: UInt64 = 64
        while shift > 0 {
            shift &-= 4
            let nibble = UInt8(truncatingIfNeeded: value >> shift & 0xF)
            byte(nibble &+ (nibble < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10))
        }
    }
}
