import Memory
import Refunds

/// An amount as a cell can hold it: a number while binary floating point gives all its digits back, else its exact text.
///
/// A spreadsheet computes in doubles and shows 15 significant digits. A wrong number is worse than a text.
enum CellNumber: Equatable {
    case number(Double)
    case text(String)

    /// From here on an amount in minor units has more than 15 digits.
    static let limit: Int128 = 1_000_000_000_000_000

    init(_ amount: Amount, _ currency: Currency) {
        self = Self.isNumber(amount) ? .number(Self.double(amount, currency)) : .text(amount.formatted(currency))
    }

    init(_ total: Total, _ currency: Currency) {
        if let amount = Self.amount(total) {
            self.init(amount, currency)
        } else {
            self = .text(total.formatted(currency))
        }
    }

    /// The total as an amount that is written as a number; nil if it is too long for one.
    static func amount(_ total: Total) -> Amount? {
        total.minorUnits.magnitude < limit.magnitude ? Amount(minorUnits: Int64(total.minorUnits)) : nil
    }

    /// Whether the amount is written as a number.
    static func isNumber(_ amount: Amount) -> Bool { amount.minorUnits.magnitude < UInt64(limit) }

    /// The double nearest to the decimal: both integers are exact below 2^53, and IEEE division rounds correctly.
    private static func double(_ amount: Amount, _ currency: Currency) -> Double {
        Double(amount.minorUnits) / powersOfTen[currency.minorDigits]
    }

    private static let powersOfTen: [Double] = [1, 10, 100, 1000, 10_000]
}

extension CalendarDate {
    /// Excel's day number; nil before 1900-03-01, where Excel counts a 29 February that never was.
    var serialNumber: Double? {
        let serial = Int(daysSinceEpoch) + 25_569
        return serial >= 61 ? Double(serial) : nil
    }
}
