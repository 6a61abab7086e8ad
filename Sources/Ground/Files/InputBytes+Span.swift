extension InputBytes {
    /// The text in place.
    public var textBytes: Span<UInt8> {
        @_lifetime(borrow self) get { unsafe _overrideLifetime(text.span, borrowing: self) }
    }
}
