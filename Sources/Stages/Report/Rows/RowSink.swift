import Files
import Memory
import Refunds
import Schema

/// A file of the report that is written row by row. It belongs to one task; the chunks are made on any.
package protocol RowSink: AnyObject {
    /// Begins a chunk of neighbouring rows, of which the first has that place in the report.
    var makeChunk: @Sendable (_ firstRow: Int) -> any RowChunk { get }
    /// Takes the rows of a chunk; chunks come in the report's order.
    func append(_ rows: any Sendable) throws
    /// Ends the file.
    ///
    /// - Parameter summary: that of all rows.
    func end(_ summary: Summary) async throws -> OutputEvidence
}

/// Neighbouring rows in the format of one file.
package protocol RowChunk: AnyObject {
    func add(_ row: ResultRow) throws
    /// The rows that the file's sink takes.
    func end() throws -> any Sendable
}

/// Rows in a format of text.
protocol TextRows: ~Copyable, SendableMetatype {
    init(columns: ReportColumns, fileNames: [String])
    mutating func writeHeader()
    mutating func write(_ row: ResultRow)
    /// The content that was written.
    consuming func end() -> ByteWriter
}

/// A file of text.
final class TextSink<Rows: TextRows & ~Copyable>: RowSink {
    let makeChunk: @Sendable (_ firstRow: Int) -> any RowChunk
    private let file: OutputFile
    private let hasAllRows: Bool
    private var rowCount = 0

    /// Creates the file and writes its header.
    ///
    /// - Parameter includes: which rows the file has; nil for all.
    init(
        _: Rows.Type, _ name: String, in folder: String, columns: ReportColumns, fileNames: [String],
        includes: (@Sendable (ResultRow) -> Bool)? = nil
    ) throws(WriteError) {
        file = try OutputFile(folder: folder, name: name)
        hasAllRows = includes == nil
        makeChunk = { _ in TextChunk({ Rows(columns: columns, fileNames: fileNames) }, includes) }
        var header = Rows(columns: columns, fileNames: fileNames)
        header.writeHeader()
        try file.write(header.end())
    }

    func append(_ rows: any Sendable) throws(WriteError) {
        guard let part = rows as? TextPart else { preconditionFailure("rows of another format") }
        try file.write(part.bytes)
        rowCount += part.rowCount
    }

    func end(_ summary: Summary) throws(WriteError) -> OutputEvidence {
        let written = try file.finish()
        var evidence = OutputEvidence(
            name: written.name, sha256: written.sha256, bytes: written.bytes, rows: rowCount)
        if hasAllRows { evidence.sums = OutputSums.of(summary) }
        return evidence
    }
}

/// Rows of a file, handed over without being copied.
private final class TextPart: Sendable {
    let bytes: ByteWriter
    let rowCount: Int

    init(_ bytes: consuming ByteWriter, rowCount: Int) {
        self.bytes = bytes
        self.rowCount = rowCount
    }
}

private final class TextChunk<Rows: TextRows & ~Copyable>: RowChunk {
    private var rows: Rows
    private let includes: ((ResultRow) -> Bool)?
    private var rowCount = 0
    private let renew: () -> Rows

    init(_ renew: @escaping () -> Rows, _ includes: ((ResultRow) -> Bool)?) {
        rows = renew()
        self.renew = renew
        self.includes = includes
    }

    func add(_ row: ResultRow) {
        if let includes, !includes(row) { return }
        rows.write(row)
        rowCount += 1
    }

    func end() -> any Sendable {
        var ended = renew()
        swap(&rows, &ended)
        return TextPart(ended.end(), rowCount: rowCount)
    }
}
