import Glibc

/// One field of a record as it came, not checked yet.
public enum RawField {
    /// An empty CSV field, a JSON null, an empty string, an absent key: no value.
    case none
    /// A CSV field or a JSON string, trimmed and not empty.
    case text(FieldText)
    /// A JSON number, digit for digit.
    case number(UnsafeBufferPointer<UInt8>)
    /// A JSON literal.
    case bool(Bool)
    /// A JSON array or object, or a string that is no Unicode text.
    case other

    public var isNone: Bool {
        if case .none = self { return true }
        return false
    }
}

/// The bytes of a text field: where they stand in the input, or in the reader that had to unescape them.
public struct FieldText {
    /// They stay where they are until the reader goes on to the next record.
    public let bytes: UnsafeBufferPointer<UInt8>

    @inline(__always)
    public init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// A text of its own.
    public var text: Text { Text(utf8: bytes) }

    public var string: String { String(decoding: bytes, as: UTF8.self) }
}

extension RawField {
    /// The same as a field that cannot outlive its record.
    @inline(__always)
    public var field: Field {
        @_lifetime(immortal) get {
            switch self {
            case .none: .none
            case .text(let text): .text(unsafe _overrideLifetime(text.bytes.span, copying: ()))
            case .number(let digits): .number(unsafe _overrideLifetime(digits.span, copying: ()))
            case .bool(let value): .bool(value)
            case .other: .other
            }
        }
    }

    /// The value for a message: a text in quotes, cut to a sensible length.
    public var shown: String {
        switch self {
        case .none: "(no value)"
        case .text(let text): "\"\(text.bytes.excerpt)\""
        case .number(let digits): digits.excerpt
        case .bool(let value): value ? "true" : "false"
        case .other: "(an array, an object or a text that is not Unicode)"
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The beginning of a text, for a message.
    public var excerpt: String {
        let most = 48
        guard count > most else { return String(decoding: self, as: UTF8.self) }
        var end = most
        while end > 0, self[end] & 0xC0 == 0x80 { end -= 1 }
        return String(decoding: self[..<end], as: UTF8.self) + "…"
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether the bytes are those of a constant.
    @inline(__always)
    public func isText(_ text: StaticString) -> Bool {
        isSame(text.utf8Start, text.utf8CodeUnitCount)
    }

    @inline(__always)
    func isSame(_ other: UnsafePointer<UInt8>?, _ otherCount: Int) -> Bool {
        guard count == otherCount else { return false }
        guard let baseAddress, let other else { return true }
        return memcmp(baseAddress, other, count) == 0
    }
}

extension Text {
    /// Whether the text has these bytes.
    @inline(__always)
    public func isSame(as bytes: UnsafeBufferPointer<UInt8>) -> Bool { bytes.isSame(start, count) }
}
