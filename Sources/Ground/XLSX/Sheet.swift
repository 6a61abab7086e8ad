import CXlsx

/// A worksheet that is being written, row by row from the top; rows and columns count from 0. It counts its cells, so that a
/// reader can say later whether all of them arrived.
@safe
package final class Sheet {
    package let name: String
    private let pointer: UnsafeMutablePointer<lxw_worksheet>
    private unowned let file: WorkbookFile
    /// How many cells libxlsxwriter was given.
    private(set) var cellCount = 0
    /// What takes the rows below the first in libxlsxwriter's place; nil where it writes all.
    private(set) var rows: SheetRows?

    /// A sheet holds 2^20 rows.
    package static let mostRows = Int(LXW_ROW_MAX)

    /// - Parameter pointer: it belongs to the file.
    init(name: String, pointer: UnsafeMutablePointer<lxw_worksheet>, file: WorkbookFile) {
        self.name = name
        unsafe self.pointer = unsafe pointer
        self.file = file
    }

    /// Calls libxlsxwriter with the sheet, as long as that is there; throws the error that it gives.
    func call(
        _ operation: @autoclosure () -> String,
        _ body: (UnsafeMutablePointer<lxw_worksheet>) throws(WorkbookError) -> lxw_error
    ) throws(WorkbookError) {
        guard file.isOpen else { throw .inconsistent("the workbook is finished already") }
        try WorkbookFile.check(unsafe try body(pointer), "\(operation()) of the sheet \(name)")
    }

    /// From here on values, and no formulas, go into rows of our own, which are put into the sheet when it is finished.
    func beginTable() { rows = SheetRows(spoolFolder: file.temporaryDirectory) }

    // MARK: Values

    /// Writes one value; its kind decides the number format. Text is written as it is, never as a formula or a link, and an
    /// empty text writes nothing.
    package func write(_ value: CellValue, row: Int, column: Int, _ style: CellStyle = .plain) throws(WorkbookError) {
        let place = (row: row, column: column)
        switch value {
        case .none: if style.fill != nil || style.hasRule { try writeBlank(place, style) }
        case .blank: try writeBlank(place, style)
        case .text(let text): try writeText(text, place, style)
        case .count(let count): try writeNumber(Double(count), place, style.with(.count))
        case .fraction(let fraction): try writeNumber(fraction, place, style.with(.percent))
        case .serial(let day): try writeNumber(Double(day), place, style.with(.date))
        case .decimal(let units, let digits):
            let number = CellNumber.double(units: units, digits: digits)
            try writeNumber(number, place, style.with(.decimal(digits: digits)).shrunk)
        case .longDecimal(let text): try writeText(text, place, style.with(.text).aligned(.right).shrunk)
        case .formula(let formula, let cached): try writeFormula(formula, cached, place, style)
        }
    }

    /// Writes values into a row, from a column on.
    package func write(_ values: [(CellValue, CellStyle)], row: Int, fromColumn first: Int = 0) throws(WorkbookError) {
        for (index, (value, style)) in values.enumerated() {
            try write(value, row: row, column: first + index, style)
        }
    }

    private typealias Place = (row: Int, column: Int)

    private func writeText(_ text: String, _ place: Place, _ style: CellStyle) throws(WorkbookError) {
        if text.utf8.isEmpty { return }
        if let rows { return try rows.text(text, row: place.row, column: place.column, file.styleIndex(style)) }
        try unsafe writeCell(place, style) { sheet, row, column, format in
            unsafe worksheet_write_string(sheet, row, column, CellText.clean(text), format)
        }
    }

    private func writeNumber(_ number: Double, _ place: Place, _ style: CellStyle) throws(WorkbookError) {
        if let rows { return try rows.number(number, row: place.row, column: place.column, file.styleIndex(style)) }
        try unsafe writeCell(place, style) { sheet, row, column, format in
            unsafe worksheet_write_number(sheet, row, column, number, format)
        }
    }

    private func writeBlank(_ place: Place, _ style: CellStyle) throws(WorkbookError) {
        if let rows { return try rows.blank(row: place.row, column: place.column, file.styleIndex(style)) }
        try unsafe writeCell(place, style) { sheet, row, column, format in
            unsafe worksheet_write_blank(sheet, row, column, format)
        }
    }

    private func writeFormula(
        _ formula: String, _ cached: CellValue.CachedValue, _ place: Place, _ style: CellStyle
    ) throws(WorkbookError) {
        if rows != nil { throw .inconsistent("the table \(name) has no place for a formula") }
        switch cached {
        case .number(let value, let shown):
            try unsafe writeCell(place, style.with(shown)) { sheet, row, column, format in
                unsafe worksheet_write_formula_num(sheet, row, column, formula, format, value)
            }
        case .text(let text):
            try unsafe writeCell(place, style) { sheet, row, column, format in
                unsafe worksheet_write_formula_str(sheet, row, column, formula, format, text)
            }
        }
    }

    /// Gives libxlsxwriter a cell, and counts it.
    private func writeCell(
        _ place: Place, _ style: CellStyle,
        _ body: (
            UnsafeMutablePointer<lxw_worksheet>, lxw_row_t, lxw_col_t, UnsafeMutablePointer<lxw_format>?
        ) -> lxw_error
    ) throws(WorkbookError) {
        try unsafe call("writing row \(place.row + 1), column \(place.column + 1)") { sheet throws(WorkbookError) in
            unsafe body(sheet, UInt32(place.row), UInt16(place.column), try file.format(style))
        }
        cellCount += 1
    }

    // MARK: Formats that conditions and lists need

    func format(_ style: CellStyle) throws(WorkbookError) -> UnsafeMutablePointer<lxw_format>? {
        unsafe try file.format(style)
    }

    func addChart(_ kind: Chart.Kind) throws(WorkbookError) -> UnsafeMutablePointer<lxw_chart> {
        unsafe try file.addChart(kind)
    }

    /// The foot of each printed page: the workbook, the sheet and the page's number.
    var footer: String { "&L&8\(file.footer)&C&8&A&R&8Page &P of &N" }
}
