import Memory
import Refunds

/// The Rejects sheets: the records that were refused, as `rejects.csv` has them, of the record itself only its beginning.
enum RejectSheets {
    private static let messageWidth = 56
    private static let recordWidth = 60
    /// So many characters of a record are shown; `rejects.csv` has more.
    static let shownCharacters = 240

    private static let columns: [TableColumn] = [
        TableColumn("File", 26), TableColumn("Line", 10, .center), TableColumn("Code", 24),
        TableColumn("Message", Double(messageWidth)), TableColumn("Field", 26), TableColumn("Order", 26),
        TableColumn("Record as it came", Double(recordWidth)),
    ]

    /// Gives how many rejects the table had no room for.
    static func write(_ file: XLSXFile, _ context: ReportContext, _ limits: TableLimits) throws(WorkbookError) -> Int {
        let series = try SheetSeries(
            file, "Rejects", columns, frozenColumns: 2, expectedRows: context.rejects.count,
            limits)
        for reject in context.rejects {
            guard let (sheet, at) = try series.next() else { continue }
            let text = CellStyle.plain.with(.text).top
            let wrapped = CellStyle(number: .text, wraps: true)
            let record = shown(reject.raw)
            let lines = max(
                CellText.lineCount(reject.message, width: messageWidth),
                CellText.lineCount(record, width: recordWidth))
            try sheet.setHeight(15 * lines, ofRow: at)
            try sheet.write(at, 0, .text(context.fileNames[Int(reject.source.file)]), text)
            try sheet.write(at, 1, .count(Int(reject.source.line)), .plain.aligned(.center).top)
            try sheet.write(at, 2, .text(reject.code.rawValue), .plain.top)
            try sheet.write(at, 3, .text(reject.message), wrapped)
            try sheet.write(at, 4, .text(reject.field ?? ""), text)
            try sheet.write(at, 5, .text(reject.orderNo ?? ""), text)
            try sheet.write(at, 6, .text(record), wrapped)
        }
        try series.finish()
        return series.leftOutCount
    }

    /// The beginning of a record; what is not UTF-8 is shown with replacement characters.
    private static func shown(_ raw: [UInt8]) -> String {
        let text = String(decoding: raw, as: UTF8.self)
        let beginning = text.unicodeScalars.prefix(shownCharacters)
        let isCut = beginning.endIndex < text.unicodeScalars.endIndex
        return String(String.UnicodeScalarView(beginning)).replacing("\r\n", with: "\n") + (isCut ? "…" : "")
    }
}
