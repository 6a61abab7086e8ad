import Memory

/// A value of a parsed document; it holds until the document's next `parse`.
@safe public struct JSONValue {
    private let tape: UnsafeMutablePointer<JSONTape>
    private let index: Int32
    /// The document; nil for values that do not keep it (`JSONDocument.withRoot`).
    private let owner: JSONDocument?

    init(tape: UnsafeMutablePointer<JSONTape>, index: Int32, owner: JSONDocument?) {
        unsafe self.tape = tape
        self.index = index
        self.owner = owner
    }

    @inline(__always)
    private var node: JSONNode { unsafe tape.pointee.nodes[Int(index)] }

    public var kind: JSONDocument.Kind { node.kind }

    public var isNull: Bool { node.kind == .null }

    /// The bytes as they stand: digits of a number, the whole of an object or array, a string without its quotes and with
    /// its escapes.
    public var raw: UnsafeBufferPointer<UInt8> { unsafe tape.pointee.bytes(node.start, node.end) }

    /// A string's bytes if it has no escape, so that they can be read in place.
    public var plainString: UnsafeBufferPointer<UInt8>? { unsafe node.kind == .string && !node.isEscaped ? raw : nil }

    /// A string's characters; nil for another kind, or where half a surrogate pair makes it no Unicode text.
    public var string: String? {
        guard node.kind == .string else { return nil }
        return unsafe text.map { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// The same as bytes, which hold as long as the value does.
    public var text: UnsafeBufferPointer<UInt8>? {
        guard node.kind == .string else { return nil }
        return unsafe node.isEscaped ? tape.pointee.unescape(raw) : raw
    }

    /// true or false; nil for another kind.
    public var bool: Bool? { unsafe node.kind == .bool ? raw.first == UInt8(ascii: "t") : nil }

    /// A number without fraction or exponent that fits; nil for anything else.
    public var int: Int? { unsafe node.kind == .number ? Int(String(decoding: raw, as: UTF8.self)) : nil }

    // MARK: Members and elements

    /// The member of that name, null ones included; nil if there is none or this is no object.
    @inline(__always)
    public subscript(_ key: JSONKey) -> JSONValue? {
        unsafe tape.pointee.member(key, of: index).map { unsafe JSONValue(tape: tape, index: $0, owner: owner) }
    }

    /// The member of that name unless it is no value: absent, null, or a string of nothing but white space.
    public func given(_ key: JSONKey) -> JSONValue? {
        guard let member = self[key], unsafe !member.field.isNone else { return nil }
        return member
    }

    /// The elements of an array; none for another kind.
    public var elements: [JSONValue] { node.kind == .array ? Array(children) : [] }

    /// The members of an object with their names; none for another kind.
    public var members: [(key: String, value: JSONValue)] {
        guard node.kind == .object else { return [] }
        return children.map { unsafe (tape.pointee.text($0.node.name), $0) }
    }

    /// The values in an array or object.
    public var children: Children { Children(container: self) }

    /// Values of a container one after the other, without a list of them.
    @safe public struct Children: Sequence, IteratorProtocol {
        private let tape: UnsafeMutablePointer<JSONTape>
        private let owner: JSONDocument?
        private let end: Int32
        private var nextIndex: Int32

        fileprivate init(container: JSONValue) {
            unsafe tape = container.tape
            owner = container.owner
            nextIndex = container.index + 1
            end = container.kind == .array || container.kind == .object ? container.node.next : nextIndex
        }

        public mutating func next() -> JSONValue? {
            guard nextIndex < end else { return nil }
            let index = nextIndex
            nextIndex = unsafe tape.pointee.nodes[Int(index)].next
            return unsafe JSONValue(tape: tape, index: index, owner: owner)
        }
    }

    // MARK: Fields

    /// All members whose names the document was made with, found at once. They hold while the document does.
    @inline(__always)
    public var fields: JSONFields { unsafe JSONFields(tape, of: index) }

    /// The member as a field of a record; absent, null and empty are no value.
    @inline(__always)
    public func field(_ key: JSONKey) -> RawField { unsafe self[key]?.field ?? .none }

    /// The value as a field of a record: strings trimmed, numbers digit for digit. Bytes that had to be unescaped hold as
    /// long as the value does.
    @inline(__always)
    public var field: RawField {
        let node = node
        switch node.kind {
        case .null: return unsafe .none
        case .bool: return unsafe .bool(bool ?? false)
        case .number: return unsafe .number(raw)
        case .array, .object: return unsafe .other
        case .string:
            guard let text = unsafe text else { return unsafe .other }
            let trimmed = unsafe text.trimmed
            return unsafe trimmed.isEmpty ? .none : .text(FieldText(trimmed))
        }
    }
}
