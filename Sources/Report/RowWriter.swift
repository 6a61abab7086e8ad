import Core

/// Writes bytes into memory that is known to be large enough, each behind the other.
struct RowWriter {
    /// Where the next byte goes.
    private(set) var next: UnsafeMutablePointer<UInt8>

    init(at start: UnsafeMutablePointer<UInt8>) { next = start }

    @inline(__always)
    mutating func byte(_ byte: UInt8) {
        next.initialize(to: byte)
        next += 1
    }

    @inline(__always)
    mutating func bytes(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress else { return }
        next.update(from: start, count: bytes.count)
        next += bytes.count
    }

    @inline(__always)
    mutating func text(_ text: Text) { text.withBytes { bytes($0) } }

    @inline(__always)
    mutating func literal(_ literal: StaticString) {
        next.update(from: literal.utf8Start, count: literal.utf8CodeUnitCount)
        next += literal.utf8CodeUnitCount
    }

    @inline(__always)
    mutating func word(_ word: String) {
        var word = word
        word.withUTF8 { bytes($0) }
    }

    // MARK: Numbers

    /// An amount with the minor digits of its currency.
    @inline(__always)
    mutating func amount(_ amount: Amount, _ currency: Currency) {
        if amount.isNegative { byte(UInt8(ascii: "-")) }
        decimal(amount.minorUnits.magnitude, minorDigits: currency.minorDigits)
    }

    @inline(__always)
    mutating func count(_ count: Int) {
        if count < 0 { byte(UInt8(ascii: "-")) }
        decimal(UInt64(count.magnitude), minorDigits: 0)
    }

    /// `yyyy-MM-dd`
    @inline(__always)
    mutating func date(_ date: CalendarDate) {
        let (year, month, day) = date.components
        twoDigits(year / 100)
        twoDigits(year % 100)
        byte(UInt8(ascii: "-"))
        twoDigits(month)
        byte(UInt8(ascii: "-"))
        twoDigits(day)
    }

    /// A number with so many digits behind the point, at least one before it.
    @inline(__always)
    mutating func decimal(_ value: UInt64, minorDigits: Int) {
        var digitCount = 1
        var power: UInt64 = 10
        while digitCount < 20, value >= power {
            digitCount &+= 1
            power = power &* 10
        }
        let units = max(digitCount &- minorDigits, 1)
        let length = units &+ (minorDigits > 0 ? minorDigits &+ 1 : 0)
        // From the last digit to the first.
        var rest = value
        var place = length
        while place > 0 {
            place &-= 1
            if place == units {
                next[place] = UInt8(ascii: ".")
                continue
            }
            next[place] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        next += length
    }

    @inline(__always)
    private mutating func twoDigits(_ value: Int) {
        byte(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value / 10))
        byte(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value % 10))
    }
}
