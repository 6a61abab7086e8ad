import Memory

/// The id of a row from night to night, of its break and of its open item: the first 128 bits of the SHA-256 of the key
/// of its record. It is written as 32 hexadecimal digits.
public struct BreakID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The first 16 digits: all that ids had before they had 32.
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads 32 hexadecimal digits, lower or upper case; nil if the text is anything else.
    public init?(_ text: String) {
        let digits = text.utf8
        guard digits.count == 32, let high = Self.half(digits.prefix(16)), let low = Self.half(digits.suffix(16)) else {
            return nil
        }
        self.init(high: high, low: low)
    }

    /// The value of 16 hexadecimal digits, lower or upper case; nil if the text is anything else.
    public static func half(_ digits: some Collection<UInt8>) -> UInt64? {
        guard digits.count == 16 else { return nil }
        var value: UInt64 = 0
        for digit in digits {
            let nibble: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): nibble = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): nibble = digit - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): nibble = digit - UInt8(ascii: "A") + 10
            default: return nil
            }
            value = value << 4 | UInt64(nibble)
        }
        return value
    }

    public var description: String {
        var bytes: [UInt8] = []
        bytes.append(self)
        return String(decoding: bytes, as: UTF8.self)
    }

    public static func < (left: BreakID, right: BreakID) -> Bool {
        left.high == right.high ? left.low < right.low : left.high < right.high
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(high) }

    /// A hash for a `HashIndex`: ids are spread evenly as they are.
    public var keyHash: Int { Int(truncatingIfNeeded: high) }
}

extension [UInt8] {
    /// Appends an id's 32 hexadecimal digits.
    public mutating func append(_ id: BreakID) {
        var digits = InlineArray<32, UInt8>(repeating: 0)
        var (high, low) = (id.high, id.low)
        for place in 0..<16 {
            digits[15 - place] = Self.hexDigit(high)
            digits[31 - place] = Self.hexDigit(low)
            high >>= 4
            low >>= 4
        }
        append(contentsOf: digits.span)
    }

    /// The digit of the last four bits.
    @inline(__always)
    private static func hexDigit(_ bits: UInt64) -> UInt8 {
        let nibble = UInt8(truncatingIfNeeded: bits & 0xF)
        return nibble &+ (nibble < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") &- 10)
    }
}
