import CXlsx

/// How a sheet is laid out and printed. Rows and columns count from 0.
extension Sheet {
    package func setWidth(_ width: Double, ofColumns columns: ClosedRange<Int>) throws(WorkbookError) {
        try unsafe call("setting a width") { sheet in
            unsafe worksheet_set_column(sheet, UInt16(columns.lowerBound), UInt16(columns.upperBound), width, nil)
        }
    }

    /// Sets the height of a row; before its cells are written.
    package func setHeight(_ points: Int, ofRow row: Int) throws(WorkbookError) {
        if let rows { return rows.setHeight(points, ofRow: row) }
        try unsafe call("setting a height") { unsafe worksheet_set_row($0, UInt32(row), Double(points), nil) }
    }

    /// Keeps the first rows and columns in sight.
    package func freeze(rows: Int, columns: Int = 0) throws(WorkbookError) {
        try unsafe call("freezing panes") { sheet in
            unsafe worksheet_freeze_panes(sheet, UInt32(rows), UInt16(columns))
            return LXW_NO_ERROR
        }
    }

    package func hideGridlines() throws(WorkbookError) {
        try unsafe call("hiding the grid") { sheet in
            unsafe worksheet_gridlines(sheet, UInt8(LXW_HIDE_ALL_GRIDLINES.rawValue))
            return LXW_NO_ERROR
        }
    }

    /// A4 across; at the foot the title of the workbook, the sheet and the page's number.
    ///
    /// - Parameter titleRow: the row that is printed on top of each page; nil for none.
    package func setUpPrinting(titleRow: Int?, pagesWide: Int = 1) throws(WorkbookError) {
        try unsafe call("setting up the printing") { sheet in
            unsafe worksheet_set_landscape(sheet)
            unsafe worksheet_set_paper(sheet, 9)
            unsafe worksheet_set_margins(sheet, 0.4, 0.4, 0.5, 0.6)
            unsafe worksheet_fit_to_pages(sheet, UInt16(pagesWide), 0)
            return unsafe worksheet_set_footer(sheet, footer)
        }
        guard let titleRow else { return }
        try unsafe call("setting up the printing") {
            unsafe worksheet_repeat_rows($0, UInt32(titleRow), UInt32(titleRow))
        }
    }

    /// Prints at a fixed scale and begins pages at these rows: a reader that fits pages ignores page breaks.
    package func setPages(percent: Int, startingAtRows rows: [Int]) throws(WorkbookError) {
        var breaks = rows.map { UInt32($0) } + [0]
        try unsafe call("setting the page breaks") { sheet in
            unsafe worksheet_set_print_scale(sheet, UInt16(percent))
            return unsafe worksheet_set_h_pagebreaks(sheet, &breaks)
        }
    }

    /// Puts the filter's arrows over a table that begins in the first cell.
    func setFilter(lastRow: Int, lastColumn: Int) throws(WorkbookError) {
        try unsafe call("setting the filter") {
            unsafe worksheet_autofilter($0, 0, 0, UInt32(lastRow), UInt16(lastColumn))
        }
    }

    /// Shows no green corners where an identifier that looks like a number is text, up to a column.
    func allowNumbersAsText(lastColumn: Int) throws(WorkbookError) {
        try unsafe call("setting up the cells") { sheet in
            unsafe worksheet_ignore_errors(
                sheet, UInt8(LXW_IGNORE_NUMBER_STORED_AS_TEXT.rawValue),
                "A1:\(CellName.letters(column: lastColumn))\(Self.mostRows)")
        }
    }

    // MARK: What follows the cells

    /// Colors check cells: green where they say OK, red where they show a difference or an error.
    package func colorChecks(firstRow: Int, lastRow: Int, column: Int) throws(WorkbookError) {
        let cell = "$" + CellName.cell(row: firstRow, column: column)
        let rules = [
            ("=\(cell)=\"OK\"", CellStyle(fill: .lightGreen, color: .green)),
            ("=OR(ISERROR(\(cell)),ISNUMBER(\(cell)))", CellStyle(fill: .lightRed, color: .red)),
        ]
        for (formula, style) in rules {
            let format = unsafe try format(style)
            try unsafe call("colouring the checks") { sheet in
                unsafe formula.withCString { formula in
                    // libxlsxwriter copies the formula, and does not write to it.
                    var condition = unsafe lxw_conditional_format()
                    unsafe condition.type = UInt8(LXW_CONDITIONAL_TYPE_FORMULA.rawValue)
                    unsafe condition.value_string = UnsafeMutablePointer(mutating: formula)
                    unsafe condition.format = format
                    return unsafe worksheet_conditional_format_range(
                        sheet, UInt32(firstRow), UInt16(column), UInt32(lastRow), UInt16(column), &condition)
                }
            }
        }
    }

    /// Offers a list of words in a column's cells.
    package func addList(_ words: [String], firstRow: Int, lastRow: Int, column: Int) throws(WorkbookError) {
        try unsafe call("adding the list") { sheet in
            // The words of a list are one text with commas, at most 255 characters.
            unsafe words.joined(separator: ",").withCString { list in
                // libxlsxwriter copies the texts, and does not write to them.
                var texts = unsafe [UnsafeMutablePointer(mutating: list), nil]
                return unsafe texts.withUnsafeMutableBufferPointer { texts in
                    var validation = unsafe lxw_data_validation()
                    unsafe validation.validate = UInt8(LXW_VALIDATION_TYPE_LIST.rawValue)
                    unsafe validation.value_list = texts.baseAddress
                    return unsafe worksheet_data_validation_range(
                        sheet, UInt32(firstRow), UInt16(column), UInt32(lastRow), UInt16(column), &validation)
                }
            }
        }
    }
}
