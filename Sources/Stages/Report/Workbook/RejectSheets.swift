import Memory
import Refunds
import XLSX

/// The Rejects sheets: the records that were refused, as `rejects.csv` has them, of the record itself only its beginning.
enum RejectSheets {
    private static let messageWidth = 56
    private static let recordWidth = 60
    /// So many characters of a record are shown; `rejects.csv` has more.
    static let shownCharacters = 240

    private static let columns: [TableColumn] = [
        TableColumn("File", width: 26), TableColumn("Line", width: 10, .center), TableColumn("Code", width: 24),
        TableColumn("Message", width: Double(messageWidth)), TableColumn("Field", width: 26),
        TableColumn("Order", width: 26),
        TableColumn("Record as it came", width: Double(recordWidth)),
    ]

    /// Gives how many rejects the table had no room for.
    static func write(_ file: WorkbookFile, _ context: ReportContext, _ limits: TableLimits) throws(WorkbookError)
        -> Int
    {
        let series = try SheetSeries(
            file, name: "Rejects", columns: columns, frozenColumns: 2, expectedRows: context.rejects.count,
            limits: limits)
        for reject in context.rejects {
            guard let (sheet, at) = try series.next() else { continue }
            let text = CellStyle.plain.with(.text).top
            let wrapped = CellStyle(number: .text, wraps: true)
            let record = shown(reject.raw)
            let lines = max(
                CellText.lineCount(reject.message, width: messageWidth),
                CellText.lineCount(record, width: recordWidth))
            try sheet.setHeight(15 * lines, ofRow: at)
            try sheet.write(.text(context.fileNames[Int(reject.source.file)]), row: at, column: 0, text)
            try sheet.write(.count(Int(reject.source.line)), row: at, column: 1, .plain.aligned(.center).top)
            try sheet.write(.text(reject.code.rawValue), row: at, column: 2, .plain.top)
            try sheet.write(.text(reject.message), row: at, column: 3, wrapped)
            try sheet.write(.text(reject.field ?? ""), row: at, column: 4, text)
            try sheet.write(.text(reject.orderNo ?? ""), row: at, column: 5, text)
            try sheet.write(.text(record), row: at, column: 6, wrapped)
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
