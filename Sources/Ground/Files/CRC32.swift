import CZlib

/// The CRC-32 of bytes, as gzip and ZIP have it: it finds every flipped bit and every damaged place of up to four bytes.
public func crc32(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
    var sum: UInt = 0
    var start = 0
    // zlib counts in 32 bits.
    while start < bytes.count {
        let piece = UnsafeBufferPointer(rebasing: bytes[start..<min(bytes.count, start + 1 << 30)])
        sum = CZlib.crc32(sum, piece.baseAddress, UInt32(piece.count))
        start += piece.count
    }
    return UInt32(truncatingIfNeeded: sum)
}
