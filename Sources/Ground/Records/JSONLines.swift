import Files
import JSON
import Memory

/// Records that are JSON objects, one a line.
public struct JSONLines<Decoder: ObjectDecoder>: RecordSource {
    public let decoder: Decoder

    public init(decoder: Decoder) { self.decoder = decoder }

    public func read(_ block: Block, isLast: Bool) -> ReadBlock<Decoder> {
        var read = ReadBlock<Decoder>(batch: RecordBatch(of: block))
        var reader = JSONReader(names: decoder.names)
        var tools = RecordTools(names: decoder.names)
        let text = block.bytes
        while let line = text.line(from: read.byteCount, isLast: isLast) {
            read.byteCount = line.end
            read.lineCount += 1
            let bytes = text.extracting(line.place)
            let isBlank = bytes.trimmed.isEmpty
            read.batch.begin(isBlank: isBlank)
            if isBlank { continue }
            do throws(Decoder.Failure) {
                if let error = RecordError.of(bytes, for: decoder) { throw Decoder.Failure(error) }
                let object = try reader.read(bytes).object(of: bytes, or: Decoder.Failure.self)
                read.batch.add(try decoder.value(of: object, line: read.lineCount, with: &tools), at: line.place)
            } catch {
                read.batch.refuse(error, line: read.lineCount, bytes)
            }
        }
        return read
    }

    public func endFinder() -> LineEnd { LineEnd() }

    public struct LineEnd: RecordEndFinder {
        public func end(in piece: Span<UInt8>) -> Int? { piece.firstIndex(of: 0x0A).map { $0 + 1 } }
    }
}

extension Span<UInt8> {
    /// The line that begins at an index, without its LF or CRLF, and where the next one begins; nil at the end of the text.
    ///
    /// - Parameter isLast: whether the text ends here, so that the bytes after the last line end are a line too.
    fileprivate func line(from start: Int, isLast: Bool) -> (place: Range<Int>, end: Int)? {
        guard start < count else { return nil }
        guard let length = extracting(start...).firstIndex(of: 0x0A) else {
            return isLast ? (start..<count, count) : nil
        }
        let lineEnd = start + length
        let hasReturn = lineEnd > start && self[lineEnd - 1] == 0x0D
        return (start..<(hasReturn ? lineEnd - 1 : lineEnd), lineEnd + 1)
    }
}
