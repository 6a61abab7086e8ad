import CXlsx
import Memory
import Refunds

/// One value of a sheet that we lay out by hand.
enum CellValue {
    case none
    /// An empty cell that has a style.
    case blank
    case text(String)
    case count(Int)
    case fraction(Double)
    case date(CalendarDate?)
    case amount(Amount?, Currency?)
    case total(Total, Currency)
    /// A formula and the value that we computed for readers that do not.
    case formula(String, CachedValue)

    enum CachedValue: Equatable {
        case number(Double, CellStyle.Number)
        case text(String)
    }
}

/// A worksheet that is being written, row by row from the top. It counts its cells, so that a reader can tell later
/// whether all of them arrived.
final class Sheet {
    let name: String
    let pointer: UnsafeMutablePointer<lxw_worksheet>
    private unowned let file: XLSXFile
    /// How many cells libxlsxwriter was given.
    private(set) var cellCount = 0
    /// What takes the rows below the first in libxlsxwriter's place; nil where it writes all.
    private(set) var rows: SheetRows?

    init(name: String, pointer: UnsafeMutablePointer<lxw_worksheet>, file: XLSXFile) {
        self.name = name
        self.pointer = pointer
        self.file = file
    }

    typealias Format = UnsafeMutablePointer<lxw_format>?

    /// From here on values, and no formulas, go into rows of our own, which are put into the sheet when it is finished.
    func beginTable() { rows = SheetRows(spoolFolder: file.temporaryDirectory) }

    /// Writes text as it is, never as a formula or a link. An empty text writes nothing.
    @inline(__always)
    func write(_ row: Int, _ column: Int, text: String, _ format: Format) throws(WorkbookError) {
        if text.utf8.isEmpty { return }
        if let rows { return try rows.text(row, column, XLSXFile.index(of: format), text) }
        try done(
            worksheet_write_string(pointer, UInt32(row), UInt16(column), CellText.clean(text), format), row, column)
    }

    @inline(__always)
    func write(_ row: Int, _ column: Int, number: Double, _ format: Format) throws(WorkbookError) {
        if let rows { return try rows.number(row, column, XLSXFile.index(of: format), number) }
        try done(worksheet_write_number(pointer, UInt32(row), UInt16(column), number, format), row, column)
    }

    /// Writes one value; its kind decides the number format.
    func write(_ row: Int, _ column: Int, _ value: CellValue, _ style: CellStyle = .plain) throws(WorkbookError) {
        switch value {
        case .none, .date(nil), .amount(nil, _), .amount(_, nil):
            if style.fill != nil || style.hasRule { try write(row, column, .blank, style) }
        case .blank: try writeBlank(row, column, file.format(style))
        case .text(let text): try write(row, column, text: text, file.format(style))
        case .count(let count):
            try write(row, column, number: Double(count), file.format(style.with(.count)))
        case .fraction(let fraction): try write(row, column, number: fraction, file.format(style.with(.percent)))
        case .date(let date?): try write(row, column, date: date, style)
        case .amount(let amount?, let currency?):
            try write(row, column, CellNumber(amount, currency), currency, style)
        case .total(let total, let currency): try write(row, column, CellNumber(total, currency), currency, style)
        case .formula(let formula, let cached): try write(row, column, formula: formula, cached, style)
        }
    }

    private func writeBlank(_ row: Int, _ column: Int, _ format: Format) throws(WorkbookError) {
        if let rows { return try rows.blank(row, column, XLSXFile.index(of: format)) }
        try done(worksheet_write_blank(pointer, UInt32(row), UInt16(column), format), row, column)
    }

    private func write(_ row: Int, _ column: Int, date: CalendarDate, _ style: CellStyle) throws(WorkbookError) {
        if let serial = date.serialNumber {
            try write(row, column, number: serial, file.format(style.with(.date)))
        } else {
            try write(row, column, text: date.description, file.format(style))
        }
    }

    private func write(
        _ row: Int, _ column: Int, _ number: CellNumber, _ currency: Currency, _ style: CellStyle
    ) throws(WorkbookError) {
        var style = style
        style.shrinks = true
        switch number {
        case .number(let value):
            try write(row, column, number: value, file.format(style.with(.amount(digits: currency.minorDigits))))
        case .text(let text): try write(row, column, text: text, file.format(style.with(.text).aligned(.right)))
        }
    }

    private func write(
        _ row: Int, _ column: Int, formula: String, _ cached: CellValue.CachedValue, _ style: CellStyle
    ) throws(WorkbookError) {
        if rows != nil {
            throw .library(operation: "writing a formula in the table \(name)", code: 0, message: "refused")
        }
        let code =
            switch cached {
            case .number(let value, let shown):
                worksheet_write_formula_num(
                    pointer, UInt32(row), UInt16(column), formula, try file.format(style.with(shown)), value)
            case .text(let text):
                worksheet_write_formula_str(
                    pointer, UInt32(row), UInt16(column), formula, try file.format(style), text)
            }
        try done(code, row, column)
    }

