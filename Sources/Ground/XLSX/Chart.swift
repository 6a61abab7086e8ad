import CXlsx

/// A chart over cells of the workbook. It reads its figures from there, so that it follows them.
package struct Chart: Sendable {
    package enum Kind: Sendable {
        /// Columns beside each other.
        case columns
        /// Bars with the first on top.
        case bars
        /// Columns on top of each other.
        case stackedColumns

        var type: lxw_chart_type {
            switch self {
            case .columns: LXW_CHART_COLUMN
            case .bars: LXW_CHART_BAR
            case .stackedColumns: LXW_CHART_COLUMN_STACKED
            }
        }
    }

    /// One series: the cells that name and hold its values, as formulas write them.
    package struct Series: Sendable {
        let name: String
        let categories: String
        let values: String
        let color: Palette?

        /// - Parameter color: nil draws nothing, so that what is stacked on it floats.
        package init(name: String, categories: String, values: String, color: Palette?) {
            self.name = name
            self.categories = categories
            self.values = values
            self.color = color
        }
    }

    let kind: Kind
    let title: String
    let series: [Series]
    let pointColors: [Palette]
    let format: String

    /// - Parameters:
    ///   - pointColors: one a value; none for the color of the series.
    ///   - format: the format of its numbers.
    package init(_ kind: Kind, title: String, _ series: [Series], pointColors: [Palette] = [], format: String) {
        self.kind = kind
        self.title = title
        self.series = series
        self.pointColors = pointColors
        self.format = format
    }
}

extension Sheet {
    /// Puts a chart where a cell is.
    package func insert(_ chart: Chart, row: Int, column: Int, xScale: Double, yScale: Double) throws(WorkbookError) {
        let drawn = unsafe try addChart(chart.kind)
        unsafe try chart.draw(drawn)
        var options = unsafe lxw_chart_options()
        unsafe options.y_offset = 3
        unsafe options.x_scale = xScale
        unsafe options.y_scale = yScale
        unsafe options.object_position = UInt8(LXW_OBJECT_MOVE_DONT_SIZE.rawValue)
        try unsafe call("inserting a chart") { sheet in
            unsafe worksheet_insert_chart_opt(sheet, UInt32(row), UInt16(column), drawn, &options)
        }
    }
}

extension Chart {
    private static let grid: UInt32 = 0xD9D9D9

    private static func font(size: Double) -> lxw_chart_font {
        var font = unsafe lxw_chart_font()
        unsafe font.size = size
        return unsafe font
    }

    private static func line(width: Float) -> lxw_chart_line {
        var line = lxw_chart_line()
        line.color = grid
        line.width = width
        return line
    }

    /// Gives a new chart its title, its series and its looks.
    fileprivate func draw(_ chart: UnsafeMutablePointer<lxw_chart>) throws(WorkbookError) {
        unsafe chart_title_set_name(chart, title)
        var font = unsafe Self.font(size: 12)
        unsafe font.bold = 1
        unsafe font.color = Palette.navy.rawValue
        unsafe chart_title_set_name_font(chart, &font)
        for one in series { unsafe try add(one, to: chart) }
        unsafe finish(chart)
    }

    private func add(_ series: Series, to chart: UnsafeMutablePointer<lxw_chart>) throws(WorkbookError) {
        let added = unsafe chart_add_series(chart, "=" + series.categories, "=" + series.values)
        guard let drawn = unsafe added else { throw .noMemory }
        unsafe chart_series_set_name(drawn, series.name)
        var fill = lxw_chart_fill()
        var line = lxw_chart_line()
        line.none = 1
        if let color = series.color { fill.color = color.rawValue } else { fill.none = 1 }
        unsafe chart_series_set_fill(drawn, &fill)
        unsafe chart_series_set_line(drawn, &line)
        if kind == .stackedColumns { return }
        unsafe chart_series_set_labels(drawn)
        unsafe chart_series_set_labels_num_format(drawn, format)
        var font = unsafe Self.font(size: 9)
        unsafe chart_series_set_labels_font(drawn, &font)
        unsafe try colorPoints(of: drawn)
    }

    /// libxlsxwriter copies the points.
    private func colorPoints(of series: UnsafeMutablePointer<lxw_chart_series>) throws(WorkbookError) {
        if pointColors.isEmpty { return }
        var fills = pointColors.map { lxw_chart_fill(color: $0.rawValue, none: 0, transparency: 0) }
        let code = unsafe fills.withUnsafeMutableBufferPointer { fills in
            var points = unsafe fills.indices.map {
                unsafe lxw_chart_point(line: nil, fill: fills.baseAddress?.advanced(by: $0), pattern: nil)
            }
            return unsafe points.withUnsafeMutableBufferPointer { points in
                var list: [UnsafeMutablePointer<lxw_chart_point>?] = unsafe points.indices.map {
                    unsafe points.baseAddress?.advanced(by: $0)
                }
                unsafe list.append(nil)
                return unsafe chart_series_set_points(series, &list)
            }
        }
        try WorkbookFile.check(code, "colouring a chart")
    }

    private func finish(_ chart: UnsafeMutablePointer<lxw_chart>) {
        unsafe chart_legend_set_position(chart, UInt8(LXW_CHART_LEGEND_NONE.rawValue))
        unsafe chart_set_series_gap(chart, 50)
        var font = unsafe Self.font(size: 9)
        var line = Self.line(width: 0.75)
        // libxlsxwriter swaps the two for bars.
        let categories = unsafe kind == .bars ? chart.pointee.y_axis : chart.pointee.x_axis
        let values = unsafe kind == .bars ? chart.pointee.x_axis : chart.pointee.y_axis
        if kind == .bars { unsafe chart_axis_set_reverse(categories) }
        unsafe chart_axis_set_num_font(categories, &font)
        unsafe chart_axis_set_num_font(values, &font)
        unsafe chart_axis_set_num_format(values, format)
        unsafe chart_axis_major_gridlines_set_line(values, &line)
        unsafe chart_chartarea_set_line(chart, &line)
    }
}
