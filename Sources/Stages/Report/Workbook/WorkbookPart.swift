import Memory
import Refunds

/// What some neighbouring rows of the report give to the workbook. Parts are made on any thread, and given to the writer in
/// the report's order.
package struct WorkbookPart: Sendable {
    /// Rows of one Reconciliation sheet, rendered and deflated.
    struct SheetPiece: Sendable {
        /// Which of the Reconciliation sheets, from 0.
        let sheet: Int
        let rowCount: Int
        let rows: DeflatedChunk
    }

    fileprivate(set) var rowCount = 0
    fileprivate(set) var pieces: [SheetPiece] = []
    /// The rows that other sheets show too, each with its place in the report, from 0.
    fileprivate(set) var shown: [(place: Int, row: ResultRow)] = []
    fileprivate(set) var tieOut = TieOut()
    fileprivate(set) var carriers = CarrierVariances()
}

/// Makes the parts of a workbook. Pure.
package struct WorkbookPartRenderer: Sendable {
    /// nil where the Reconciliation sheets are left out.
    let rows: ReconciliationRows?
    let rowsPerSheet: Int

    /// The part of some neighbouring rows.
    ///
    /// - Parameter start: the place of the first in the report, from 0.
    package func part(start: Int, _ rows: some Sequence<ResultRow>) throws(WorkbookError) -> WorkbookPart {
        var part = WorkbookPart()
        var xml = RowXML()
        var pieceRows = 0
        var place = start
        for row in rows {
            let isFull = place % rowsPerSheet == 0 || xml.bytes.count >= RowXML.pieceBytes
            if isFull, pieceRows > 0 {
                try add(&xml, pieceRows, endingAt: place, to: &part)
                pieceRows = 0
            }
            self.rows?.write(row, number: place % rowsPerSheet + 2, to: &xml)
            pieceRows += 1
            part.tieOut.add(row)
            part.carriers.add(row)
            if row.isBreak || row.isOpen || row.rowType != .case { part.shown.append((place, row)) }
            place += 1
        }
        part.rowCount = place - start
        if pieceRows > 0 { try add(&xml, pieceRows, endingAt: place, to: &part) }
        return part
    }

    private func add(_ xml: inout RowXML, _ count: Int, endingAt end: Int, to part: inout WorkbookPart)
        throws(WorkbookError)
    {
        if rows == nil { return }
        let chunk = try DeflatedChunk(xml.bytes, isLast: false)
        part.pieces.append(.init(sheet: (end - 1) / rowsPerSheet, rowCount: count, rows: chunk))
        xml.removeAll()
    }
}

extension ResultRow {
    /// Whether the refund is still to come.
    var isOpen: Bool { outcome == .pending || outcome == .overdue }
}
