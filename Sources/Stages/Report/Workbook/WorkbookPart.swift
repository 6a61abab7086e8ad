import Files
import Memory
import Refunds
import XLSX

/// What some neighbouring rows of the report give to the workbook.
package struct WorkbookPart: Sendable {
    fileprivate(set) var rowCount = 0
    fileprivate(set) var pieces: [SheetPiece] = []
    /// The rows that other sheets show too, each with its place in the report, from 0.
    fileprivate(set) var shown: [(place: Int, row: ResultRow)] = []
    fileprivate(set) var tieOut = TieOut()
    fileprivate(set) var carriers = CarrierVariances()
}

/// Makes a part of the workbook from neighbouring rows. The same rows give the same bytes, on any thread.
final class WorkbookChunk: RowChunk {
    private var part = WorkbookPart()
    /// nil where the Reconciliation sheets are left out.
    private var cells: ReconciliationCells?
    private let start: Int

    /// - Parameter firstRow: the place of the first row in the report, from 0.
    init(_ styles: ReconciliationStyles?, rowsPerSheet: Int, firstRow: Int) {
        start = firstRow
        if let styles { cells = ReconciliationCells(styles, firstRow: firstRow, rowsPerSheet: rowsPerSheet) }
    }

    func add(_ row: ResultRow) throws(WorkbookError) {
        try cells?.write(row)
        part.tieOut.add(row)
        part.carriers.add(row)
        if row.isBreak || row.isOpen || row.rowType != .case { part.shown.append((start + part.rowCount, row)) }
        part.rowCount += 1
    }

    func end() throws(WorkbookError) -> any Sendable {
        part.pieces = try cells?.finish() ?? []
        return part
    }
}

/// reconciliation.xlsx as one of the report's files.
package final class WorkbookSink: RowSink {
    package static let fileName = "reconciliation.xlsx"

    package let makeChunk: @Sendable (_ firstRow: Int) -> any RowChunk
    private let writer: WorkbookWriter
    private let path: String

    /// - Parameters:
    ///   - context: complete: the summary, the controls and the rejects are known before the first row.
    ///   - mostRows: how many rows a table may have.
    init(in folder: String, _ context: ReportContext, mostRows: Int) throws(WorkbookError) {
        path = "\(folder)/\(Self.fileName)"
        writer = try WorkbookWriter(
            path: path, context: context, temporaryDirectory: folder,
            mostRows: mostRows)
        makeChunk = writer.makeChunk
    }

    package func append(_ rows: any Sendable) throws(WorkbookError) {
        guard let part = rows as? WorkbookPart else { preconditionFailure("rows of another format") }
        try writer.append(part)
    }

    package func end(_ summary: Summary) async throws -> OutputEvidence {
        try writer.finish()
        try FileSystem.writing(path) { () throws(SystemError) in try File(path, to: .read).sync() }
        let written = try InputFile(path: path)
        let source = BlockSource(written)
        while try await source.next() != nil {}
        guard let content = written.content else { preconditionFailure("\(path) was not read to its end") }
        return OutputEvidence(name: Self.fileName, sha256: content.sha256, bytes: content.byteCount)
    }
}

extension ResultRow {
    /// Whether the refund is still to come.
    var isOpen: Bool { outcome == .pending || outcome == .overdue }
}
