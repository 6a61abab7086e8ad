// The same of pointers, until nobody uses them.

extension ByteWriter {
    @inline(__always)
    public borrowing func withBytes<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe span.withUnsafeBufferPointer { (bytes) throws(Failure) in try unsafe body(bytes) }
    }

    public mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) { unsafe append(bytes.span) }
}
