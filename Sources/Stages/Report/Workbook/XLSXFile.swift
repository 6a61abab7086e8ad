import CXlsx
import Memory
import Refunds

/// A workbook that is being written: a thin, checked layer over libxlsxwriter in its constant-memory mode.
///
/// In that mode every sheet spools its rows to a temporary file of its own, so sheets may be written in turns, while the
/// rows of one sheet must come in order.
final class XLSXFile {
    let path: String
    let temporaryDirectory: String
    /// What the workbook is, at the foot of each printed page.
    let title: String
    private var workbook: UnsafeMutablePointer<lxw_workbook>?
    private var formats: [CellStyle: UnsafeMutablePointer<lxw_format>] = [:]
    private(set) var sheets: [Sheet] = []

    /// - Parameter temporaryDirectory: where rows are spooled.
    init(path: String, title: String, temporaryDirectory: String) throws(WorkbookError) {
        self.path = path
        self.title = title
        self.temporaryDirectory = temporaryDirectory
        var temporaryDirectory = Array(temporaryDirectory.utf8CString)
        workbook = temporaryDirectory.withUnsafeMutableBufferPointer { directory in
            // libxlsxwriter copies the folder's name.
            var options = lxw_workbook_options(
                constant_memory: 1, tmpdir: directory.baseAddress, use_zip64: 0)
            return workbook_new_opt(path, &options)
        }
        if workbook == nil { throw .cannotCreate(path: path) }
    }

    deinit { if let workbook { lxw_workbook_free(workbook) } }

    /// Adds a sheet behind the others.
    func addSheet(_ name: String) throws(WorkbookError) -> Sheet {
        guard let pointer = workbook_add_worksheet(workbook, name) else {
            throw .library(operation: "adding the sheet \(name)", code: 0, message: "refused")
        }
        let sheet = Sheet(name: name, pointer: pointer, file: self)
        sheets.append(sheet)
        return sheet
    }

    /// The format of a style, made at its first use.
    func format(_ style: CellStyle) throws(WorkbookError) -> UnsafeMutablePointer<lxw_format>? {
        if style == .plain { return nil }
        if let format = formats[style] { return format }
        guard let format = workbook_add_format(workbook) else {
            throw .library(operation: "adding a format", code: 0, message: "out of memory")
        }
        style.apply(to: format)
        formats[style] = format
        return format
    }

    /// The number of a style in the workbook's table.
    func styleIndex(_ style: CellStyle) throws(WorkbookError) -> StyleIndex { Self.index(of: try format(style)) }

    static func index(of format: Sheet.Format) -> StyleIndex { format.map { Int(lxw_format_get_xf_index($0)) } ?? 0 }

    func addChart(_ kind: lxw_chart_type) throws(WorkbookError) -> UnsafeMutablePointer<lxw_chart> {
        guard let chart = workbook_add_chart(workbook, UInt8(kind.rawValue)) else {
            throw .library(operation: "adding a chart", code: 0, message: "out of memory")
        }
        return chart
    }

    /// Names the workbook. The time of creation is midnight UTC of the as-of date, never now: the same inputs give the
    /// same bytes. libxlsxwriter writes a year before 1000 with fewer than four digits, which readers refuse.
    func setProperties(title: String, asOf: CalendarDate, toolVersion: String) throws(WorkbookError) {
        var title = Array(title.utf8CString)
        var author = Array("refund-recon \(toolVersion)".utf8CString)
        let code = title.withUnsafeMutableBufferPointer { title in
            author.withUnsafeMutableBufferPointer { author in
                var properties = lxw_doc_properties()
                properties.title = title.baseAddress
                properties.author = author.baseAddress
                properties.created = max(Int(asOf.daysSinceEpoch), Self.firstDayCreated) * 86_400
                return workbook_set_properties(workbook, &properties)
            }
        }
        try Self.check(code, "setting the properties")
    }

    /// 1900-01-01, in days since 1970: the first day that a spreadsheet knows.
    private static let firstDayCreated = -25_567

    /// Puts the file together from the sheets' temporary files.
    func close() throws(WorkbookError) {
        let closing = workbook
        workbook = nil
        formats = [:]
        try Self.check(workbook_close(closing), "closing the workbook")
    }

    static func check(_ code: lxw_error, _ operation: @autoclosure () -> String) throws(WorkbookError) {
        if code == LXW_NO_ERROR { return }
        throw .library(
            operation: operation(), code: code.rawValue,
            message: lxw_strerror(code).map { String(cString: $0) } ?? "unknown error")
    }
}
