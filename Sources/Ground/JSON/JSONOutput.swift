import Memory

extension [UInt8] {
    /// Appends a JSON string: quoted, with what must be escaped escaped, and all else as it is.
    public mutating func append(jsonString text: String) { append(jsonString: Array(text.utf8).span) }

    /// The same of a text from outside.
    public mutating func append(jsonString text: Text) { append(jsonString: text.span) }

    private mutating func append(jsonString text: Span<UInt8>) {
        append(UInt8(ascii: "\""))
        if JSONText.isPlain(text) { append(contentsOf: text) } else { JSONText.write(text, to: &self) }
        append(UInt8(ascii: "\""))
    }

    fileprivate mutating func append(jsonByte byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "\"")])
        case UInt8(ascii: "\\"): append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "\\")])
        case 0x0A: append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "n")])
        case 0x0D: append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "r")])
        case 0x09: append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "t")])
        case 0..<0x20:
            append(contentsOf: Array("\\u00".utf8))
            append(contentsOf: [hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]])
        default: append(byte)
        }
    }
}

extension ByteWriter {
    /// Appends a text from outside as a JSON string, or null.
    public mutating func append(jsonString text: Text?) {
        guard let text else { return append(literal: "null") }
        append(UInt8(ascii: "\""))
        let bytes = text.span
        if JSONText.isPlain(bytes) { append(bytes) } else { append(escaping: bytes) }
        append(UInt8(ascii: "\""))
    }

    /// Appends a name of ours, in which nothing has to be escaped, and the colon after it.
    @inline(__always)
    public mutating func append(jsonKey name: StaticString) {
        append(UInt8(ascii: "\""))
        append(literal: name)
        append(literal: "\":")
    }

    /// Appends a string that begins with a prepared text and ends with a number.
    @inline(__always)
    public mutating func append(jsonString start: JSONStringStart, _ number: Int) {
        append(start.text)
        append(decimal: number)
        append(UInt8(ascii: "\""))
    }

    private mutating func append(escaping text: Span<UInt8>) {
        var escaped: [UInt8] = []
        JSONText.write(text, to: &escaped)
        append(escaped.span)
    }
}

/// The beginning of many strings, escaped once: what follows needs no escaping.
public struct JSONStringStart: Sendable {
    fileprivate let text: Text

    public init(_ text: String) {
        var bytes = ByteWriter()
        bytes.append(jsonString: Text(text))
        // The quote at its end is that of what follows.
        bytes.removeLast(1)
        self.text = bytes.text(keptIn: nil)
    }
}

private let hexDigits = Array("0123456789abcdef".utf8)

/// The characters between the quotes of a JSON string.
public enum JSONText {
    /// Whether a text needs no escaping.
    @inline(__always)
    public static func isPlain(_ text: Span<UInt8>) -> Bool {
        let count = text.count
        let raw = unsafe text.bytes
        let (ones, highs): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
        var index = 0
        while index &+ 8 <= count {
            let word = unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self)
            // A bit is set for a byte below 0x20 if there is one at all.
            let controls = (word &- ones &* 0x20) & ~word & highs
            if controls | word.places(of: "\"") | word.places(of: "\\") != 0 { return false }
            index &+= 8
        }
        while index < count {
            let byte = unsafe text[unchecked: index]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return false }
            index &+= 1
        }
        return true
    }

    /// Appends a text with what must be escaped escaped.
    public static func write(_ text: Span<UInt8>, to bytes: inout [UInt8]) {
        for index in text.indices { bytes.append(jsonByte: text[index]) }
    }
}

/// A JSON value to be written, whose members keep the order in which they are given: the same value, the same bytes.
public indirect enum JSONTree: Sendable, Equatable {
    case null
    case bool(Bool)
    /// A number, digit for digit.
    case number(String)
    case string(String)
    case array([JSONTree])
    case object([Member])
    /// JSON on one line, written as it is however deep it is nested.
    case verbatim([UInt8])

    /// One member of an object.
    public struct Member: Sendable, Equatable {
        public let key: String
        public let value: JSONTree

        public init(_ key: String, _ value: JSONTree) {
            self.key = key
            self.value = value
        }
    }

    public static func int(_ value: Int) -> JSONTree { .number(String(value)) }

    /// The string, or null for no value.
    public static func text(_ value: String?) -> JSONTree { value.map { .string($0) } ?? .null }

    /// A copy of a value, numbers digit for digit.
    public init(_ value: JSONView) {
        var children = value.children
        switch value.kind {
        case .null: self = .null
        case .bool: self = .bool(value.bool ?? false)
        case .number: self = .number(value.raw.string)
        case .string: self = .string(value.string ?? value.raw.string)
        case .array:
            var elements: [JSONTree] = []
            while let child = children.next() { elements.append(JSONTree(child)) }
            self = .array(elements)
        case .object:
            var members: [Member] = []
            while let child = children.next() { members.append(Member(child.name ?? "", JSONTree(child))) }
            self = .object(members)
        }
    }

    /// A copy of a whole text; nil if it is no acceptable JSON text. For what is small and read once, such as a manifest.
    public init?(parsing bytes: Span<UInt8>) {
        var reader = JSONReader()
        let reading = reader.read(bytes)
        guard reading.fault == nil, let root = reading.root else { return nil }
        self.init(root)
    }

    /// The text on one line, or indented by one space a level.
    public func encoded(pretty: Bool = false) -> [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes, indent: pretty ? 0 : nil)
        return bytes
    }

    private func write(to bytes: inout [UInt8], indent: Int?) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .number(let digits): bytes.append(contentsOf: digits.utf8)
        case .string(let text): bytes.append(jsonString: text)
        case .verbatim(let json): bytes.append(contentsOf: json)
        case .array(let elements):
            Self.write(elements.map { (nil, $0) }, "[", "]", to: &bytes, indent: indent)
        case .object(let members):
            Self.write(members.map { ($0.key, $0.value) }, "{", "}", to: &bytes, indent: indent)
        }
    }

    private static func write(
        _ items: [(String?, JSONTree)], _ opening: Character, _ closing: Character, to bytes: inout [UInt8],
        indent: Int?
    ) {
        bytes.append(contentsOf: opening.utf8)
        for (position, (key, value)) in items.enumerated() {
            if position > 0 { bytes.append(UInt8(ascii: ",")) }
            if let indent { newLine(indent + 1, to: &bytes) }
            if let key {
                bytes.append(jsonString: key)
                bytes.append(contentsOf: (indent == nil ? ":" : ": ").utf8)
            }
            value.write(to: &bytes, indent: indent.map { $0 + 1 })
        }
        if let indent, !items.isEmpty { newLine(indent, to: &bytes) }
        bytes.append(contentsOf: closing.utf8)
    }

    private static func newLine(_ indent: Int, to bytes: inout [UInt8]) {
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent))
    }
}
