/// One field of a record as it came, not checked yet. Its bytes are in the record.
public enum Field: ~Escapable {
    /// An empty CSV field, a JSON null, an empty string, an absent key: no value.
    case none
    /// A CSV field or a JSON string, trimmed and not empty.
    case text(Span<UInt8>)
    /// A JSON number, digit for digit.
    case number(Span<UInt8>)
    /// A JSON literal.
    case bool(Bool)
    /// A JSON array or object, or a string that is no Unicode text.
    case other

    /// A text; without one or without bytes, no value.
    @inline(__always)
    @_lifetime(copy text)
    public init(text: Span<UInt8>) { self = text.isEmpty ? .none : .text(text) }

    public var isNone: Bool {
        if case .none = self { return true }
        return false
    }

    /// The value for a message: a text in quotes, cut to a sensible length.
    public var shown: String {
        switch self {
        case .none: "(no value)"
        case .text(let text): "\"\(text.excerpt)\""
        case .number(let digits): digits.excerpt
        case .bool(let value): value ? "true" : "false"
        case .other: "(an array, an object or a text that is not Unicode)"
        }
    }
}

/// The field, or the other where there is none.
@inline(__always)
@_lifetime(copy field, copy other)
public func ?? (field: Field?, other: Field) -> Field {
    if let field { field } else { other }
}
