import JSON
import Testing

/// Parses a JSON text into a tree.
func parsedJSON(_ bytes: [UInt8]) throws -> JSONTree {
    let tree = JSONTree(parsing: bytes.span)
    return try #require(tree, "no JSON: \(String(decoding: bytes.prefix(200), as: UTF8.self))")
}

extension JSONTree {
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
