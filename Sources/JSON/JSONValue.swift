import Core

/// The name of an object's member, with its hash reckoned once.
public struct JSONKey: Sendable, ExpressibleByStringLiteral {
    public let name: StaticString
    let hash: UInt32

    public init(stringLiteral name: StaticString) {
        self.name = name
        hash = name.withUTF8Buffer { Self.hash($0) }
    }

    /// FNV-1a over the last twelve bytes and the length: Atlas's names differ in their ends.
    @inline(__always)
    static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var hash: UInt32 = 2_166_136_261 ^ UInt32(truncatingIfNeeded: bytes.count)
        for index in max(0, bytes.count - 12)..<bytes.count { hash = (hash ^ UInt32(bytes[index])) &* 16_777_619 }
        return hash
    }
}

/// A value of a parsed document; it holds until the document's next `parse`.
public struct JSONValue {
    let document: JSONDocument
    let index: Int32

    @inline(__always)
    private var node: JSONDocument.Node { document.nodes[Int(index)] }

    public var kind: JSONDocument.Kind { node.kind }

    public var isNull: Bool { node.kind == .null }

    /// The bytes as they stand: digits of a number, the whole of an object or array, a string without its quotes and with
    /// its escapes.
    public var raw: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: document.base + Int(node.start), count: Int(node.end - node.start))
    }

    /// A string's bytes if it has no escape, so that they can be read where they stand.
    public var plainString: UnsafeBufferPointer<UInt8>? { node.kind == .string && !node.isEscaped ? raw : nil }

    /// A string's characters; nil for another kind, or where half a surrogate pair makes it no Unicode text.
    public var string: String? {
        guard node.kind == .string else { return nil }
        guard node.isEscaped else { return String(decoding: raw, as: UTF8.self) }
        let (text, isWhole) = JSONScanner.unescape(raw)
        return isWhole ? text : nil
    }

    /// true or false; nil for another kind.
    public var bool: Bool? { node.kind == .bool ? raw.first == UInt8(ascii: "t") : nil }

    /// A number without fraction or exponent that fits; nil for anything else.
    public var int: Int? { node.kind == .number ? Int(String(decoding: raw, as: UTF8.self)) : nil }

    /// The member of that name, null ones included; nil if there is none or this is no object.
    public subscript(_ key: JSONKey) -> JSONValue? {
        guard node.kind == .object else { return nil }
        var child = index + 1
        while child < node.next {
            let member = document.nodes[Int(child)]
            if member.keyHash == key.hash, isKey(member, key) { return JSONValue(document: document, index: child) }
            child = member.next
        }
        return nil
    }

    private func isKey(_ member: JSONDocument.Node, _ key: JSONKey) -> Bool {
        if member.keyIsEscaped {
            return document.text(member.keyStart, member.keyEnd, escaped: true).utf8.elementsEqual("\(key.name)".utf8)
        }
        let bytes = UnsafeBufferPointer(
            start: document.base + Int(member.keyStart), count: Int(member.keyEnd - member.keyStart))
        return key.name.withUTF8Buffer { $0.elementsEqual(bytes) }
    }

    /// The member of that name unless it is no value: absent, null, or a string of nothing but white space.
    public func given(_ key: JSONKey) -> JSONValue? {
        guard let member = self[key], !member.field.isNone else { return nil }
        return member
    }

    /// The elements of an array; none for another kind.
    public var elements: [JSONValue] {
        guard node.kind == .array else { return [] }
        return children
    }

    /// The members of an object with their names; none for another kind.
    public var members: [(key: String, value: JSONValue)] {
        guard node.kind == .object else { return [] }
        return children.map { child in
            let member = child.node
            return (document.text(member.keyStart, member.keyEnd, escaped: member.keyIsEscaped), child)
        }
    }

    private var children: [JSONValue] {
        var children: [JSONValue] = []
        var child = index + 1
        while child < node.next {
            children.append(JSONValue(document: document, index: child))
            child = document.nodes[Int(child)].next
        }
        return children
    }
}
