import JSON
import Testing

/// Parses a JSON text into a tree.
func parsedJSON(_ bytes: [UInt8]) throws -> JSONTree {
    let document = JSONDocument()
    return try bytes.withUnsafeBufferPointer { buffer in
        try #require(document.parse(buffer) == nil, "no JSON: \(String(decoding: bytes.prefix(200), as: UTF8.self))")
        return JSONTree(document.root)
    }
}

extension JSONTree {
    /// A member of an object.
    subscript(_ key: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    var string: String? { if case .string(let text) = self { text } else { nil } }

    var int: Int? { if case .number(let digits) = self { Int(digits) } else { nil } }

    var elements: [JSONTree] { if case .array(let elements) = self { elements } else { [] } }

    var members: [Member] { if case .object(let members) = self { members } else { [] } }

    /// The same value with the members of every object in the order of their keys, without some at the top.
    func sorted(without keys: Set<String> = []) -> JSONTree {
        switch self {
        case .array(let elements): .array(elements.map { $0.sorted() })
        case .object(let members):
            .object(
                members.filter { !keys.contains($0.key) }.map { Member($0.key, $0.value.sorted()) }
                    .sorted { $0.key < $1.key })
        default: self
        }
    }
}
