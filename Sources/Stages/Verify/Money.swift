/// An exact amount in minor units, with the number of digits after its decimal point.
struct Money: Equatable {
    var minorUnits: Int128
    let digits: Int

    /// Far more than one row can hold, and far too little for the differences of a row to overflow.
    static let rowLimit = Int128(1_000_000_000_000_000_000) * 1_000_000_000_000

    /// Exactly as a report writes it: `-?digits[.digits]`, no zeros before the first digit, at most four digits after the
    /// point; nil for anything else.
    init?(_ text: some Collection<UInt8>) {
        var rest = text[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest = rest.dropFirst() }
        let point = rest.firstIndex(of: UInt8(ascii: ".")) ?? rest.endIndex
        let whole = rest[..<point]
        let fraction = point == rest.endIndex ? rest[point...] : rest[point...].dropFirst()
        guard !whole.isEmpty, whole.count <= 34, fraction.count <= 4, point == rest.endIndex || !fraction.isEmpty,
            whole.count == 1 || whole.first != UInt8(ascii: "0")
        else { return nil }
        var units: Int128 = 0
        for byte in [whole, fraction].joined() {
            guard case 0x30...0x39 = byte else { return nil }
            units = units * 10 + Int128(byte - 0x30)
        }
        if isNegative, units == 0 { return nil }
        minorUnits = isNegative ? -units : units
        digits = fraction.count
    }

    init?(_ text: String) { self.init(text.utf8) }

    /// The decimal text of an amount in minor units.
    static func text(_ minorUnits: Int128, digits: Int) -> String {
        var figures = String(minorUnits.magnitude)
        if digits > 0 {
            figures = String(repeating: "0", count: max(0, digits + 1 - figures.count)) + figures
            figures.insert(".", at: figures.index(figures.endIndex, offsetBy: -digits))
        }
        return (minorUnits < 0 ? "-" : "") + figures
    }
}

/// How many digits each currency has after the point, as the report itself writes it; the same everywhere.
struct CurrencyDigits {
    private var digits: [String: Int] = [:]

    /// Whether an amount of the currency may have `count` digits after the point; the first amount decides.
    mutating func allows(_ count: Int, of currency: String) -> Bool {
        if let known = digits[currency] { return known == count }
        digits[currency] = count
        return true
    }

    subscript(currency: String) -> Int? { digits[currency] }
}

/// A sum that knows when it has become too large to be right.
struct Sum: Equatable {
    private(set) var minorUnits: Int128 = 0
    private(set) var hasOverflowed = false

    mutating func add(_ amount: Int128) {
        let (sum, overflows) = minorUnits.addingReportingOverflow(amount)
        minorUnits = sum
        if overflows { hasOverflowed = true }
    }
}

/// A calendar day as a number of days.
enum Day {
    /// `yyyy-MM-dd` of a day that exists, in the years 0001 to 9999; nil for anything else.
    static func number(_ text: some Collection<UInt8>) -> Int? {
        let bytes = Array(text)
        guard bytes.count == 10, bytes[4] == 0x2D, bytes[7] == 0x2D else { return nil }
        func value(_ range: Range<Int>) -> Int? {
            bytes[range].reduce(0) { sum, byte in
                guard let sum, case 0x30...0x39 = byte else { return nil }
                return sum * 10 + Int(byte - 0x30)
            }
        }
        guard let year = value(0..<4), let month = value(5..<7), let day = value(8..<10), year >= 1,
            1...12 ~= month, day >= 1, day <= length(month, year: year)
        else { return nil }
        // Days since 1970-01-01, counted in years that begin in March.
        let shifted = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }

    private static func length(_ month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
