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
        unsafe isSame(as: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Whether both have the same bytes.
    @inline(__always)
    public func isSame(as other: Span<UInt8>) -> Bool {
        unsafe other.withUnsafeBufferPointer { unsafe isSame(as: $0) }
    }

    @inline(__always)
    func isSame(as other: UnsafeBufferPointer<UInt8>) -> Bool {
        unsafe withUnsafeBufferPointer { unsafe $0.isSame(other.baseAddress, other.count) }
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
            if let base = elements.baseAddress { unsafe Memory.prefetch(base + index) }
        }
    }
}

extension [UInt8] {
    /// A copy of the bytes.
    public init(_ bytes: Span<UInt8>) { self = unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) } }

    @inline(__always)
    public mutating func append(contentsOf bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}
