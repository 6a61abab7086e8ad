import Memory
import Refunds

/// A decimal as people read it: thousands separated by commas, digit for digit: `-1234567.50` → `-1,234,567.50`.
func grouped(_ decimal: String) -> String {
    let sign = decimal.prefix { $0 == "-" }
    let digits = decimal.dropFirst(sign.count).prefix { $0 != "." }
    var result = String(sign)
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
        result.append(digit)
    }
    return result + decimal.dropFirst(sign.count + digits.count)
}

extension Amount {
    /// The exact amount with thousands separators.
    func shown(_ currency: Currency) -> String { grouped(formatted(currency)) }
}

extension Total {
    /// The exact total with thousands separators.
    func shown(_ currency: Currency) -> String { grouped(formatted(currency)) }

    /// The same with `+` before a positive amount, for changes.
    func shownChange(_ currency: Currency) -> String { (minorUnits > 0 ? "+" : "") + shown(currency) }

    var isNegative: Bool { minorUnits < 0 }
}
