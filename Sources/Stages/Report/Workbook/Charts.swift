import CXlsx

/// The charts of the Summary sheet. They read their figures from cells, so that they follow them.
struct Charts {
    let file: XLSXFile

    /// One series: the cells that name and hold its values, as formulas write them.
    struct Series {
        let name: String
        let categories: String
        let values: String
        /// nil draws nothing, so that what stands on it floats.
        let color: Palette?
    }

    /// Columns beside each other, or bars with the first on top; one color a point where `pointColors` are given.
    func plain(
        _ kind: lxw_chart_type, title: String, _ series: Series, pointColors: [Palette] = [], format: String
    ) throws(WorkbookError) -> UnsafeMutablePointer<lxw_chart> {
        let chart = try make(kind, title: title)
        let drawn = try add(series, to: chart)
        chart_series_set_labels(drawn)
        chart_series_set_labels_num_format(drawn, format)
        var font = lxw_chart_font()
        font.size = 9
        chart_series_set_labels_font(drawn, &font)
        try color(drawn, pointColors)
        finish(chart, format: format, isBar: kind == LXW_CHART_BAR)
        return chart
    }

    /// Columns on top of each other.
    func stacked(title: String, _ series: [Series], format: String) throws(WorkbookError)
        -> UnsafeMutablePointer<lxw_chart>
    {
        let chart = try make(LXW_CHART_COLUMN_STACKED, title: title)
        for one in series { _ = try add(one, to: chart) }
        finish(chart, format: format, isBar: false)
        return chart
    }

    private func make(_ kind: lxw_chart_type, title: String) throws(WorkbookError) -> UnsafeMutablePointer<lxw_chart> {
        let chart = try file.addChart(kind)
        chart_title_set_name(chart, title)
        var font = lxw_chart_font()
        font.size = 12
        font.bold = 1
        font.color = Palette.navy.rawValue
        chart_title_set_name_font(chart, &font)
        return chart
    }

    private func add(_ series: Series, to chart: UnsafeMutablePointer<lxw_chart>) throws(WorkbookError)
        -> UnsafeMutablePointer<lxw_chart_series>
    {
        guard let drawn = chart_add_series(chart, "=" + series.categories, "=" + series.values) else {
            throw .library(operation: "adding a series to a chart", code: 0, message: "out of memory")
        }
        chart_series_set_name(drawn, series.name)
        var fill = lxw_chart_fill()
        var line = lxw_chart_line()
        line.none = 1
        if let color = series.color { fill.color = color.rawValue } else { fill.none = 1 }
        chart_series_set_fill(drawn, &fill)
        chart_series_set_line(drawn, &line)
        return drawn
    }

    /// libxlsxwriter copies the points.
    private func color(_ series: UnsafeMutablePointer<lxw_chart_series>, _ colors: [Palette]) throws(WorkbookError) {
        if colors.isEmpty { return }
        var fills = colors.map { lxw_chart_fill(color: $0.rawValue, none: 0, transparency: 0) }
        let code = fills.withUnsafeMutableBufferPointer { fills in
            var points = fills.indices.map {
                lxw_chart_point(line: nil, fill: fills.baseAddress?.advanced(by: $0), pattern: nil)
            }
            return points.withUnsafeMutableBufferPointer { points in
                var list: [UnsafeMutablePointer<lxw_chart_point>?] = points.indices.map {
                    points.baseAddress?.advanced(by: $0)
                }
                list.append(nil)
                return chart_series_set_points(series, &list)
            }
        }
        try XLSXFile.check(code, "colouring a chart")
    }

    private func finish(_ chart: UnsafeMutablePointer<lxw_chart>, format: String, isBar: Bool) {
        chart_legend_set_position(chart, UInt8(LXW_CHART_LEGEND_NONE.rawValue))
        chart_set_series_gap(chart, 50)
        var font = lxw_chart_font()
        font.size = 9
        var grid = lxw_chart_line()
        grid.color = 0xD9D9D9
        grid.width = 0.75
        // libxlsxwriter swaps the two for bars.
        let categories = isBar ? chart.pointee.y_axis : chart.pointee.x_axis
        let values = isBar ? chart.pointee.x_axis : chart.pointee.y_axis
        if isBar { chart_axis_set_reverse(categories) }
        chart_axis_set_num_font(categories, &font)
        chart_axis_set_num_font(values, &font)
        chart_axis_set_num_format(values, format)
        chart_axis_major_gridlines_set_line(values, &grid)
        var border = lxw_chart_line()
        border.color = 0xD9D9D9
        border.width = 0.75
        chart_chartarea_set_line(chart, &border)
    }
}
