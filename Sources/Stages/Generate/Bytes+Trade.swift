import Memory
import Refunds

/// How the trade's terms are written, byte by byte.
extension Array where Element == UInt8 {
    mutating func append(_ number: OrderNumber) {
        var rest = number.letters
        for _ in 0..<5 {
            append(UInt8(ascii: "A") + UInt8(rest % 26))
            rest /= 26
        }
        append(compact: number.day)
        append(digits: UInt(number.serial), minimumCount: 9)
    }

    /// Six characters that cannot be taken for one another.
    mutating func append(pnr: UInt32) {
        for place in 0..<6 { append(pnrCharacters[Int(pnr >> UInt32(place * 5)) & 31]) }
    }

    /// `202507-0000012`: the month in which the refund was asked for, and a serial number.
    mutating func append(refundCode plan: CasePlan) {
        let (year, month, _) = plan.requestedAt.components
        append(digits: UInt(year), minimumCount: 4)
        append(digits: UInt(month), minimumCount: 2)
        append(UInt8(ascii: "-"))
        append(digits: UInt(plan.serial), minimumCount: 7)
    }

    /// `q_` and 32 hexadecimal digits.
    mutating func append(offer: (high: UInt64, low: UInt64)) {
        append(literal: "q_")
        append(hex: offer.high)
        append(hex: offer.low)
    }

    private mutating func append(hex value: UInt64) {
        for shift in stride(from: UInt64(60), through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: value >> shift) & 15
            append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }

    /// `yyyyMMdd`, Atlas's way.
    mutating func append(compact day: CalendarDate) {
        let (year, month, dayOfMonth) = day.components
        append(digits: UInt(year), minimumCount: 4)
        append(digits: UInt(month), minimumCount: 2)
        append(digits: UInt(dayOfMonth), minimumCount: 2)
    }

    /// `yyyy-MM-ddTHH:mm:ssZ`, or with three digits of milliseconds.
    mutating func append(_ day: CalendarDate, milliseconds: Int, showsMilliseconds: Bool) {
        append(day.adding(days: milliseconds / 86_400_000))
        append(UInt8(ascii: "T"))
        let second = UInt(milliseconds % 86_400_000 / 1000)
        append(digits: second / 3600, minimumCount: 2)
        append(UInt8(ascii: ":"))
        append(digits: second / 60 % 60, minimumCount: 2)
        append(UInt8(ascii: ":"))
        append(digits: second % 60, minimumCount: 2)
        if showsMilliseconds {
            append(UInt8(ascii: "."))
            append(digits: UInt(milliseconds % 1000), minimumCount: 3)
        }
        append(UInt8(ascii: "Z"))
    }

    /// An amount as Atlas writes it in JSON, without zeros at the end: `37.32`, `2.5`, `10`.
    mutating func append(trimmed amount: Amount, _ currency: Currency) {
        append(amount, currency)
        guard currency.minorDigits > 0 else { return }
        while last == UInt8(ascii: "0") { removeLast() }
        if last == UInt8(ascii: ".") { removeLast() }
    }

    /// An amount with one digit more than its currency has.
    mutating func append(tooPrecise amount: Amount, _ currency: Currency) {
        append(amount, currency)
        if currency.minorDigits == 0 { append(UInt8(ascii: ".")) }
        append(UInt8(ascii: "5"))
    }
}

private let pnrCharacters = Array("ABCDEFGHJKLMNPQRSTUVWXYZ23456789".utf8)
