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
@safe public struct Text: @unchecked Sendable, Hashable, Comparable, ExpressibleByStringLiteral, CustomStringConvertible
{
    private let start: UnsafePointer<UInt8>
    private let length: UInt32
    /// The hash of the bytes, calculated once: keys are looked up by it.
    private let hash32: UInt32

    /// The text of a string. Equal ones share their bytes.
    public init(_ string: String) {
        let utf8 = string.utf8
        self = TextKey(Array(utf8).span).kept(in: nil)
    }

    public init(stringLiteral literal: StaticString) {
        unsafe self.init(borrowing: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    /// Text from bytes of any origin; bytes that are no UTF-8 are replaced by U+FFFD. Equal ones share their bytes.
    public init(utf8 bytes: Span<UInt8>) { self.init(bytes.string) }

    /// A copy of bytes that are UTF-8, kept in an arena, or once for all equal texts.
    @inline(__always)
    public init(_ bytes: Span<UInt8>, keptIn arena: TextArena?) { self = TextKey(bytes).kept(in: arena) }

    /// Text whose bytes lie where they are: it must not outlive them.
    @unsafe @inline(__always)
    init(borrowing bytes: UnsafeBufferPointer<UInt8>) {
        precondition(bytes.count <= UInt32.max, "a text of 4 GiB")
        unsafe start = bytes.baseAddress ?? ("" as StaticString).utf8Start
        length = UInt32(truncatingIfNeeded: bytes.count)
        hash32 = unsafe TextHash.of(bytes.span)
    }

    /// The same text with its bytes kept in an arena, or once for all equal texts.
    @inline(__always)
    public func kept(in arena: TextArena?) -> Text {
        guard let arena else { return TextArena.shared(self) }
        return Text(self, at: arena.keep(span))
    }

    /// The same text with its bytes at another place.
    @inline(__always)
    private init(_ text: Text, at place: Span<UInt8>) {
        unsafe start = place.withUnsafeBufferPointer { $0.baseAddress } ?? text.start
        length = text.length
        hash32 = text.hash32
    }

    /// The UTF-8 bytes; they stay for as long as the process lives.
    @inline(__always)
    public var span: Span<UInt8> {
        @_lifetime(immortal) get {
            unsafe _overrideLifetime(UnsafeBufferPointer(start: start, count: count).span, copying: ())
        }
    }

    /// The text itself.
    public var string: String { span.string }

    public var description: String { string }

    public var isEmpty: Bool { length == 0 }

    /// How many bytes it has.
    @inline(__always)
    public var count: Int { Int(length) }

    /// A hash of the bytes, and of nothing else; it has 32 bits.
    @inline(__always)
    public var keyHash: Int { Int(hash32) }

    /// Whether the text has these bytes.
    @inline(__always)
    public func isSame(as other: Span<UInt8>) -> Bool { span.isSame(as: other) }

    @inline(__always)
    public static func == (left: Text, right: Text) -> Bool {
        unsafe left.hash32 == right.hash32 && left.length == right.length
            && (left.start == right.start || memcmp(left.start, right.start, left.count) == 0)
    }

    public static func < (left: Text, right: Text) -> Bool {
        let order = unsafe memcmp(left.start, right.start, min(left.count, right.count))
        return order == 0 ? left.length < right.length : order < 0
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(hash32) }

    /// Fetches the bytes, which will be compared soon.
    @inline(__always)
    public func prefetchBytes() { span.prefetch(at: 0) }
}
