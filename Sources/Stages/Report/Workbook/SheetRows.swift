import CXlsx
import Glibc
import Memory
import Refunds

/// The rows of one table sheet below its header, deflated as they come and spooled to a nameless file, until the workbook
/// is put together. Memory holds a piece of them.
final class SheetRows {
    private let spoolFolder: String
    private var xml = RowXML()
    private var openRow: Int?
    private var height: (row: Int, points: Int)?
    private var spool: SpoolFile?
    /// Of all that was spooled.
    private(set) var seal = PartSeal()
    /// The last row that has a cell, from 1 as a person sees it; nil if there is none.
    private(set) var lastRow: Int?

    init(spoolFolder: String) { self.spoolFolder = spoolFolder }

    /// Sets the height of a row; before its cells are written. Rows count from 0 here and below.
    func setHeight(_ points: Int, ofRow row: Int) { height = (row, points) }

    func text(_ row: Int, _ column: Int, _ style: StyleIndex, _ text: String) throws(WorkbookError) {
        try open(row)
        xml.text(column, style, text)
    }

    func number(_ row: Int, _ column: Int, _ style: StyleIndex, _ number: Double) throws(WorkbookError) {
        try open(row)
        // `17`, not `17.0`; other doubles as the shortest decimal that is them.
        let digits = Int(exactly: number)?.description ?? number.description
        xml.number(column, style) { $0.append(contentsOf: digits.utf8) }
    }

    func blank(_ row: Int, _ column: Int, _ style: StyleIndex) throws(WorkbookError) {
        try open(row)
        xml.blank(column, style)
    }

    private func open(_ row: Int) throws(WorkbookError) {
        if openRow == row { return }
        closeRow()
        if xml.bytes.count >= RowXML.pieceBytes { try flush() }
        xml.begin(row: row + 1, heightPoints: height.flatMap { $0.row == row ? $0.points : nil })
        openRow = row
        lastRow = row + 1
    }

    private func closeRow() {
        if openRow != nil { xml.end() }
        openRow = nil
    }

    private func flush() throws(WorkbookError) {
        if xml.bytes.isEmpty { return }
        let piece = try DeflatedChunk(xml.bytes, isLast: false)
        xml.removeAll()
        try append(piece)
    }

    /// Appends rows that were rendered elsewhere.
    func append(_ rows: DeflatedChunk, lastRow: Int) throws(WorkbookError) {
        try append(rows)
        self.lastRow = lastRow
    }

    private func append(_ piece: DeflatedChunk) throws(WorkbookError) {
        let file: SpoolFile
        if let spool { file = spool } else { file = try SpoolFile(folder: spoolFolder) }
        spool = file
        try file.append(piece.compressed)
        seal.append(piece.seal)
    }

    /// Ends the last row.
    func finish() throws(WorkbookError) {
        closeRow()
        try flush()
    }

    /// Hands on all that was spooled, a piece at a time.
    func readBack(_ body: ([UInt8]) throws(WorkbookError) -> Void) throws(WorkbookError) { try spool?.readAll(body) }
}

/// A file that has no name, so that nothing is left of it when the process ends in whatever way.
final class SpoolFile {
    private let descriptor: Int32
    private let folder: String

    init(folder: String) throws(WorkbookError) {
        self.folder = folder
        var template = Array("\(folder)/.spool-XXXXXX".utf8CString)
        let (file, hasNoName) = template.withUnsafeMutableBufferPointer { name -> (Int32, Bool) in
            guard let name = name.baseAddress else { return (-1, false) }
            let file = mkstemp(name)
            return (file, file >= 0 && unlink(name) == 0 && fcntl(file, F_SETFD, FD_CLOEXEC) == 0)
        }
        descriptor = file
        if !hasNoName { throw .cannotCreate(path: folder) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func append(_ bytes: [UInt8]) throws(WorkbookError) { try descriptor.writeAll(bytes, path: folder) }

    func readAll(_ body: ([UInt8]) throws(WorkbookError) -> Void) throws(WorkbookError) {
        var offset = 0
        while true {
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, filled in
                count = pread(descriptor, buffer.baseAddress, buffer.count, offset)
                filled = max(count, 0)
            }
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw .cannotWrite(path: folder, reason: String(cString: strerror(errno))) }
            if count == 0 { return }
            try body(bytes)
            offset += count
        }
    }
}

extension Int32 {
    /// Writes all bytes to the file that this descriptor stands for.
    func writeAll(_ bytes: [UInt8], path: String) throws(WorkbookError) {
        var done = 0
        while done < bytes.count {
            let written = bytes.withUnsafeBytes { buffer in
                write(self, buffer.baseAddress?.advanced(by: done), buffer.count - done)
            }
            if written < 0, errno == EINTR { continue }
            if written < 0 { throw .cannotWrite(path: path, reason: String(cString: strerror(errno))) }
            done += written
        }
    }
}
