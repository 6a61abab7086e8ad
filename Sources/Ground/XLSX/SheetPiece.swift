import Memory

/// Some neighbouring rows of a table, rendered and deflated: all on one sheet.
package struct SheetPiece: Sendable {
    /// Which of the table's sheets, from 0.
    let sheet: Int
    let rowCount: Int
    let rows: DeflatedChunk
}

/// Renders neighbouring rows of a table, on any thread.
public struct SheetPieceWriter: ~Copyable {
    /// Takes the cells of the row that is open.
    public var xml = RowXML()
    private let rowsPerSheet: Int
    /// The place of the next row in the table, from 0.
    private var place: Int
    private var waitingRows = 0
    private var pieces: [SheetPiece] = []

    /// - Parameter firstRow: the place of the first row in the table, from 0.
    package init(firstRow: Int, rowsPerSheet: Int) {
        place = firstRow
        self.rowsPerSheet = rowsPerSheet
    }

    package mutating func beginRow() throws(WorkbookError) {
        if place % rowsPerSheet == 0 || xml.isFull { try flush() }
        // The header is the first row that a person sees.
        xml.begin(row: place % rowsPerSheet + 2)
    }

    package mutating func endRow() {
        xml.end()
        waitingRows += 1
        place += 1
    }

    private mutating func flush() throws(WorkbookError) {
        if waitingRows == 0 { return }
        pieces.append(
            SheetPiece(sheet: (place - 1) / rowsPerSheet, rowCount: waitingRows, rows: try xml.deflated()))
        waitingRows = 0
    }

    /// All rows that were written.
    package mutating func finish() throws(WorkbookError) -> [SheetPiece] {
        try flush()
        return pieces
    }
}

extension RowXML {
    /// The rows as a piece of a deflate stream that goes on; the writer begins anew.
    mutating func deflated() throws(WorkbookError) -> DeflatedChunk {
        let chunk = try DeflatedChunk(bytes, isLast: false)
        removeAll()
        return chunk
    }
}
