/// Reading a value that was copied from a text.
extension JSONTree {
    /// The member of that name, null ones included; nil if there is none or this is no object.
    public subscript(key: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    public subscript(key: JSONKey) -> JSONTree? { self["\(key.name)"] }

    public var isObject: Bool {
        if case .object = self { true } else { false }
    }

    public var isNull: Bool { self == .null }

    /// The elements of an array; none for another kind.
    public var elements: [JSONTree] {
        if case .array(let elements) = self { elements } else { [] }
    }

    /// The members of an object; none for another kind.
    public var members: [Member] {
        if case .object(let members) = self { members } else { [] }
    }

    /// A string's characters; nil for another kind.
    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// true or false; nil for another kind.
    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// A number without fraction or exponent that fits; nil for anything else.
    public var int: Int? {
        if case .number(let digits) = self { Int(digits) } else { nil }
    }
}

extension JSONTree {
    /// The value of a whole text; nil if that is not UTF-8 or not JSON, or has a key twice. For small texts: it copies them.
    public init?(reading text: ArraySlice<UInt8>) {
        guard String(validating: text, as: UTF8.self) != nil else { return nil }
        var reader = JSONReader()
        let reading = reader.read(text.span)
        guard reading.fault == nil, let root = reading.root else { return nil }
        self.init(root)
    }
}
