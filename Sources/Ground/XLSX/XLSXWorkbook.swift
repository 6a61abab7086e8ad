import Files

/// The value of a cell.
package enum XLSXValue: Equatable, Sendable {
    case blank
    case text(String)
    /// The number as the file has it: decimal digits, perhaps with an exponent. A date is a number too.
    case number(String)
    case boolean(Bool)
    /// An error such as `#N/A`.
    case error(String)

    /// The characters of a text or a number; empty for a blank cell.
    package var characters: String {
        switch self {
        case .blank: ""
        case .text(let text), .number(let text), .error(let text): text
        case .boolean(let value): value ? "TRUE" : "FALSE"
        }
    }
}

/// A row of a sheet.
package struct XLSXRow: Sendable {
    /// As a person sees it, from 1.
    package internal(set) var number = 0
    /// The cells that hold something, in the order of their columns, which count from 0.
    package internal(set) var cells: [(column: Int, value: XLSXValue)] = []
    /// Whether the value of a cell is worked out by a formula, so that it may change when the workbook is opened.
    package internal(set) var hasFormula = false

    /// The value in a column; blank where there is none.
    package subscript(column: Int) -> XLSXValue {
        var (low, high) = (0, cells.count)
        while low < high {
            let middle = (low + high) / 2
            if cells[middle].column < column { low = middle + 1 } else { high = middle }
        }
        return low < cells.count && cells[low].column == column ? cells[low].value : .blank
    }
}

/// An .xlsx workbook, opened for reading: its sheets by name, their rows one after the other. Whatever the file holds, it
/// ends with rows or an error; memory is bounded by `XLSXLimits`.
package final class XLSXWorkbook {
    private let archive: ZipArchive
    private let limits: XLSXLimits
    /// Part names by sheet.
    private var parts: [String: String] = [:]
    /// In the order in which the workbook shows them.
    package private(set) var sheetNames: [String] = []
    /// Read when the first sheet asks.
    private var sharedStrings: [String]?
    private var sharedStringsPart = "xl/sharedStrings.xml"

    package init(_ file: RegularFile, limits: XLSXLimits = XLSXLimits()) throws(XLSXError) {
        self.limits = limits
        archive = try ZipArchive(file, limits)
        let links = try relationships("_rels/.rels", folder: "")
        let workbook = links.first { $0.type == "officeDocument" }?.target ?? "xl/workbook.xml"
        let folder = workbook.lastIndex(of: "/").map { String(workbook[...$0]) } ?? ""
        let name = workbook.dropFirst(folder.count)
        let targets = try relationships("\(folder)_rels/\(name).rels", folder: folder)
        if let shared = targets.first(where: { $0.type == "sharedStrings" }) { sharedStringsPart = shared.target }
        let list = SheetList()
        try archive.parse(workbook, list)
        for sheet in list.sheets {
            guard let target = targets.first(where: { $0.id == sheet.id }), target.type == "worksheet" else { continue }
            if parts.updateValue(target.target, forKey: sheet.name) != nil {
                throw .archive("it has two sheets \(sheet.name)")
            }
            sheetNames.append(sheet.name)
        }
    }

    /// Gives the rows of a sheet to `body`, in the order in which they are in the file, until that returns false.
    package func readRows(of sheet: String, _ body: (XLSXRow) -> Bool) throws(XLSXError) {
        guard let part = parts[sheet] else { throw .noSheet(sheet) }
        let shared = try loadSharedStrings()
        try withoutActuallyEscaping(body) { (body) throws(XLSXError) in
            let handler = SheetHandler(part, shared, limits, body)
            let reader = try XMLReader(part: part, limits, handler)
            try archive.read(part) { bytes throws(XLSXError) in
                try reader.read(bytes)
                return !handler.isDone
            }
            if !handler.isDone { try reader.finish() }
        }
    }

    private func loadSharedStrings() throws(XLSXError) -> [String] {
        if let sharedStrings { return sharedStrings }
        let handler = SharedStringsHandler(limits)
        if archive.hasPart(sharedStringsPart) { try archive.parse(sharedStringsPart, handler) }
        sharedStrings = handler.strings
        return handler.strings
    }

    private func relationships(_ part: String, folder: String) throws(XLSXError) -> [Relationships.Link] {
        let handler = Relationships(folder)
        try archive.parse(part, handler)
        return handler.links
    }
}
