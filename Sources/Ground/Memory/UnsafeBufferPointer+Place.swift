extension UnsafeBufferPointer {
    /// Where an element stands: what is wide is looked at there instead of being copied.
    @inline(__always)
    public func place(of index: Int) -> UnsafePointer<Element> {
        guard let baseAddress, indices.contains(index) else { preconditionFailure("no element \(index)") }
        return baseAddress + index
    }
}
