extension UTF8Fault {
    /// nil if all is UTF-8.
    public init?(_ text: Span<UInt8>) {
        guard let fault = unsafe text.withUnsafeBufferPointer({ unsafe UTF8Fault($0) }) else { return nil }
        self = fault
    }
}
