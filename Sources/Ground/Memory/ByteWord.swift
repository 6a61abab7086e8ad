extension UInt64 {
    /// The top bit of each of the eight bytes that is a character; exact in every byte.
    @inline(__always)
    public func places(of character: Unicode.Scalar) -> UInt64 {
        let lows: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
        let rest = self ^ (0x0101_0101_0101_0101 &* UInt64(UInt8(ascii: character)))
        return ~(((rest & lows) &+ lows) | rest | lows)
    }
}
