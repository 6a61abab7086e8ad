/// Names of cells as formulas write them. Rows and columns count from 0.
package enum CellName {
    /// `A`, `Z`, `AA` for columns 0, 25, 26.
    package static func letters(column: Int) -> String {
        var rest = column
        var result = ""
        repeat {
            result = String(UnicodeScalar(UInt8(ascii: "A") + UInt8(rest % 26))) + result
            rest = rest / 26 - 1
        } while rest >= 0
        return result
    }

    /// `B7` for row 6, column 1.
    package static func cell(row: Int, column: Int) -> String { letters(column: column) + String(row + 1) }

    /// `$B$7`
    package static func fixed(row: Int, column: Int) -> String { "$\(letters(column: column))$\(row + 1)" }

    /// A sheet's name, quoted where it has a blank.
    package static func quoted(sheet: String) -> String { sheet.contains(" ") ? "'\(sheet)'" : sheet }

    /// `Rows!$B$2:$B$7`: the cells of a column in a range of rows.
    package static func range(sheet: String, column: Int, rows: ClosedRange<Int>) -> String {
        "\(quoted(sheet: sheet))!\(fixed(row: rows.lowerBound, column: column))"
            + ":\(fixed(row: rows.upperBound, column: column))"
    }
}
