/// A text whose bytes lie where they were read, to be looked up by or compared before it is kept.
public struct TextKey: ~Escapable {
    /// It must not leave this value.
    let text: Text

    @inline(__always)
    @_lifetime(copy bytes)
    public init(_ bytes: Span<UInt8>) { text = unsafe bytes.withUnsafeBufferPointer { unsafe Text(borrowing: $0) } }

    /// The hash that an equal text has.
    @inline(__always)
    public var keyHash: Int { text.keyHash }

    @inline(__always)
    public static func == (key: TextKey, text: Text) -> Bool { key.text == text }

    /// A text of its own, with its bytes in an arena, or once for all equal texts.
    @inline(__always)
    public func kept(in arena: TextArena?) -> Text { text.kept(in: arena) }
}
