import JSON
import Memory
import Refunds
import Schema
import XLSX

/// What options add to a report, after the columns and keys that FORMATS.md lists. Without such options it is empty, and
/// the report is what FORMATS.md says, to the byte.
package struct ReportAdditions: Sendable {
    /// Columns after those of `reconciliation.csv`; in JSON Lines, members after `evidence`.
    package var columns: [AddedColumns] = []
    /// Members of `summary.json` after `controls`.
    package var summaryMembers: [JSONTree.Member] = []
    /// In words, what should have come in and did not: with any of these the verdict is INCOMPLETE.
    package var shortfalls: [String] = []
    /// In words, what a person should know of the inputs although it makes the report no less complete.
    package var remarks: [String] = []
    /// Tables for a person: on the Summary sheet, the page and the terminal.
    package var tables: [ReportTable] = []

    package init() {}
}

/// A small table for a person.
package struct ReportTable: Sendable {
    package let title: String
    /// What the figures mean, in a sentence.
    package let note: String?
    package let header: [Heading]
    /// As many cells a row as the header has.
    package let rows: [[TableCell]]

    /// A column's title, and whether its cells are figures, which stand on the right.
    package struct Heading: Sendable {
        package let title: String
        package let isFigure: Bool

        package static func words(_ title: String) -> Heading { Heading(title: title, isFigure: false) }
        package static func figures(_ title: String) -> Heading { Heading(title: title, isFigure: true) }
    }

    package init(_ title: String, note: String? = nil, _ header: [Heading], _ rows: [[TableCell]]) {
        self.title = title
        self.note = note
        self.header = header
        self.rows = rows
    }

    /// The table in plain text, its lines at most `width` columns wide where that is possible; without its title.
    package func text(width: Int) -> String {
        lines(width).joined(separator: "\n")
    }

    func lines(_ width: Int) -> [String] {
        var table = TextTable(header.map { $0.isFigure ? .figures($0.title) : .words($0.title) })
        for cells in rows { table.add(cells.map { VisibleText.clean($0.shown, limit: 80) }) }
        return table.lines(width: width)
    }
}

/// A cell of a small table. It keeps the type of its value, so that the workbook has numbers and dates.
package enum TableCell: Sendable, Equatable {
    case empty
    case text(String)
    case count(Int)
    case date(CalendarDate)
    case amount(Amount, Currency)
    case total(Total, Currency)

    /// The cell as a person reads it, figures grouped; text from outside is not made safe.
    var shown: String {
        switch self {
        case .empty: ""
        case .text(let text): text
        case .count(let count): grouped(String(count))
        case .date(let date): date.description
        case .amount(let amount, let currency): amount.shown(currency)
        case .total(let total, let currency): total.shown(currency)
        }
    }

    var isNegative: Bool {
        switch self {
        case .amount(let amount, _): amount.isNegative
        case .total(let total, _): total.isNegative
        default: false
        }
    }

    /// The cell on a sheet that is laid out by hand.
    var value: CellValue {
        switch self {
        case .empty: .none
        case .text(let text): .text(text)
        case .count(let count): .count(count)
        case .date(let date): .date(date)
        case .amount(let amount, let currency): .amount(amount, currency)
        case .total(let total, let currency): .total(total, currency)
        }
    }
}

extension Cell {
    /// The cell of a row on a sheet that is laid out by hand.
    func value(_ fileNames: [String]) -> CellValue {
        switch self {
        case .empty: .none
        case .outsideText(let text), .word(let text): .text(text.string)
        case .amount(let amount, let currency): .amount(amount, currency)
        case .date(let date): .date(date)
        case .count(let count): .count(count)
        case .id(let id): .text(id.description)
        case .codes(let codes): .text(codes.map(\.rawValue).joined(separator: "; "))
        case .place(let place): .text(place.text(fileNames))
        }
    }
}
