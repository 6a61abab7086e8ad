import Bytes
import Core
import JSON

/// Reads the records of a CSV file; a bad record is refused and the next one read.
struct CSVFileReader<Name: FieldName> {
    private let input: InputBytes
    private let file: Int32
    private var reader: CSVReader
    private var blankBeforeHeader = 0
    private var columns: CSVColumns<Name>?
    private var isAtEnd = false

    init(_ input: InputBytes, _ file: Int32) {
        self.input = input
        self.file = file
        reader = CSVReader(input.text)
    }

    /// Reads the header, the first line that is not blank.
    ///
    /// - Parameter missing: names the needed columns that the header lacks.
    mutating func readHeader(missing: (CSVColumns<Name>) -> [String]) throws(InputError) -> CSVColumns<Name> {
        var header = reader.next()
        while let record = header, record.isBlank {
            blankBeforeHeader += 1
            header = reader.next()
        }
        guard let header else { throw .unusable(path: input.path, reason: "the file has no header") }
        do throws(CSVHeaderFault) {
            let columns = try CSVColumns<Name>(header: header)
            let missing = missing(columns)
            if !missing.isEmpty {
                throw CSVHeaderFault(reason: "the header lacks \(missing.joined(separator: ", "))")
            }
            self.columns = columns
            return columns
        } catch {
            throw .unusable(path: input.path, reason: error.reason)
        }
    }

    /// So many records are read before they are handed on.
    private static var recordsPerBatch: Int { 16_384 }

    /// Reads the next records behind the header; nil at the end.
    mutating func readRecords<Record: Sendable>(
        _ decode: (CSVFields<Name>, SourceLine, Range<Int>) throws(RecordFault) -> Record
    ) -> RecordBatch<Record>? {
        guard let columns, !isAtEnd else { return nil }
        var batch = RecordBatch<Record>()
        batch.lines = blankBeforeHeader
        batch.blank = blankBeforeHeader
        blankBeforeHeader = 0
        let start = reader.offset
        defer { LineChunk(range: start..<reader.offset).release(in: input.text) }
        while batch.lines < Self.recordsPerBatch {
            guard let record = reader.next() else {
                isAtEnd = true
                break
            }
            batch.lines += 1
            if record.isBlank {
                batch.blank += 1
                continue
            }
            let source = SourceLine(file: file, line: record.line)
            do throws(RecordFault) {
                try RecordChecks.check(record.bytes, limit: RecordLimits.recordBytes)
                if record.isMalformed { throw RecordFault(.badCSV, "a quote out of place or never closed") }
                if record.fieldCount != columns.count {
                    throw RecordFault(.badCSV, "\(record.fieldCount) fields where the header has \(columns.count)")
                }
                let raw = offset(of: record.bytes)
                batch.records.append(try decode(CSVFields(record: record, columns: columns), source, raw))
            } catch {
                batch.reject(error, source, record.bytes)
            }
        }
        return batch
    }

    private func offset(of bytes: UnsafeBufferPointer<UInt8>) -> Range<Int> { bytes.range(in: input.text) }
}

/// Reads the records of a part of a JSON Lines text.
struct JSONLinesReader {
    let text: UnsafeBufferPointer<UInt8>
    let file: Int32
    var limit = RecordLimits.recordBytes

    /// - Parameter decode: gives the record of a line, or nil for a line that is counted elsewhere.
    func read<Record: Sendable>(
        _ chunk: LineChunk, _ decode: (JSONValue, SourceLine, Range<Int>) throws(RecordFault) -> Record
    ) -> RecordBatch<Record> {
        var batch = RecordBatch<Record>()
        let document = JSONDocument()
        batch.physicalLines = chunk.forEachLine(of: text) { bytes, line in
            batch.lines += 1
            if bytes.trimmed.isEmpty {
                batch.blank += 1
                return
            }
            let source = SourceLine(file: file, line: line)
            do throws(RecordFault) {
                let object = try RecordChecks.object(bytes, document, limit: limit)
                batch.records.append(try decode(object, source, bytes.range(in: text)))
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
