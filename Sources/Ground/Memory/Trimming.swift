extension UnsafeBufferPointer<UInt8> {
    /// Without ASCII white space (space, TAB, LF, VT, FF, CR) at both ends (FORMATS.md, "Fields").
    @inline(__always)
    public var trimmed: UnsafeBufferPointer<UInt8> {
        var start = 0
        var end = count
        while start < end, self[start].isASCIISpace { start += 1 }
        while end > start, self[end - 1].isASCIISpace { end -= 1 }
        return UnsafeBufferPointer(rebasing: self[start..<end])
    }
}

extension UInt8 {
    @inline(__always)
    var isASCIISpace: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D) }
}
