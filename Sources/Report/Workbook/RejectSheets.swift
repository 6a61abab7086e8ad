import Core

/// The Rejects sheets: the records that were refused, as `rejects.csv` has them.
enum RejectSheets {
    private static let columns: [TableColumn] = [
        TableColumn("File", 26), TableColumn("Line", 10, .center), TableColumn("Code", 24), TableColumn("Message", 60),
        TableColumn("Record as it came", 90),
    ]

    /// Gives how many rejects the table had no room for.
    static func write(_ file: XLSXFile, _ context: ReportContext, _ limits: TableLimits) throws(WorkbookError) -> Int {
        let series = try SheetSeries(
            file, "Rejects", columns, frozenColumns: 2, expectedRows: context.rejects.count,
            limits)
        for reject in context.rejects {
            guard let (sheet, at) = try series.next() else { continue }
            let text = CellStyle.plain.with(.text)
            try sheet.write(at, 0, .text(context.fileNames[Int(reject.source.file)]), text)
            try sheet.write(at, 1, .count(Int(reject.source.line)), .plain.aligned(.center))
            try sheet.write(at, 2, .text(reject.code.rawValue))
            try sheet.write(at, 3, .text(reject.message), text)
            // What is no UTF-8 is shown with replacement characters.
            try sheet.write(at, 4, .text(String(decoding: reject.raw, as: UTF8.self)), text)
        }
        try series.finish()
        return series.leftOutCount
    }
}
