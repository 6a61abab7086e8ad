import Compression

/// The CRC-32 of bytes.
public func crc32(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 { CRC32(bytes.span).value }
