import Core

/// Writes the cells of one row into memory that is known to be large enough, each behind the other.
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
    mutating func comma() { byte(UInt8(ascii: ",")) }

    @inline(__always)
    mutating func bytes(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress else { return }
        next.update(from: start, count: bytes.count)
        next += bytes.count
    }

    /// A word of ours, and the comma behind it.
    @inline(__always)
    mutating func word(_ word: String?) {
        if var word { word.withUTF8 { bytes($0) } }
        comma()
    }

    mutating func codes(_ codes: ExceptionSet) {
        var isFirst = true
        for code in codes {
            if isFirst { isFirst = false } else { byte(UInt8(ascii: ";")) }
            var word = code.rawValue
            word.withUTF8 { bytes($0) }
        }
        comma()
    }

    // MARK: Text from outside

    /// At most so many bytes are written for a text.
    static func capacity(of text: Text?) -> Int { (text?.count ?? 0) * 2 + 4 }

    @inline(__always)
    mutating func text(_ text: Text?) {
        if let text { text.withBytes { outside($0) } }
        comma()
    }

    /// Neutralised and quoted where needed.
    @inline(__always)
    mutating func outside(_ text: UnsafeBufferPointer<UInt8>) {
        if CSV.isPlain(text) { bytes(text) } else { escaped(text) }
    }

    private mutating func escaped(_ text: UnsafeBufferPointer<UInt8>) {
        var escaped: [UInt8] = []
        CSV.write(outside: text, to: &escaped)
        escaped.withUnsafeBufferPointer { bytes($0) }
    }

    // MARK: Numbers

    /// An amount with the minor digits of its currency, and the comma behind it.
    @inline(__always)
    mutating func amount(_ amount: Amount?, _ currency: Currency?) {
        if let amount, let currency {
            if amount.isNegative { byte(UInt8(ascii: "-")) }
            decimal(amount.minorUnits.magnitude, minorDigits: currency.minorDigits)
        }
        comma()
    }

    @inline(__always)
    mutating func count(_ count: Int?) {
        if let count {
            if count < 0 { byte(UInt8(ascii: "-")) }
            decimal(UInt64(count.magnitude), minorDigits: 0)
        }
        comma()
    }

    /// `yyyy-MM-dd`
    @inline(__always)
    mutating func date(_ date: CalendarDate?) {
        if let date {
            let (year, month, day) = date.components
            twoDigits(year / 100)
            twoDigits(year % 100)
            byte(UInt8(ascii: "-"))
            twoDigits(month)
            byte(UInt8(ascii: "-"))
            twoDigits(day)
        }
        comma()
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
