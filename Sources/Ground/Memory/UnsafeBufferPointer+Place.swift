extension UnsafeBufferPointer {
    /// A pointer to the element at an index, to read a wide element without copying it. Valid while the buffer lives.
    @inline(__always)
    public func place(of index: Int) -> UnsafePointer<Element> {
        guard let baseAddress, indices.contains(index) else { preconditionFailure("no element \(index)") }
        return baseAddress + index
    }
}
