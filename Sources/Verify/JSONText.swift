import JSON

/// Reads the JSON of a report into a value of its own.
enum JSONReading {
    /// No file of a report is nested deeper.
    private static let depthLimit = 64

    /// nil for what is not UTF-8, not JSON, has a key twice or is nested too deep.
    static func tree(_ bytes: [UInt8]) -> JSONTree? {
        guard isShallow(bytes), String(validating: bytes, as: UTF8.self) != nil else { return nil }
        let document = JSONDocument()
        return bytes.withUnsafeBufferPointer { document.parse($0) == nil ? JSONTree(document.root) : nil }
    }

    private static func isShallow(_ bytes: [UInt8]) -> Bool {
        var (depth, isString, isEscape) = (0, false, false)
        for byte in bytes {
            if isEscape { isEscape = false; continue }
            switch byte {
            case UInt8(ascii: "\\"): isEscape = isString
            case UInt8(ascii: "\""): isString.toggle()
            case UInt8(ascii: "["), UInt8(ascii: "{"): if !isString { depth += 1 }
            case UInt8(ascii: "]"), UInt8(ascii: "}"): if !isString { depth -= 1 }
            default: break
            }
            if depth > depthLimit { return false }
        }
        return true
    }
}

extension JSONTree {
    /// The member of that name; nil if there is none or this is not an object.
    subscript(_ key: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    var members: [JSONTree.Member] { if case .object(let members) = self { members } else { [] } }
    var elements: [JSONTree] { if case .array(let elements) = self { elements } else { [] } }
    var string: String? { if case .string(let text) = self { text } else { nil } }
    var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// A number that is a whole one, of a size that counts have.
    var count: Int? {
        guard case .number(let digits) = self, let value = Int(digits), abs(value) <= 1_000_000_000_000_000 else {
            return nil
        }
        return value
    }

    /// A number's digits or a string's characters; nil for anything else.
    var scalar: String? {
        switch self {
        case .number(let digits): digits
        case .string(let text): text
        default: nil
        }
    }

    /// Every number and string within, by its path.
    func leaves() -> [(path: [String], text: String)] {
        switch self {
        case .object(let members):
            members.flatMap { member in member.value.leaves().map { ([member.key] + $0.path, $0.text) } }
        case .bool(let value): [([], value ? "true" : "false")]
        default: scalar.map { [([], $0)] } ?? []
        }
    }
}
