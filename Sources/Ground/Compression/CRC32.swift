import CZlib

/// The CRC-32 of bytes, as gzip and ZIP have it: it finds every flipped bit and every damaged place of up to four bytes.
package struct CRC32: Sendable, Equatable {
    package private(set) var value: UInt32 = 0

    package init() {}

    package init(_ bytes: [UInt8]) { add(bytes.span) }

    package init(_ bytes: Span<UInt8>) { add(bytes) }

    package mutating func add(_ bytes: Span<UInt8>) {
        value = unsafe bytes.withUnsafeBufferPointer {
            unsafe UInt32(truncatingIfNeeded: crc32_z(UInt(value), $0.baseAddress, $0.count))
        }
    }

    /// Adds the bytes whose CRC-32 is known, and how many they are.
    package mutating func add(_ next: CRC32, byteCount: Int) {
        value = UInt32(truncatingIfNeeded: crc32_combine(UInt(value), UInt(next.value), byteCount))
    }
}
