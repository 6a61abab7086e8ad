import Memory
import Refunds
import XLSX

/// Values of the trade as cells have them; empty where there is none.
extension CellValue {
    /// A day before March 1900 is text: spreadsheets do not have it.
    static func date(_ date: CalendarDate?) -> CellValue {
        guard let date else { return .none }
        return CellNumber.serial(day: Int(date.daysSinceEpoch)).map { .serial($0) } ?? .text(date.description)
    }

    static func amount(_ amount: Amount?, _ currency: Currency?) -> CellValue {
        guard let amount, let currency else { return .none }
        return total(Total(minorUnits: Int128(amount.minorUnits)), currency)
    }

    /// Text where a number would not hold all digits.
    static func total(_ total: Total, _ currency: Currency) -> CellValue {
        total.isNumber
            ? .decimal(units: Int64(total.minorUnits), digits: currency.minorDigits)
            : .longDecimal(total.formatted(currency))
    }

    static func count(_ count: Int?) -> CellValue {
        guard let count else { return .none }
        return .count(count)
    }

    static func text(_ text: Text?) -> CellValue { .text(text?.string ?? "") }
}

extension Total {
    /// Whether a cell holds it as a number, which formulas can add.
    var isNumber: Bool { CellNumber.isExact(units: minorUnits) }
}

extension Palette {
    /// The color of a band that says so.
    init(_ tone: Tone) {
        switch tone {
        case .good: self = .green
        case .wait: self = .amber
        case .bad: self = .red
        case .unknown: self = .purple
        case .neutral: self = .grey
        }
    }
}
