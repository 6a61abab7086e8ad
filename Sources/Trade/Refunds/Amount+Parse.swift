import Memory

/// Why a text is no amount of its currency, in the order in which FORMATS.md judges them; the raw values are its codes.
public enum AmountFault: String, Error, Sendable {
    /// Not of the grammar `-?digits[.digits]` (with an exponent only in JSON).
    case badAmount = "bad-amount"
    /// More than 15 digits before the point, or more than 10^18 minor units.
    case amountRange = "amount-range"
    /// Not a whole number of the currency's minor units.
    case amountPrecision = "amount-precision"
    /// Below zero where that has no meaning.
    case negativeAmount = "negative-amount"
}

extension Amount {
    /// Which texts are amounts: an exponent is allowed in JSON, never in CSV.
    public enum Grammar: Sendable { case csv, json }

    /// Reads an exact decimal by whole-field grammar, without rounding and without binary floating point
    /// (FORMATS.md, "What holds for all inputs").
    ///
    /// - Parameters:
    ///   - bytes: the field, already trimmed.
    ///   - mayBeNegative: true for a finalRefundAmount only.
    public static func parse(
        _ bytes: Span<UInt8>, _ currency: Currency, grammar: Grammar, mayBeNegative: Bool = false
    ) throws(AmountFault) -> Amount {
        if let plain = plain(bytes, minorDigits: currency.minorDigits) { return plain }
        guard let decimal = Decimal(bytes, grammar: grammar) else { throw .badAmount }
        let minorUnits = try decimal.minorUnits(digits: currency.minorDigits)
        if minorUnits < 0, !mayBeNegative { throw .negativeAmount }
        return Amount(minorUnits: minorUnits)
    }

    /// The usual form of an amount: a few digits, and after a point no more than the currency has. nil for anything else.
    @inline(__always)
    private static func plain(_ bytes: Span<UInt8>, minorDigits: Int) -> Amount? {
        // Up to twelve digits and the zeros that are added are within every limit.
        guard bytes.count <= 13 else { return nil }
        var minorUnits: Int64 = 0
        var index = 0
        func readDigits(upTo end: Int) -> Bool {
            let start = index
            while index < end, case let digit = bytes[index] &- UInt8(ascii: "0"), digit <= 9 {
                minorUnits = minorUnits &* 10 &+ Int64(digit)
                index &+= 1
            }
            return index > start
        }
        guard readDigits(upTo: min(bytes.count, 12)) else { return nil }
        var fractionCount = 0
        if index < bytes.count {
            guard bytes[index] == UInt8(ascii: ".") else { return nil }
            index &+= 1
            fractionCount = bytes.count &- index
            guard fractionCount <= minorDigits, readDigits(upTo: bytes.count), index == bytes.count else { return nil }
        }
        for _ in fractionCount..<minorDigits { minorUnits = minorUnits &* 10 }
        return Amount(minorUnits: minorUnits)
    }

    /// Reads an amount from a text such as an option's value, without an exponent.
    public static func parse(_ text: String, _ currency: Currency, mayBeNegative: Bool = false) throws(AmountFault)
        -> Amount
    {
        try parse(Array(text.utf8).span, currency, grammar: .csv, mayBeNegative: mayBeNegative)
    }
}

/// A decimal number taken apart, not yet tied to a currency.
struct Decimal {
    /// The first significant digits, at most 19 of them.
    private var significand: UInt64 = 0
    /// How many significant digits there are in all.
    private var significantCount = 0
    /// Whether a digit beyond the first 19 is not zero.
    private var hasMore = false
    /// The power of ten of the last significant digit that was counted.
    private var exponent = 0
    private var isNegative = false

    /// nil if the bytes are not of the grammar.
    init?(_ bytes: Span<UInt8>, grammar: Amount.Grammar) {
        var index = 0
        if !bytes.isEmpty, bytes[0] == UInt8(ascii: "-") {
            isNegative = true
            index = 1
        }
        guard readDigits(bytes, &index, fraction: false) else { return nil }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            guard readDigits(bytes, &index, fraction: true) else { return nil }
        }
        if grammar == .json, index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            guard readExponent(bytes, &index) else { return nil }
        }
        guard index == bytes.count else { return nil }
    }

    private mutating func readDigits(_ bytes: Span<UInt8>, _ index: inout Int, fraction: Bool) -> Bool {
        let start = index
        while index < bytes.count, case let digit = bytes[index] &- UInt8(ascii: "0"), digit <= 9 {
            index += 1
            if significantCount == 0, digit == 0 {
                if fraction { exponent -= 1 }
                continue
            }
            if significantCount < 19 {
                significand = significand * 10 + UInt64(digit)
                if fraction { exponent -= 1 }
            } else {
                hasMore = hasMore || digit != 0
                if !fraction { exponent += 1 }
            }
            significantCount += 1
        }
        return index > start
    }

    private mutating func readExponent(_ bytes: Span<UInt8>, _ index: inout Int) -> Bool {
        var isNegativeExponent = false
        if index < bytes.count, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
            isNegativeExponent = bytes[index] == UInt8(ascii: "-")
            index += 1
        }
        let start = index
        var stated = 0
        while index < bytes.count, case let digit = bytes[index] &- UInt8(ascii: "0"), digit <= 9 {
            // A line is at most 8 MiB long, so beyond this the exponent decides whatever the digits are.
            stated = min(stated * 10 + Int(digit), 1_000_000_000)
            index += 1
        }
        exponent += isNegativeExponent ? -stated : stated
        return index > start
    }

    /// The number in units of 10^-digits; range is judged before precision.
    func minorUnits(digits: Int) throws(AmountFault) -> Int64 {
        if significand == 0 { return 0 }
        let kept = min(significantCount, 19)
        // The value lies in 10^(kept+exponent-1) ..< 10^(kept+exponent).
        if kept + exponent > 15 { throw .amountRange }
        let shift = exponent + digits
        let limit = UInt64(Amount.largest.minorUnits)
        if shift >= 0 {
            // kept + exponent ≤ 15 and a currency has at most 4 digits, so the product has at most 19; with the 6 of a
            // percentage it may have more, and is beyond 100 whatever it is cut to.
            let (units, overflow) = significand.multipliedReportingOverflow(by: UInt64(powersOfTen[min(shift, 18)]))
            if overflow || units > limit || (units == limit && hasMore) { throw .amountRange }
            if hasMore { throw .amountPrecision }
            return signed(units)
        }
        if -shift > 19 { throw .amountPrecision }
        let (units, rest) =
            -shift == 19 ? (0, significand) : significand.quotientAndRemainder(dividingBy: UInt64(powersOfTen[-shift]))
        if units > limit || (units == limit && (rest != 0 || hasMore)) { throw .amountRange }
        if rest != 0 || hasMore { throw .amountPrecision }
        return signed(units)
    }

    private func signed(_ units: UInt64) -> Int64 { isNegative ? -Int64(units) : Int64(units) }
}
