import Crypto
import Memory

/// The SHA-256 of bytes that come piece by piece.
public struct SHA256Sum: Sendable {
    private var hash = SHA256()

    public init() {}

    public mutating func add(_ bytes: [UInt8]) { add(bytes.span) }

    public mutating func add(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
    }

    public mutating func add(_ bytes: borrowing ByteWriter) {
        add(bytes.span)
    }

    /// Of all that came, as lower-case hexadecimal digits.
    public var hex: String { bytes.hex }

    /// Of all that came: 32 bytes.
    public var bytes: [UInt8] { Array(hash.finalize()) }

    /// The SHA-256 of bytes, as lower-case hexadecimal digits.
    public static func hex(of bytes: [UInt8]) -> String { hex(of: bytes.span) }

    public static func hex(of bytes: Span<UInt8>) -> String {
        var sum = SHA256Sum()
        sum.add(bytes)
        return sum.hex
    }
}

extension Sequence<UInt8> {
    /// Lower-case hexadecimal digits, two for each byte.
    public var hex: String {
        var digits: [UInt8] = []
        for byte in self {
            digits.append(hexDigits[Int(byte >> 4)])
            digits.append(hexDigits[Int(byte & 15)])
        }
        return String(decoding: digits, as: UTF8.self)
    }
}

private let hexDigits = Array("0123456789abcdef".utf8)
