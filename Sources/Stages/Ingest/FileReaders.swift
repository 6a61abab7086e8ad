import CSV
import Files
import JSON
import Memory
import Refunds

/// Reads the records of a CSV file; a bad record is refused and the next one read.
struct CSVFileReader<Name: FieldName>: Sendable {
    let columns: CSVColumns<Name>
    private let source: BlockSource
    private let file: Int32
    /// The physical lines of the header and before it.
    private let headerLines: Int32
    private let blankBeforeHeader: Int

    /// Reads the header, the first line that is not blank.
    ///
    /// - Parameter missing: names the needed columns that the header lacks.
    init(_ source: BlockSource, _ file: Int32, missing: (CSVColumns<Name>) -> [String]) async throws {
        self.source = source
        self.file = file
        let path = source.file.path
        let noHeader = InputError.unusable(path: path, reason: "the file has no header")
        guard var text = try await source.next() else { throw noHeader }
        while true {
            let next = try await source.next()
            let found = try text.withBytes { (bytes) throws(InputError) in
                try Self.header(in: bytes, isLast: next == nil, path, missing)
            }
            if let found {
                (columns, blankBeforeHeader, headerLines) = (found.columns, found.blankBefore, found.lines)
                if let next { source.putBack(next) }
                source.putBack(text.dropFirst(found.byteCount))
                return
            }
            guard let next else { throw noHeader }
            if text.count > RecordLimits.recordBytes {
                throw InputError.unusable(
                    path: path, reason: "its first \(RecordLimits.recordBytes) bytes hold no complete header")
            }
            text = text.followed(by: next)
        }
    }

    /// The beginning of a file.
    private struct Header {
        let columns: CSVColumns<Name>
        let blankBefore: Int
        let lines: Int32
        let byteCount: Int
    }

    /// The header of a text; nil if it does not end within it.
    private static func header(
        in text: UnsafeBufferPointer<UInt8>, isLast: Bool, _ path: String, _ missing: (CSVColumns<Name>) -> [String]
    ) throws(InputError) -> Header? {
        let reader = CSVReader(text)
        var blankBefore = 0
        while let record = reader.next() {
            guard record.isTerminated || isLast else { return nil }
            if record.isBlank {
                blankBefore += 1
                continue
            }
            do throws(CSVHeaderFault) {
                let columns = try CSVColumns<Name>(header: record)
                let missing = missing(columns)
                if !missing.isEmpty {
                    throw CSVHeaderFault(reason: "the header lacks \(missing.joined(separator: ", "))")
                }
                return Header(
                    columns: columns, blankBefore: blankBefore, lines: reader.line - 1, byteCount: reader.offset)
            } catch {
                throw .unusable(path: path, reason: error.reason)
            }
        }
        return nil
    }

    /// Gives the record, nil for one of another kind.
    typealias Decode<Record> = @Sendable (CSVFields<Name>, FieldDecoder, SourceLine) throws(RecordFault) -> Record?

    /// Reads all records on at most `threads` tasks and gives them to `consume` in their order, with the number of physical
    /// lines before them.
    func read<Record: Sendable>(
        threads: Int, _ decode: @escaping Decode<Record>, consume: (RecordBatch<Record>, Int32) throws -> Void
    ) async throws {
        var header = RecordBatch<Record>()
        header.lines = blankBeforeHeader
        header.blank = blankBeforeHeader
        try consume(header, 0)
        try await readRecords(
            of: source, with: CSVParser(columns: columns, file: file, decode: decode), width: threads,
            linesBefore: headerLines, consume: consume)
    }
}

/// Reads the records of a block of CSV.
private struct CSVParser<Name: FieldName, Record: Sendable>: BlockParser {
    let columns: CSVColumns<Name>
    let file: Int32
    let decode: CSVFileReader<Name>.Decode<Record>

    var recordBytes: Int { RecordLimits.recordBytes }

    func read(_ block: Block, isLast: Bool) -> ParsedBlock<RecordBatch<Record>> {
        columns.index.withUnsafeBufferPointer { index in
            block.withBytes { text in
                var batch = RecordBatch<Record>(of: block)
                let read = read(text, isLast: isLast, index, &batch)
                return ParsedBlock(batch, read)
            }
        }
    }

    private func read(
        _ text: UnsafeBufferPointer<UInt8>, isLast: Bool, _ index: UnsafeBufferPointer<Int?>,
        _ batch: inout RecordBatch<Record>
    ) -> LinesRead {
        let reader = CSVReader(text, mostFields: columns.count)
        let decoder = FieldDecoder(grammar: .csv, texts: TextArena())
        var end = 0
        while let record = reader.next() {
            if !record.isTerminated, !isLast { return LinesRead(byteCount: end, lineCount: record.line - 1) }
            end = reader.offset
            batch.lines += 1
            if record.isBlank {
                batch.blank += 1
                continue
            }
            let source = SourceLine(file: file, line: record.line)
            do throws(RecordFault) {
                try check(record)
                let fields = CSVFields<Name>(record: record, columns: index)
                do throws(RecordFault) {
                    batch.add(try decode(fields, decoder, source), record.bytes.range(in: text))
                } catch {
                    throw error.about(Name.orderNumber.map { fields[$0] })
                }
            } catch {
                batch.reject(error, source, record.bytes)
            }
        }
        return LinesRead(byteCount: end, lineCount: reader.line - 1)
    }

