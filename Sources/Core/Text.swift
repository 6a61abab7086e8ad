/// Text that came from outside: compared, ordered and hashed by its UTF-8 bytes.
///
/// Swift's own `String` calls canonically equivalent texts equal although their bytes differ; two order numbers are the
/// same only if their bytes are (RULES.md orders refund codes and order numbers "in byte order").
public struct Text: Sendable, Hashable, Comparable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The text itself.
    public let string: String

    public init(_ string: String) { self.string = string }

    public init(stringLiteral value: String) { string = value }

    /// Text from bytes that are known to be UTF-8; bytes that are not are replaced by U+FFFD.
    public init(utf8 bytes: UnsafeBufferPointer<UInt8>) { string = String(decoding: bytes, as: UTF8.self) }

    public var description: String { string }

    public var isEmpty: Bool { string.utf8.isEmpty }

    public static func == (left: Text, right: Text) -> Bool {
        left.string.utf8.count == right.string.utf8.count && left.compareBytes(right) == 0
    }

    public static func < (left: Text, right: Text) -> Bool { left.compareBytes(right) < 0 }

    public func hash(into hasher: inout Hasher) {
        withBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0xFF as UInt8)
    }

    /// Calls `body` with the UTF-8 bytes.
    @inline(__always)
    public func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = string.utf8.withContiguousStorageIfAvailable(body) { return result }
        return Array(string.utf8).withUnsafeBufferPointer(body)
    }

    /// Below, at or above zero as this text's bytes sort before, with or after the other's.
    private func compareBytes(_ other: Text) -> Int {
        withBytes { mine in
            other.withBytes { theirs in
                let shared = min(mine.count, theirs.count)
                for index in 0..<shared where mine[index] != theirs[index] {
                    return mine[index] < theirs[index] ? -1 : 1
                }
                return mine.count - theirs.count
            }
        }
    }
}

extension Array where Element == UInt8 {
    /// Appends a text's UTF-8 bytes.
    @inline(__always)
    public mutating func append(_ text: Text) { text.withBytes { append(contentsOf: $0) } }

    /// Appends a constant's bytes.
    @inline(__always)
    public mutating func append(literal: StaticString) {
        literal.withUTF8Buffer { append(contentsOf: $0) }
    }

    /// Appends a whole number's decimal digits.
    public mutating func append(decimal value: Int) {
        if value < 0 { append(UInt8(ascii: "-")) }
        append(digits: value.magnitude, minimumCount: 1)
    }

    /// Appends decimal digits, with leading zeros up to `minimumCount`.
    public mutating func append(digits value: UInt, minimumCount: Int) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { scratch in
            var rest = value
            var position = 24
            repeat {
                position -= 1
                scratch[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0 || 24 - position < minimumCount
            append(contentsOf: scratch[position..<24])
        }
    }
}
