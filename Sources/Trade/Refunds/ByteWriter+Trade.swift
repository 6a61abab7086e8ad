import Memory

/// Values of the trade as files of text have them.
extension ByteWriter {
    /// Appends an amount with exactly the minor digits of its currency.
    @inline(__always)
    public mutating func append(_ amount: Amount, _ currency: Currency) {
        append(
            decimal: amount.minorUnits.magnitude, isNegative: amount.isNegative, minorDigits: currency.minorDigits)
    }

    /// Appends a day as `yyyy-MM-dd`.
    @inline(__always)
    public mutating func append(_ date: CalendarDate) {
        if let text = date.text {
            append(text.span)
        } else {
            append(Text(date.description))
        }
    }

    /// Appends an id's 32 hexadecimal digits.
    public mutating func append(_ id: BreakID) {
        append(hexadecimal: id.high)
        append(hexadecimal: id.low)
    }
}

// Until nobody uses it.
extension RowWriter {
    /// An amount with the minor digits of its currency.
    @inline(__always)
    public mutating func amount(_ amount: Amount, _ currency: Currency) {
        if amount.isNegative { byte(UInt8(ascii: "-")) }
        decimal(amount.minorUnits.magnitude, minorDigits: currency.minorDigits)
    }

    /// `yyyy-MM-dd`
    @inline(__always)
    public mutating func date(_ date: CalendarDate) {
        let (year, month, day) = date.components
        pair(UInt64(truncatingIfNeeded: year / 100))
        pair(UInt64(truncatingIfNeeded: year % 100))
        byte(UInt8(ascii: "-"))
        pair(UInt64(truncatingIfNeeded: month))
        byte(UInt8(ascii: "-"))
        pair(UInt64(truncatingIfNeeded: day))
    }
}
