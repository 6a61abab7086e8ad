/// One value of a sheet.
package enum CellValue: Equatable, Sendable {
    case none
    /// An empty cell that has a style.
    case blank
    case text(String)
    case count(Int)
    case fraction(Double)
    /// A day, by the number that a spreadsheet has for it (`CellNumber.serial`).
    case serial(Int)
    /// An exact decimal number: `units` of the last of `digits` digits after the point. It must be `CellNumber.isExact`.
    case decimal(units: Int64, digits: Int)
    /// A decimal number that is text because a cell cannot hold all its digits as a number.
    case longDecimal(String)
    /// A formula and its value, for readers that do not compute.
    case formula(String, CachedValue)

    package enum CachedValue: Equatable, Sendable {
        case number(Double, CellStyle.Number)
        case text(String)
    }

    /// The value as that of a formula, if it is a number or a text.
    package var cached: CachedValue {
        switch self {
        case .count(let count): .number(Double(count), .count)
        case .decimal(let units, let digits):
            .number(CellNumber.double(units: units, digits: digits), .decimal(digits: digits))
        case .fraction(let fraction): .number(fraction, .percent)
        case .text(let text), .longDecimal(let text): .text(text)
        case .formula(_, let value): value
        case .none, .blank, .serial: .text("")
        }
    }
}

/// Decimal numbers as a cell can hold them. A spreadsheet computes in doubles and shows 15 significant digits: a number with
/// more would be shown wrong, so it becomes a text.
package enum CellNumber {
    /// From here on a number of units has more than 15 digits.
    package static let limit: Int128 = 1_000_000_000_000_000

    /// Whether a cell holds so many units as a number with all its digits.
    package static func isExact(units: Int128) -> Bool { units.magnitude < limit.magnitude }

    /// The double nearest to the decimal: both integers are exact below 2^53, and IEEE division rounds correctly.
    package static func double(units: Int64, digits: Int) -> Double { Double(units) / Double(powerOfTen(digits)) }

    /// The number that a spreadsheet has for a day counted from 1970-01-01; nil before 1900-03-01, because Excel counts a
    /// 29 February 1900 that never was.
    package static func serial(day: Int) -> Int? { day + 25_569 >= 61 ? day + 25_569 : nil }

    static func powerOfTen(_ exponent: Int) -> UInt64 { (0..<exponent).reduce(1) { power, _ in power * 10 } }
}
