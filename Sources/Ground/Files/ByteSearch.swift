import Glibc

/// Looks for single bytes with memchr, which compares many at once.
extension Span<UInt8> {
    /// The index of the first `byte` at or after `start`; nil if there is none.
    public func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        unsafe withUnsafeBytes { bytes in
            guard start >= 0, start < bytes.count, let base = bytes.baseAddress,
                let found = unsafe memchr(base + start, Int32(byte), bytes.count - start)
            else { return nil }
            return unsafe UnsafeRawPointer(found) - base
        }
    }

    /// How many times `byte` occurs.
    public func count(of byte: UInt8) -> Int {
        var (count, start) = (0, 0)
        while let index = firstIndex(of: byte, from: start) {
            count += 1
            start = index + 1
        }
        return count
    }
}
