extension [UInt8] {
    /// A copy of the bytes.
    public init(_ bytes: Span<UInt8>) { self = unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) } }

    @inline(__always)
    public mutating func append(contentsOf bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }

    /// Appends a text's UTF-8 bytes.
    @inline(__always)
    public mutating func append(_ text: Text) { append(contentsOf: text.span) }

    /// Appends a constant's bytes.
    @inline(__always)
    public mutating func append(literal: StaticString) {
        literal.withUTF8Buffer { unsafe append(contentsOf: $0) }
    }

    /// Appends a whole number's decimal digits.
    public mutating func append(decimal value: Int) {
        if value < 0 { append(UInt8(ascii: "-")) }
        append(digits: value.magnitude, minimumCount: 1)
    }

    /// Appends decimal digits, with leading zeros up to `minimumCount`, which is at most 24.
    public mutating func append(digits value: UInt, minimumCount: Int) {
        var scratch = InlineArray<24, UInt8>(repeating: UInt8(ascii: "0"))
        var rest = value
        var place = 24
        repeat {
            place -= 1
            scratch[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0 || 24 - place < minimumCount
        append(contentsOf: scratch.span.extracting(place...))
    }
}
