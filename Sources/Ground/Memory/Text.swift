import Glibc

/// Text that came from outside: compared, ordered and hashed by its UTF-8 bytes.
///
/// Swift's own `String` calls canonically equivalent texts equal although their bytes differ; two order numbers are the
/// same only if their bytes are (RULES.md orders refund codes and order numbers "in byte order").
///
/// A text is 16 bytes that are copied as they are, without counting references: where its bytes lie and a hash of them.
/// The bytes are kept for as long as the process lives (`TextArena`), as the records of a run are.
///
/// `@unchecked Sendable`: the bytes never change.
public struct Text: @unchecked Sendable, Hashable, Comparable, ExpressibleByStringLiteral, CustomStringConvertible {
    let start: UnsafePointer<UInt8>
    let length: UInt32
    /// The hash of the bytes, calculated once: keys are looked up by it.
    let hash32: UInt32

    /// The text of a string. Equal ones share their bytes.
    public init(_ string: String) {
        var string = string
        self = string.withUTF8 { TextArena.shared(Text(borrowing: $0)) }
    }

    public init(stringLiteral literal: StaticString) {
        self.init(borrowing: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    /// Text from bytes of any origin; bytes that are no UTF-8 are replaced by U+FFFD. Equal ones share their bytes.
    public init(utf8 bytes: UnsafeBufferPointer<UInt8>) { self.init(String(decoding: bytes, as: UTF8.self)) }

    /// Text from bytes of any origin; bytes that are no UTF-8 are replaced by U+FFFD. Equal ones share their bytes.
    public init(utf8 bytes: Span<UInt8>) { self.init(bytes.string) }

    /// A copy of bytes that are UTF-8, kept in an arena, or once for all equal texts.
    @inline(__always)
    public init(_ bytes: Span<UInt8>, keptIn arena: TextArena?) { self = TextKey(bytes).kept(in: arena) }

    /// The UTF-8 bytes; they stay for as long as the process lives.
    @inline(__always)
    public var span: Span<UInt8> {
        @_lifetime(immortal) get { unsafe _overrideLifetime(bytes.span, copying: ()) }
    }

    /// Whether the text has these bytes.
    @inline(__always)
    public func isSame(as other: Span<UInt8>) -> Bool { unsafe other.isSame(as: bytes) }

    /// Text whose bytes lie where they are, such as a key that is looked up: it holds only for as long as they stay there.
    @inline(__always)
    public init(borrowing bytes: UnsafeBufferPointer<UInt8>) {
        precondition(bytes.count <= UInt32.max, "a text of 4 GiB")
        start = bytes.baseAddress ?? ("" as StaticString).utf8Start
        length = UInt32(truncatingIfNeeded: bytes.count)
        hash32 = TextHash.of(bytes)
    }

    /// The same text with its bytes kept in an arena, or once for all equal texts.
    @inline(__always)
    public func kept(in arena: TextArena?) -> Text {
        guard let arena else { return TextArena.shared(self) }
        return Text(start: arena.keep(bytes), length: length, hash32: hash32)
    }

    init(start: UnsafePointer<UInt8>, length: UInt32, hash32: UInt32) {
        self.start = start
        self.length = length
        self.hash32 = hash32
    }

    /// The UTF-8 bytes.
    @inline(__always)
    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: Int(length)) }

    /// The text itself.
    public var string: String { String(decoding: bytes, as: UTF8.self) }

    public var description: String { string }

    public var isEmpty: Bool { length == 0 }

    /// How many bytes it has.
    @inline(__always)
    public var count: Int { Int(length) }

    /// A hash of the bytes, and of nothing else; it has 32 bits.
    @inline(__always)
    public var keyHash: Int { Int(hash32) }

    @inline(__always)
    public static func == (left: Text, right: Text) -> Bool {
        left.hash32 == right.hash32 && left.length == right.length
            && (left.start == right.start || memcmp(left.start, right.start, left.count) == 0)
    }

    public static func < (left: Text, right: Text) -> Bool {
        let order = memcmp(left.start, right.start, min(left.count, right.count))
        return order == 0 ? left.length < right.length : order < 0
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(hash32) }

    /// Fetches the bytes, which will be compared soon.
    @inline(__always)
    public func prefetchBytes() { prefetch(start) }

    /// Calls `body` with the UTF-8 bytes.
    @inline(__always)
    public func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result { body(bytes) }
}

extension Array where Element == UInt8 {
    /// Appends a text's UTF-8 bytes.
    @inline(__always)
    public mutating func append(_ text: Text) { text.withBytes { append(contentsOf: $0) } }

    /// Appends a constant's bytes.
    @inline(__always)
    public mutating func append(literal: StaticString) {
        literal.withUTF8Buffer { append(contentsOf: $0) }
    }

    /// Appends a whole number's decimal digits.
    public mutating func append(decimal value: Int) {
        if value < 0 { append(UInt8(ascii: "-")) }
        append(digits: value.magnitude, minimumCount: 1)
    }

    /// Appends decimal digits, with leading zeros up to `minimumCount`.
    public mutating func append(digits value: UInt, minimumCount: Int) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { scratch in
            var rest = value
            var position = 24
            repeat {
                position -= 1
                scratch[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0 || 24 - position < minimumCount
            append(contentsOf: scratch[position..<24])
        }
    }
}
