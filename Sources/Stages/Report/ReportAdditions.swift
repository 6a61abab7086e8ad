import JSON
import Memory
import Refunds

/// What options add to a report, after the columns and keys that FORMATS.md lists. Without such options it is empty, and
/// the report is what FORMATS.md says, to the byte.
package struct ReportAdditions: Sendable {
    /// Columns after those of `reconciliation.csv`; in JSON Lines, members after `evidence`.
    package var columns: [Column] = []
    /// Columns behind these whose cells stand in the columns of the Exceptions sheet that a person fills in: disposition,
    /// note, preparer, reviewer and date; all of them or none.
    package var entryColumns: [Column] = []
    /// Members of `summary.json` after `controls`.
    package var summaryMembers: [JSONTree.Member] = []
    /// In words, what should have come in and did not: with any of these the verdict is INCOMPLETE.
    package var shortfalls: [String] = []
    /// In words, what a person should know of the inputs although it makes the report no less complete.
    package var remarks: [String] = []
    /// Tables for a person: on the Summary sheet, the page and the terminal.
    package var tables: [ReportTable] = []

    package init() {}

    /// All columns after those of the contract.
    package var allColumns: [Column] { columns + entryColumns }
}

/// A small table for a person.
package struct ReportTable: Sendable {
    package let title: String
    /// What the figures mean, in a sentence.
    package let note: String?
    package let header: [Heading]
    /// As many cells a row as the header has.
    package let rows: [[Cell]]

    /// A column's title, and whether its cells are figures, which stand on the right.
    package struct Heading: Sendable {
        package let title: String
        package let isFigure: Bool

        package static func words(_ title: String) -> Heading { Heading(title: title, isFigure: false) }
        package static func figures(_ title: String) -> Heading { Heading(title: title, isFigure: true) }
    }

    package init(_ title: String, note: String? = nil, _ header: [Heading], _ rows: [[Cell]]) {
        self.title = title
        self.note = note
        self.header = header
        self.rows = rows
    }

    /// The table in plain text, its lines at most `width` columns wide where that is possible; without its title.
    package func text(width: Int, fileNames: [String] = []) -> String {
        lines(width, fileNames).joined(separator: "\n")
    }

    func lines(_ width: Int, _ fileNames: [String]) -> [String] {
        var table = TextTable(header.map { $0.isFigure ? .figures($0.title) : .words($0.title) })
        for cells in rows { table.add(cells.map { VisibleText.clean($0.shown(fileNames), limit: 80) }) }
        return table.lines(width: width)
    }
}

extension Cell {
    /// The cell as a person reads it, figures grouped; text from outside is not made safe.
    func shown(_ fileNames: [String]) -> String {
        switch self {
        case .empty: ""
        case .outsideText(let text): text.string
        case .word(let word): word.string
        case .id(let id): id.description
        case .amount(let amount, let currency): amount.shown(currency)
        case .total(let total, let currency): total.shown(currency)
        case .date(let date): date.description
        case .count(let count): grouped(String(count))
        case .codes(let codes): codes.map(\.rawValue).joined(separator: "; ")
        case .place(let place): place.text(fileNames)
        }
    }

    /// The cell on a sheet that is laid out by hand.
    func value(_ fileNames: [String]) -> CellValue {
        switch self {
        case .empty: .none
        case .amount(let amount, let currency): .amount(amount, currency)
        case .total(let total, let currency): .total(total, currency)
        case .date(let date): .date(date)
        case .count(let count): .count(count)
        case .outsideText, .word, .id, .codes, .place: .text(shown(fileNames))
        }
    }
}
