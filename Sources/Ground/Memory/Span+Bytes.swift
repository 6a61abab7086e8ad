import CGlue
import Glibc

/// Bytes in place: trimmed, compared and shown.
extension Span<UInt8> {
    /// The bytes without ASCII white space (space, TAB, LF, VT, FF, CR) at both ends (FORMATS.md, "Fields").
    @inline(__always)
    public var trimmed: Span<UInt8> {
        @_lifetime(copy self) get {
            var start = 0
            var end = count
            while start < end, unsafe self[unchecked: start].isASCIISpace { start &+= 1 }
            while end > start, unsafe self[unchecked: end &- 1].isASCIISpace { end &-= 1 }
            return unsafe extracting(unchecked: start..<end)
        }
    }

    /// Whether the bytes are those of a constant.
    @inline(__always)
    public func isText(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        return unsafe withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return true }
            return unsafe memcmp(base, text.utf8Start, bytes.count) == 0
        }
    }

    /// Whether both have the same bytes.
    @inline(__always)
    public func isSame(as other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        return unsafe withUnsafeBufferPointer { mine in
            unsafe other.withUnsafeBufferPointer { theirs in
                guard let mine = mine.baseAddress, let theirs = theirs.baseAddress else { return true }
                return unsafe memcmp(mine, theirs, count) == 0
            }
        }
    }

    /// The place of the first such byte at or after a place.
    @inline(__always)
    public func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
        precondition(start >= 0 && start <= count, "no place \(start) among \(count) bytes")
        return unsafe withUnsafeBufferPointer { bytes -> Int? in
            guard let base = bytes.baseAddress else { return nil }
            guard let found = unsafe memchr(base + start, Int32(byte), count &- start) else { return nil }
            return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
        }
    }

    /// Whether one of four characters is among the bytes.
    @inline(__always)
    public func hasAny(
        of first: Unicode.Scalar, _ second: Unicode.Scalar, _ third: Unicode.Scalar, _ fourth: Unicode.Scalar
    ) -> Bool {
        var index = 0
        while index &+ 8 <= count {
            let word = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self)
            let found = word.places(of: first) | word.places(of: second) | word.places(of: third)
            if found | word.places(of: fourth) != 0 { return true }
            index &+= 8
        }
        while index < count {
            let character = unsafe Unicode.Scalar(self[unchecked: index])
            if character == first || character == second || character == third || character == fourth { return true }
            index &+= 1
        }
        return false
    }

    /// The place of the last such byte.
    public func lastIndex(of byte: UInt8) -> Int? { indices.last { self[$0] == byte } }

    /// The text; bytes that are not UTF-8 are replaced by U+FFFD.
    public var string: String { unsafe withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) } }

    /// The beginning of a text, for a message.
    public var excerpt: String {
        let most = 48
        guard count > most else { return string }
        var end = most
        while end > 0, self[end] & 0xC0 == 0x80 { end -= 1 }
        return extracting(..<end).string + "…"
    }
}

extension Span {
    /// Asks the processor to fetch an element that is going to be read soon: a hint that changes nothing. An index that is no
    /// element's is ignored.
    @inline(__always)
    public func prefetch(at index: Int) {
        guard indices.contains(index) else { return }
        unsafe withUnsafeBufferPointer { elements in
            guard let base = elements.baseAddress else { return }
            let start = unsafe UnsafeRawPointer(base + index)
            // Memory comes in lines of 64 bytes; the last byte may lie in one more.
            var offset = 0
            while offset < MemoryLayout<Element>.size {
                unsafe cglue_prefetch(start + offset)
                offset &+= 64
            }
            unsafe cglue_prefetch(start + MemoryLayout<Element>.size - 1)
        }
    }
}

extension UInt8 {
    @inline(__always)
    var isASCIISpace: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D) }
}
