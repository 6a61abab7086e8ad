import Memory

/// An exact amount of money, in the minor units of a currency that the record beside it names.
///
/// What comes in is at most 10^18 minor units (FORMATS.md, "What holds for all inputs"; `Amount.parse` sees to it) and no rule of
/// RULES.md adds more than nine such amounts, so the arithmetic of one case cannot overflow 64 bits. Sums over cases
/// are kept in `Total`.
public struct Amount: Sendable, Hashable, Comparable {
    /// Whole minor units: 3732 is 37.32 USD.
    public let minorUnits: Int64

    @inline(__always)
    public init(minorUnits: Int64) { self.minorUnits = minorUnits }

    public static let zero = Amount(minorUnits: 0)

    /// The largest amount that a record may state or imply, in minor units.
    public static let largest = Amount(minorUnits: 1_000_000_000_000_000_000)

    /// The distance from zero.
    public var magnitude: Amount { Amount(minorUnits: abs(minorUnits)) }

    public var isNegative: Bool { minorUnits < 0 }

    public static func < (left: Amount, right: Amount) -> Bool { left.minorUnits < right.minorUnits }
    public static func + (left: Amount, right: Amount) -> Amount {
        Amount(minorUnits: left.minorUnits + right.minorUnits)
    }
    public static func - (left: Amount, right: Amount) -> Amount {
        Amount(minorUnits: left.minorUnits - right.minorUnits)
    }

    /// Whether a derived amount keeps the limits of a stated one: at most 15 digits before the point and 10^18 minor units.
    public func isInRange(for currency: Currency) -> Bool {
        // 10^15 units of a currency of four digits are beyond 64 bits: there the other limit is the lower one.
        let (units, overflow) = Int64(1_000_000_000_000_000).multipliedReportingOverflow(
            by: powersOfTen[currency.minorDigits])
        let limit = overflow ? Self.largest.minorUnits : min(Self.largest.minorUnits, units - 1)
        return minorUnits >= -limit && minorUnits <= limit
    }

    /// The amount with exactly the minor digits of its currency: `37.32`, `1200` JPY, `-1.250` KWD.
    public func formatted(_ currency: Currency) -> String {
        var bytes: [UInt8] = []
        bytes.append(self, currency)
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A sum of amounts over cases, in 128 bits. It cannot overflow: each amount fits 64 bits, so that would take 2^64 of them,
/// and no machine holds as many records. The operators trap all the same.
public struct Total: Sendable, Hashable {
    /// Whole minor units.
    public private(set) var minorUnits: Int128

    public init(minorUnits: Int128 = 0) { self.minorUnits = minorUnits }

    public init(_ amount: Amount) { minorUnits = Int128(amount.minorUnits) }

    public static func + (left: Total, right: Total) -> Total { Total(minorUnits: left.minorUnits + right.minorUnits) }
    public static func - (left: Total, right: Total) -> Total { Total(minorUnits: left.minorUnits - right.minorUnits) }
    public static prefix func - (total: Total) -> Total { Total(minorUnits: -total.minorUnits) }
    public static func += (total: inout Total, added: Total) { total.minorUnits += added.minorUnits }
    public static func += (total: inout Total, added: Amount) { total.minorUnits += Int128(added.minorUnits) }

    /// The total with exactly the minor digits of its currency.
    public func formatted(_ currency: Currency) -> String {
        let digits = currency.minorDigits
        var text = String(minorUnits.magnitude)
        if digits > 0 {
            text = String(repeating: "0", count: max(0, digits + 1 - text.utf8.count)) + text
            text.insert(".", at: text.index(text.endIndex, offsetBy: -digits))
        }
        return (minorUnits < 0 ? "-" : "") + text
    }
}

let powersOfTen: InlineArray<19, Int64> = [
    1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
    100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
    10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000,
]

extension Array where Element == UInt8 {
    /// Appends an amount with exactly the minor digits of its currency.
    public mutating func append(_ amount: Amount, _ currency: Currency) {
        let digits = currency.minorDigits
        if amount.isNegative { append(UInt8(ascii: "-")) }
        let magnitude = UInt(amount.minorUnits.magnitude)
        guard digits > 0 else { return append(digits: magnitude, minimumCount: 1) }
        let scale = UInt(powersOfTen[digits])
        append(digits: magnitude / scale, minimumCount: 1)
        append(UInt8(ascii: "."))
        append(digits: magnitude % scale, minimumCount: digits)
    }
}