    @inline(__always)
    private func done(_ code: lxw_error, _ row: Int, _ column: Int) throws(WorkbookError) {
        if code != LXW_NO_ERROR {
            try XLSXFile.check(code, "writing row \(row + 1), column \(column + 1) of the sheet \(name)")
        }
        cellCount += 1
    }

    /// The format of a style in this sheet's workbook.
    func format(_ style: CellStyle) throws(WorkbookError) -> Format { try file.format(style) }

    func setWidth(_ width: Double, ofColumns columns: ClosedRange<Int>) throws(WorkbookError) {
        try XLSXFile.check(
            worksheet_set_column(pointer, UInt16(columns.lowerBound), UInt16(columns.upperBound), width, nil),
            "setting a width in the sheet \(name)")
    }

    /// Sets the height of a row; before its cells are written.
    func setHeight(_ points: Int, ofRow row: Int) throws(WorkbookError) {
        if let rows { return rows.setHeight(points, ofRow: row) }
        try XLSXFile.check(
            worksheet_set_row(pointer, UInt32(row), Double(points), nil), "setting a height in the sheet \(name)")
    }

    /// A4 across; at the foot the title of the workbook, the sheet and the page's number.
    func setUpPrinting(titleRow: Int?, pagesWide: Int = 1) throws(WorkbookError) {
        worksheet_set_landscape(pointer)
        worksheet_set_paper(pointer, 9)
        worksheet_set_margins(pointer, 0.4, 0.4, 0.5, 0.6)
        worksheet_fit_to_pages(pointer, UInt16(pagesWide), 0)
        let operation = "setting up the printing of the sheet \(name)"
        if let titleRow {
            try XLSXFile.check(worksheet_repeat_rows(pointer, UInt32(titleRow), UInt32(titleRow)), operation)
        }
        try XLSXFile.check(
            worksheet_set_footer(pointer, "&L&8\(file.title)&C&8&A&R&8Page &P of &N"), operation)
    }

    func insert(_ chart: UnsafeMutablePointer<lxw_chart>, row: Int, column: Int, xScale: Double, yScale: Double)
        throws(WorkbookError)
    {
        var options = lxw_chart_options()
        options.y_offset = 3
        options.x_scale = xScale
        options.y_scale = yScale
        options.object_position = UInt8(LXW_OBJECT_MOVE_DONT_SIZE.rawValue)
        try XLSXFile.check(
            worksheet_insert_chart_opt(pointer, UInt32(row), UInt16(column), chart, &options),
            "inserting a chart in the sheet \(name)")
    }

    /// Colors check cells: green where they say OK, red where they show a difference or an error.
    func colorChecks(firstRow: Int, lastRow: Int, column: Int) throws(WorkbookError) {
        let cell = "$" + CellName.cell(firstRow, column)
        try colorCells(firstRow, lastRow, column, "=\(cell)=\"OK\"", CellStyle(fill: .lightGreen, color: .green))
        try colorCells(
            firstRow, lastRow, column, "=OR(ISERROR(\(cell)),ISNUMBER(\(cell)))",
            CellStyle(fill: .lightRed, color: .red))
    }

    private func colorCells(_ firstRow: Int, _ lastRow: Int, _ column: Int, _ formula: String, _ style: CellStyle)
        throws(WorkbookError)
    {
        let format = try file.format(style)
        var formula = Array(formula.utf8CString)
        let code = formula.withUnsafeMutableBufferPointer { formula in
            var condition = lxw_conditional_format()
            condition.type = UInt8(LXW_CONDITIONAL_TYPE_FORMULA.rawValue)
            condition.value_string = formula.baseAddress
            condition.format = format
            return worksheet_conditional_format_range(
                pointer, UInt32(firstRow), UInt16(column), UInt32(lastRow), UInt16(column), &condition)
        }
        try XLSXFile.check(code, "colouring the checks of the sheet \(name)")
    }

    /// Offers a list of words in a column's cells.
    func addList(_ words: [String], firstRow: Int, lastRow: Int, column: Int) throws(WorkbookError) {
        // The words of a list are one text with commas, at most 255 characters.
        var list = Array(words.joined(separator: ",").utf8CString)
        let code = list.withUnsafeMutableBufferPointer { list in
            var words: [UnsafeMutablePointer<CChar>?] = [list.baseAddress, nil]
            return words.withUnsafeMutableBufferPointer { words in
                var validation = lxw_data_validation()
                validation.validate = UInt8(LXW_VALIDATION_TYPE_LIST.rawValue)
                validation.value_list = words.baseAddress
                return worksheet_data_validation_range(
                    pointer, UInt32(firstRow), UInt16(column), UInt32(lastRow), UInt16(column), &validation)
            }
        }
        try XLSXFile.check(code, "adding the list of the sheet \(name)")
    }

    /// Prints at a fixed scale and begins pages at these rows: a reader that fits pages ignores page breaks.
    func setPages(percent: Int, startingAtRows rows: [Int]) throws(WorkbookError) {
        worksheet_set_print_scale(pointer, UInt16(percent))
        var breaks = rows.map { UInt32($0) } + [0]
        try XLSXFile.check(
            worksheet_set_h_pagebreaks(pointer, &breaks), "setting the page breaks of the sheet \(name)")
    }
}
