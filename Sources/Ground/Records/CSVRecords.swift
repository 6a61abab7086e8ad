import CSV
import Files
import Memory

/// Records of a CSV file, after its header.
public struct CSVRecords<Decoder: FieldsDecoder>: RecordSource {
    public let decoder: Decoder
    let columns: CSVColumns<Decoder.Name>

    public func read(_ block: Block, isLast: Bool) -> ReadBlock<Decoder> {
        var read = ReadBlock<Decoder>(batch: RecordBatch(of: block))
        var tools = RecordTools(names: [])
        var rows = CSVRows(block.bytes, mostFields: columns.count)
        while let row = rows.next() {
            if !row.isTerminated, !isLast { break }
            read.byteCount = row.end
            read.lineCount = row.nextLine - 1
            read.batch.begin(isBlank: row.isBlank)
            if row.isBlank { continue }
            do throws(Decoder.Failure) {
                if let error = error(in: row) { throw Decoder.Failure(error) }
                let fields = CSVFields<Decoder.Name>(row, columns: columns.index.span)
                read.batch.add(try decoder.value(of: fields, line: row.line, with: &tools), at: row.place)
            } catch {
                read.batch.refuse(error, line: row.line, row.bytes)
            }
        }
        return read
    }

    /// Why a record is refused before its fields are looked at; nil for a sound one.
    @inline(__always)
    private func error(in row: CSVRow) -> RecordError? {
        if let error = RecordError.of(row.bytes, for: decoder) {
            return error.reason == .notUTF8 ? columns.notUTF8(row) ?? error : error
        }
        if row.isMalformed {
            return RecordError(
                .notCSV, "a quote is out of place or never closed: quote the whole field and double the quotes in it")
        }
        if row.fieldCount == columns.count { return nil }
        let cause =
            row.fieldCount > columns.count ? "a field with a comma must be in quotes" : "a field is missing"
        return RecordError(.notCSV, "\(row.fieldCount) fields where the header has \(columns.count): \(cause)")
    }

    public func endFinder() -> RecordEnd { RecordEnd() }

    public struct RecordEnd: RecordEndFinder {
        private var record = CSVRecordEnd()

        public mutating func end(in piece: Span<UInt8>) -> Int? { record.end(in: piece) }
    }
}

/// A CSV record's fields by the columns of its file's header.
public struct CSVFields<Name: FieldName>: RecordFields, ~Escapable {
    private let row: CSVRow
    private let columns: Span<Int?>

    @inline(__always)
    @_lifetime(copy row, copy columns)
    init(_ row: CSVRow, columns: Span<Int?>) {
        self.row = row
        self.columns = columns
    }

    @inline(__always)
    public subscript(name: Name) -> Field {
        @_lifetime(copy self) get {
            guard let column = columns[name.rawValue] else { return .none }
            return row[column]
        }
    }
}
