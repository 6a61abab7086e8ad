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