    /// The checks of a record before its fields.
    private func check(_ record: CSVRecord) throws(RecordFault) {
        do throws(RecordFault) { try RecordChecks.check(record.bytes, limit: recordBytes) } catch {
            guard error.code == .badUTF8 else { throw error }
            throw columns.notUTF8(record) ?? error
        }
        if record.isMalformed {
            throw RecordFault(
                .badCSV, "a quote is out of place or never closed: quote the whole field and double the quotes in it")
        }
        if record.fieldCount != columns.count {
            let cause =
                record.fieldCount > columns.count ? "a field with a comma must be in quotes" : "a field is missing"
            throw RecordFault(
                .badCSV, "\(record.fieldCount) fields where the header has \(columns.count): \(cause)")
        }
    }

    struct Finder: RecordEndFinder {
        private var record = CSVRecordEnd()

        mutating func end(in piece: UnsafeBufferPointer<UInt8>) -> Int? { record.end(in: piece) }
    }

    func endFinder() -> Finder { Finder() }

    func part(of record: OverlongRecord) -> RecordBatch<Record> { RecordBatch(of: record, file, limit: recordBytes) }
}

/// Reads the records of a block of JSON Lines.
struct JSONLinesParser<Record: Sendable>: BlockParser {
    let file: Int32
    /// The names that the records' fields are found by.
    let names: [JSONKey]
    var recordBytes = RecordLimits.recordBytes
    /// Gives the record of a line, nil for one of another kind. The document is for JSON within a text of the line.
    let decode: @Sendable (JSONValue, JSONDocument, FieldDecoder, SourceLine) throws(RecordFault) -> Record?

    func read(_ block: Block, isLast: Bool) -> ParsedBlock<RecordBatch<Record>> {
        block.withBytes { text in
            var batch = RecordBatch<Record>(of: block)
            let document = JSONDocument(names: names)
            let decoder = FieldDecoder(grammar: .json, texts: TextArena())
            let inner = JSONDocument(names: names)
            let read = text.forEachLine(isLast: isLast) { bytes, line in
                batch.lines += 1
                if bytes.trimmed.isEmpty {
                    batch.blank += 1
                    return
                }
                let source = SourceLine(file: file, line: line)
                do throws(RecordFault) {
                    try RecordChecks.check(bytes, limit: recordBytes)
                    let record = try RecordChecks.withObject(bytes, document) { (object) throws(RecordFault) in
                        do throws(RecordFault) { return try decode(object, inner, decoder, source) } catch {
                            throw error.about(OrderNumber.find(in: object, inner))
                        }
                    }
                    batch.add(record, bytes.range(in: text))
                } catch {
                    batch.reject(error, source, bytes)
                }
            }
            return ParsedBlock(batch, read)
        }
    }

    func endFinder() -> LineEndFinder { LineEndFinder() }

    func part(of record: OverlongRecord) -> RecordBatch<Record> { RecordBatch(of: record, file, limit: recordBytes) }
}

extension UnsafeBufferPointer<UInt8> {
    /// Where these bytes lie in the text that they are a part of.
    func range(in text: UnsafeBufferPointer<UInt8>) -> Range<Int> {
        guard let mine = baseAddress, let whole = text.baseAddress else { return 0..<0 }
        return (mine - whole)..<(mine - whole + count)
    }
}

extension RecordFault {
    /// The same with the order number that the record has, if it is a text.
    fileprivate func about(_ orderNo: RawField?) -> RecordFault {
        guard case .text(let text)? = orderNo else { return self }
        var fault = self
        fault.orderNo = text.string
        return fault
    }
}

/// The order number of a record that is refused, wherever its shape has it.
private enum OrderNumber {
    private static let key: JSONKey = "orderNo"

    /// - Parameter inner: for a body that is itself a text of JSON.
    static func find(in record: JSONValue, _ inner: JSONDocument) -> RawField? {
        let body = record["body"]
        let shapes = [record, record["data"], body, body?["data"], record["response"], record["request"]]
        if let found = shapes.lazy.compactMap({ $0?.field(key) }).first(where: { !$0.isNone }) { return found }
        guard let text = body?.text, inner.parse(text) == nil else { return nil }
        let root = inner.root
        return [root, root["data"]].lazy.compactMap { $0?.field(key) }.first { !$0.isNone }
    }
}
