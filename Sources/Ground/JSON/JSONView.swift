import Memory

/// A value in a JSON text; it cannot outlive the text, nor the next reading.
@safe public struct JSONView: ~Escapable {
    public enum Kind: UInt8, Sendable { case null, bool, number, string, array, object }

    let tape: UnsafeMutablePointer<JSONTape>
    let index: Int32

    @inline(__always)
    @_lifetime(immortal)
    init(_ tape: UnsafeMutablePointer<JSONTape>, _ index: Int32) {
        unsafe self.tape = tape
        self.index = index
    }

    /// Another value of the same text.
    @inline(__always)
    @_lifetime(copy other)
    private init(_ other: JSONView, at index: Int32) {
        unsafe tape = other.tape
        self.index = index
    }

    @inline(__always)
    private var node: JSONNode { unsafe tape.pointee.nodes[Int(index)] }

    public var kind: Kind { node.kind }

    public var isNull: Bool { node.kind == .null }

    /// The bytes as they stand: digits of a number, the whole of an object or array, a string without its quotes and with
    /// its escapes.
    public var raw: Span<UInt8> {
        @_lifetime(copy self) get {
            let node = node
            return unsafe span(tape.pointee.bytes(node.start, node.end))
        }
    }

    @inline(__always)
    @_lifetime(copy self)
    private func span(_ bytes: UnsafeBufferPointer<UInt8>) -> Span<UInt8> {
        unsafe _overrideLifetime(bytes.span, copying: self)
    }

    /// The range of these bytes in the text.
    public var place: Range<Int> { Int(node.start)..<Int(node.end) }

    /// A string's bytes if it has no escape, so that they can be read in place.
    public var plainString: Span<UInt8>? {
        @_lifetime(copy self) get { node.kind == .string && !node.isEscaped ? raw : nil }
    }

    /// A string's characters; nil for another kind, or where half a surrogate pair makes it no Unicode text.
    public var string: String? {
        guard let text else { return nil }
        return text.string
    }

    /// The same as bytes.
    public var text: Span<UInt8>? {
        @_lifetime(copy self) get {
            let node = node
            guard node.kind == .string else { return nil }
            guard node.isEscaped else { return raw }
            guard let text = unsafe tape.pointee.unescape(tape.pointee.bytes(node.start, node.end)) else { return nil }
            return unsafe span(text)
        }
    }

    /// true or false; nil for another kind.
    public var bool: Bool? { node.kind == .bool ? raw[0] == UInt8(ascii: "t") : nil }

    /// A number without fraction or exponent that fits; nil for anything else.
    public var int: Int? { node.kind == .number ? Int(raw.string) : nil }

    // MARK: Members and elements

    /// The member of that name, null ones included; nil if there is none or this is no object.
    @inline(__always)
    public subscript(_ key: JSONKey) -> JSONView? {
        @_lifetime(copy self) get {
            guard let member = unsafe tape.pointee.member(key, of: index) else { return nil }
            return JSONView(self, at: member)
        }
    }

    /// The member of that name unless it is no value: absent, null, or a string of nothing but white space.
    @_lifetime(copy self)
    public func given(_ key: JSONKey) -> JSONView? {
        guard let member = self[key], !member.field.isNone else { return nil }
        return member
    }

    /// The values in an array or object; none for another kind.
    public var children: Children { @_lifetime(copy self) get { Children(of: self) } }

    /// Values of a container one after another: `while let child = children.next()`.
    public struct Children: ~Escapable {
        private let container: JSONView
        private let end: Int32
        private var nextIndex: Int32
        /// How many were given.
        public private(set) var count = 0

        @_lifetime(copy container)
        fileprivate init(of container: JSONView) {
            self.container = container
            nextIndex = container.index + 1
            end = container.kind == .array || container.kind == .object ? container.node.next : nextIndex
        }

        @_lifetime(copy self)
        public mutating func next() -> JSONView? {
            guard nextIndex < end else { return nil }
            let child = JSONView(container, at: nextIndex)
            nextIndex = child.node.next
            count += 1
            return child
        }
    }

    /// The number of values in an array or object.
    public var childCount: Int {
        var children = children
        while children.next() != nil {}
        return children.count
    }

    /// The name of an object's member; nil for a value that is not one.
    public var name: String? {
        let name = node.name
        return name.number == JSONKeyTable.none ? nil : unsafe tape.pointee.text(name)
    }

    // MARK: Fields

    /// All members whose names the reader was made with, found at once.
    @inline(__always)
    public var members: JSONMembers { @_lifetime(copy self) get { JSONMembers(of: self) } }

    /// The member as a field of a record; absent, null and empty are no value.
    @inline(__always)
    @_lifetime(copy self)
    public func field(_ key: JSONKey) -> Field {
        guard let member = self[key] else { return .none }
        return member.field
    }

    /// The value as a field of a record: strings trimmed, numbers digit for digit.
    @inline(__always)
    public var field: Field {
        @_lifetime(copy self) get {
            switch node.kind {
            case .null: return .none
            case .bool: return .bool(bool ?? false)
            case .number: return .number(raw)
            case .array, .object: return .other
            case .string:
                guard let text else { return .other }
                return Field(text: text.trimmed)
            }
        }
    }
}

/// The members of an object whose names its reader was made with, by their places in that list.
public struct JSONMembers: ~Escapable {
    private let object: JSONView
    /// Where the tape has the member of each name.
    private let start: Int

    @inline(__always)
    @_lifetime(copy object)
    init(of object: JSONView) {
        self.object = object
        start = unsafe object.tape.pointee.notePlaces(of: object.index)
    }

    /// The member with the name of that number as a field of a record; absent, null and empty are no value.
    @inline(__always)
    public subscript(number: Int) -> Field {
        @_lifetime(copy self) get {
            precondition(number >= 0 && number < JSONTape.mostNames, "no name has the number \(number)")
            let place = unsafe object.tape.pointee.places[start + number]
            if place < 0 { return .none }
            let member = unsafe JSONView(object.tape, place)
            return unsafe _overrideLifetime(member, copying: object).field
        }
    }
}
