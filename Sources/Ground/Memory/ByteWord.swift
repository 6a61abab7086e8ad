extension UInt64 {
    /// A mask with the top bit set in each of the eight bytes that equals `character`; no false positives.
    @inline(__always)
    public func places(of character: Unicode.Scalar) -> UInt64 {
        let lows: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
        let rest = self ^ (0x0101_0101_0101_0101 &* UInt64(UInt8(ascii: character)))
        return ~(((rest & lows) &+ lows) | rest | lows)
    }
}
