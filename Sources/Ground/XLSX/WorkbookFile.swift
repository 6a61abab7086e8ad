import CXlsx
import Files

/// A workbook that is being written: libxlsxwriter in its constant-memory mode makes the frame, the sheets that are laid out
/// cell by cell and the headers of the tables; the rows of the tables are ours (`SheetRows`), and are put into the frame when
/// the workbook is finished.
///
/// Sheets may be written in turns, while the rows of one sheet must come in order. Confined to one task.
@safe
package final class WorkbookFile {
    let temporaryDirectory: String
    private let path: String
    /// Names the workbook at the foot of each printed page.
    let footer: String
    /// nil when the frame is finished: libxlsxwriter has freed it then, with all that belongs to it.
    private var workbook: UnsafeMutablePointer<lxw_workbook>?
    private var formats: [CellStyle: UnsafeMutablePointer<lxw_format>] = unsafe [:]
    private var sheets: [Sheet] = []

    /// Begins a workbook, if there is room for it.
    ///
    /// - Parameters:
    ///   - path: the file to write; one that is there is replaced.
    ///   - footer: names the workbook at the foot of each printed page.
    ///   - temporaryDirectory: where rows are spooled.
    ///   - mostRows: how many rows the longest table may have.
    ///   - mostSheets: how many sheets there may be.
    package init(path: String, footer: String, temporaryDirectory: String, mostRows: Int, mostSheets: Int)
        throws(WorkbookError)
    {
        try WorkbookResources.checkSpace(rows: mostRows, path: path, temporaryDirectory: temporaryDirectory)
        try WorkbookResources.checkOpenFiles(sheets: mostSheets)
        self.path = path
        self.footer = footer
        self.temporaryDirectory = temporaryDirectory
        let framePath = Self.framePath(path)
        unsafe workbook = temporaryDirectory.withCString { directory in
            // libxlsxwriter copies the folder's name, and does not write to it.
            var options = unsafe lxw_workbook_options(
                constant_memory: 1, tmpdir: UnsafeMutablePointer(mutating: directory), use_zip64: 0)
            return unsafe workbook_new_opt(framePath, &options)
        }
        if unsafe workbook == nil { throw .cannotCreate(path: framePath) }
    }

    deinit { if let workbook = unsafe workbook { unsafe lxw_workbook_free(workbook) } }

    /// Where libxlsxwriter writes the frame.
    private static func framePath(_ path: String) -> String { path + ".frame" }

    /// libxlsxwriter's workbook.
    private func open() throws(WorkbookError) -> UnsafeMutablePointer<lxw_workbook> {
        guard let workbook = unsafe workbook else { throw .inconsistent("the workbook is finished already") }
        return unsafe workbook
    }

    /// Whether what libxlsxwriter made is still there.
    var isOpen: Bool { unsafe workbook != nil }

    /// Adds a sheet after the others.
    package func addSheet(_ name: String) throws(WorkbookError) -> Sheet {
        guard let pointer = unsafe workbook_add_worksheet(try open(), name) else {
            throw .inconsistent("the sheet \(name) cannot be added")
        }
        let sheet = unsafe Sheet(name: name, pointer: pointer, file: self)
        sheets.append(sheet)
        return sheet
    }

    /// The format of a style, made at its first use; nil for the plain one.
    func format(_ style: CellStyle) throws(WorkbookError) -> UnsafeMutablePointer<lxw_format>? {
        if style == .plain { return nil }
        if let format = unsafe formats[style] { return unsafe format }
        guard let format = unsafe workbook_add_format(try open()) else { throw .noMemory }
        unsafe style.apply(to: format)
        unsafe formats[style] = format
        return unsafe format
    }

    /// The number of a style in the workbook's table.
    package func styleIndex(_ style: CellStyle) throws(WorkbookError) -> StyleIndex {
        guard let format = unsafe try format(style) else { return 0 }
        return Int(unsafe lxw_format_get_xf_index(format))
    }

    func addChart(_ kind: Chart.Kind) throws(WorkbookError) -> UnsafeMutablePointer<lxw_chart> {
        guard let chart = unsafe workbook_add_chart(try open(), UInt8(kind.type.rawValue)) else { throw .noMemory }
        return unsafe chart
    }

    /// Names the workbook.
    ///
    /// - Parameter createdDay: the day of creation, counted from 1970-01-01; its time is midnight UTC. Never now: the same
    ///     content gives the same bytes.
    package func setProperties(title: String, author: String, createdDay: Int) throws(WorkbookError) {
        let workbook = unsafe try open()
        let code = unsafe title.withCString { title in
            unsafe author.withCString { author in
                // libxlsxwriter copies the texts, and does not write to them.
                var properties = unsafe lxw_doc_properties()
                unsafe properties.title = UnsafeMutablePointer(mutating: title)
                unsafe properties.author = UnsafeMutablePointer(mutating: author)
                unsafe properties.created = max(createdDay, Self.firstDayCreated) * 86_400
                return unsafe workbook_set_properties(workbook, &properties)
            }
        }
        try Self.check(code, "setting the properties")
    }

    /// 1900-01-01, counted from 1970: the first day that a spreadsheet knows. libxlsxwriter writes a year before 1000 with
    /// fewer than four digits, which readers refuse.
    private static let firstDayCreated = -25_567

    /// Puts the file together and reads all of it back. After an error there is no file.
    package func finish() throws(WorkbookError) {
        let frame = Self.framePath(path)
        defer { FileSystem.removeIfThere(frame) }
        try closeFrame()
        do throws(WorkbookError) {
            let written = try WorkbookAssembly.write(path, frame: frame, sheets: sheets)
            try WorkbookCheck.verify(
                path: path, byteCount: written.byteCount, cellCounts: sheets.map(\.cellCount), seals: written.seals)
        } catch {
            FileSystem.removeIfThere(path)
            throw error
        }
    }

    private func closeFrame() throws(WorkbookError) {
        let closing = unsafe try open()
        unsafe workbook = nil
        unsafe formats = [:]
        try Self.check(unsafe workbook_close(closing), "closing the workbook")
    }

    static func check(_ code: lxw_error, _ operation: @autoclosure () -> String) throws(WorkbookError) {
        if code == LXW_NO_ERROR { return }
        throw .library(
            operation: operation(), code: code.rawValue,
            message: unsafe lxw_strerror(code).map { unsafe String(cString: $0) } ?? "unknown error")
    }
}
