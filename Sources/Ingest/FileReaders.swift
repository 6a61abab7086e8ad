import Bytes
import CSV
import Core
import JSON

/// Reads the records of a CSV file, part after part; a bad record is refused and the next one read.
struct CSVFileReader<Name: FieldName>: Sendable {
    let columns: CSVColumns<Name>
    private let input: InputBytes
    private let file: Int32
    /// Where the records begin, behind the header, and on which line.
    private let start: Int
    private let startLine: Int32
    private let blankBeforeHeader: Int

    /// Reads the header, the first line that is not blank.
    ///
    /// - Parameter missing: names the needed columns that the header lacks.
    init(_ input: InputBytes, _ file: Int32, missing: (CSVColumns<Name>) -> [String]) throws(InputError) {
        self.input = input
        self.file = file
        let reader = CSVReader(input.text)
        var header = reader.next()
        var blankBeforeHeader = 0
        while let record = header, record.isBlank {
            blankBeforeHeader += 1
            header = reader.next()
        }
        guard let header else { throw .unusable(path: input.path, reason: "the file has no header") }
        do throws(CSVHeaderFault) {
            columns = try CSVColumns<Name>(header: header)
            let missing = missing(columns)
            if !missing.isEmpty {
                throw CSVHeaderFault(reason: "the header lacks \(missing.joined(separator: ", "))")
            }
        } catch {
            throw .unusable(path: input.path, reason: error.reason)
        }
        self.blankBeforeHeader = blankBeforeHeader
        start = reader.offset
        startLine = reader.line
    }

    /// Gives the record, nil for one of another kind.
    typealias Decode<Record> = @Sendable (CSVFields<Name>, FieldDecoder, SourceLine) throws(RecordFault) -> Record?

    /// Reads all records on at most `threads` tasks and gives them to `consume` in their order.
    ///
    /// A part begins behind a line end, and that may lie within quotes: where one part ends it is known whether the next
    /// began with a record. If it did not, it is read again from where it should have begun.
    func read<Record: Sendable>(
        threads: Int, _ decode: @escaping Decode<Record>, consume: (RecordBatch<Record>, Int32) throws -> Void
    ) async throws {
        var header = RecordBatch<Record>()
        header.lines = blankBeforeHeader
        header.blank = blankBeforeHeader
        try consume(header, 0)
        var end = start
        var line = startLine - 1
        let parts = LineChunk.split(input.text, from: start)
        try await parallelMap(parts, width: threads) {
            read($0, decode)
        } consume: { part in
            if part.range.upperBound <= end { return }
            let part = part.range.lowerBound == end ? part : read(LineChunk(range: end..<part.range.upperBound), decode)
            var batch = part.batch
            batch.partCount = parts.count
            try consume(batch, line)
            line += batch.physicalLines
            end = part.end
        }
    }

    /// What was read of a part, and where its last record ended.
    private struct Part<Record: Sendable>: Sendable {
        let range: Range<Int>
        var end = 0
        var batch = RecordBatch<Record>()
    }

    private func read<Record: Sendable>(_ chunk: LineChunk, _ decode: Decode<Record>) -> Part<Record> {
        columns.index.withUnsafeBufferPointer { read(chunk, $0, decode) }
    }

    private func read<Record: Sendable>(
        _ chunk: LineChunk, _ index: UnsafeBufferPointer<Int?>, _ decode: Decode<Record>
    ) -> Part<Record> {
        var part = Part<Record>(range: chunk.range)
        part.batch.reserve(bytes: chunk.range.count)
        let reader = CSVReader(input.text, from: chunk.range.lowerBound)
        let decoder = FieldDecoder(grammar: .csv, texts: TextArena())
        while reader.offset < chunk.range.upperBound, let record = reader.next() {
            part.batch.lines += 1
            if record.isBlank {
                part.batch.blank += 1
                continue
            }
            let source = SourceLine(file: file, line: record.line)
            do throws(RecordFault) {
                try RecordChecks.check(record.bytes, limit: RecordLimits.recordBytes)
                if record.isMalformed { throw RecordFault(.badCSV, "a quote out of place or never closed") }
                if record.fieldCount != columns.count {
                    throw RecordFault(.badCSV, "\(record.fieldCount) fields where the header has \(columns.count)")
                }
                let fields = CSVFields<Name>(record: record, columns: index)
                part.batch.add(try decode(fields, decoder, source), record.bytes.range(in: input.text))
            } catch {
                part.batch.reject(error, source, record.bytes)
            }
        }
        part.end = reader.offset
        part.batch.physicalLines = reader.line - 1
        LineChunk(range: chunk.range.lowerBound..<reader.offset).release(in: input.text)
        return part
    }
}

/// Reads the records of a part of a JSON Lines text.
struct JSONLinesReader {
    let text: UnsafeBufferPointer<UInt8>
    let file: Int32
    /// The names that the records' fields are found by.
    let names: [JSONKey]

    /// - Parameter decode: gives the record of a line, nil for one of another kind.
    func read<Record: Sendable>(
        _ chunk: LineChunk,
        _ decode: (JSONValue, FieldDecoder, SourceLine) throws(RecordFault) -> Record?
    ) -> RecordBatch<Record> {
        var batch = RecordBatch<Record>()
        batch.reserve(bytes: chunk.range.count)
        let document = JSONDocument(names: names)
        let decoder = FieldDecoder(grammar: .json, texts: TextArena())
        batch.physicalLines = chunk.forEachLine(of: text) { bytes, line in
            batch.lines += 1
            if bytes.trimmed.isEmpty {
                batch.blank += 1
                return
            }
            let source = SourceLine(file: file, line: line)
            do throws(RecordFault) {
                try RecordChecks.check(bytes, limit: RecordLimits.recordBytes)
                let record = try RecordChecks.withObject(bytes, document) { (object) throws(RecordFault) in
                    try decode(object, decoder, source)
                }
                batch.add(record, bytes.range(in: text))
            } catch {
                batch.reject(error, source, bytes)
            }
        }
        chunk.release(in: text)
        return batch
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Where these bytes lie in the text that they are a part of.
    func range(in text: UnsafeBufferPointer<UInt8>) -> Range<Int> {
        guard let mine = baseAddress, let whole = text.baseAddress else { return 0..<0 }
        return (mine - whole)..<(mine - whole + count)
    }
}
