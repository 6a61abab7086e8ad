import Files

/// The rows of one table sheet below its header, deflated as they come and spooled to an unnamed file, until the workbook
/// is put together. Memory holds a piece of them. Rows and columns count from 0.
final class SheetRows {
    private let spoolFolder: String
    private var xml = RowXML()
    private var openRow: Int?
    private var height: (row: Int, points: Int)?
    private var spool: File?
    /// Of all that was spooled.
    private(set) var seal = PartSeal()

    init(spoolFolder: String) { self.spoolFolder = spoolFolder }

    /// Whether there is no row.
    var isEmpty: Bool { spool == nil }

    /// Sets the height of a row; before its cells are written.
    func setHeight(_ points: Int, ofRow row: Int) { height = (row, points) }

    func text(_ text: String, row: Int, column: Int, _ style: StyleIndex) throws(WorkbookError) {
        try open(row)
        xml.text(text, column: column, style: style)
    }

    func number(_ number: Double, row: Int, column: Int, _ style: StyleIndex) throws(WorkbookError) {
        try open(row)
        xml.number(number, column: column, style: style)
    }

    func blank(row: Int, column: Int, _ style: StyleIndex) throws(WorkbookError) {
        try open(row)
        xml.blank(column: column, style: style)
    }

    private func open(_ row: Int) throws(WorkbookError) {
        if openRow == row { return }
        closeRow()
        if xml.isFull { try flush() }
        xml.begin(row: row + 1, heightPoints: height.flatMap { $0.row == row ? $0.points : nil })
        openRow = row
    }

    private func closeRow() {
        if openRow != nil { xml.end() }
        openRow = nil
    }

    private func flush() throws(WorkbookError) {
        if !xml.isEmpty { try append(xml.deflated()) }
    }

    /// Appends rows that were rendered elsewhere, or here.
    func append(_ piece: DeflatedChunk) throws(WorkbookError) {
        do throws(SystemError) {
            if spool == nil { spool = try File.temporary(in: spoolFolder) }
            try spool?.write(piece.compressed)
        } catch { throw .cannotWrite(path: spoolFolder, reason: "\(error)") }
        seal.append(piece.seal)
    }

    /// Ends the last row.
    func finish() throws(WorkbookError) {
        closeRow()
        try flush()
    }

    /// Gives all that was spooled, a piece at a time.
    func readBack(_ body: ([UInt8]) throws(WorkbookError) -> Void) throws(WorkbookError) {
        guard let spool else { return }
        var place = 0
        while place < seal.compressedByteCount {
            let piece: [UInt8]
            do throws(SystemError) { piece = try spool.read(upTo: 1 << 20, at: place) } catch {
                throw .cannotWrite(path: spoolFolder, reason: "\(error)")
            }
            if piece.isEmpty { throw .cannotWrite(path: spoolFolder, reason: "the spooled rows end early") }
            try body(piece)
            place += piece.count
        }
    }
}
