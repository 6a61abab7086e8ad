/// Reads the records of a text that comes in blocks. Several tasks use it at once.
public protocol BlockParser: Sendable {
    /// The result of reading a block.
    associatedtype Part: Sendable
    associatedtype Finder: RecordEndFinder

    /// Of a longer record only the end is looked for: it goes to `part(of:)`.
    var recordBytes: Int { get }

    /// Reads the records that end within the block, which begins with one. What follows the last of them is read again
    /// together with the next block, unless this is the last.
    func read(_ block: Block, isLast: Bool) -> ParsedBlock<Part>

    /// Finds the end of a record from its beginning.
    func endFinder() -> Finder

    /// The result for a record that is too long.
    func part(of record: OverlongRecord) -> Part
}

/// Finds where a record ends, in text that is given to it piece by piece.
public protocol RecordEndFinder: Sendable {
    /// How many bytes of the piece belong to the record, its line end included; nil if it does not end there.
    mutating func end(in piece: UnsafeBufferPointer<UInt8>) -> Int?
}

/// Finds the end of a record that is one line.
public struct LineEndFinder: RecordEndFinder {
    public init() {}

    public func end(in piece: UnsafeBufferPointer<UInt8>) -> Int? { piece.endOfLine(from: 0).map { $0 + 1 } }
}

/// The records read from a block.
public struct ParsedBlock<Part: Sendable>: Sendable {
    public let part: Part
    /// How many bytes and physical lines the records have that ended within the block.
    public let read: LinesRead

    public init(_ part: Part, _ read: LinesRead) {
        self.part = part
        self.read = read
    }
}

/// A record over the limit, of which only the beginning is kept.
public struct OverlongRecord: Sendable {
    public private(set) var beginning: [UInt8] = []
    /// Without its line end.
    public private(set) var byteCount = 0
    /// Nothing but white space.
    public private(set) var isBlank = true
    private(set) var lineCount: Int32 = 0
    private var lastBytes: [UInt8] = []

    /// So much is kept.
    public static let beginningBytes = 4096

    mutating func add(_ piece: UnsafeBufferPointer<UInt8>) {
        if beginning.count < Self.beginningBytes {
            beginning += piece.prefix(Self.beginningBytes - beginning.count)
        }
        byteCount += piece.count
        isBlank = isBlank && piece.allSatisfy { $0 == 0x20 || ($0 >= 0x09 && $0 <= 0x0D) }
        lineCount += Int32(piece.count { $0 == 0x0A })
        lastBytes = Array((lastBytes + piece.suffix(2)).suffix(2))
    }

    /// Takes the line end off.
    mutating func end() {
        guard lastBytes.last == 0x0A else { return }
        byteCount -= lastBytes.suffix(2).first == 0x0D ? 2 : 1
    }
}

/// Reads all records of an input on at most `width` tasks and gives what was read to `consume`, in order, with the number of
/// physical lines before it.
///
/// A block is read as if it began with a record. Where the one before it ended within a record, both are read again together.
/// A record over the limit is not gathered: its end is looked for and the rest dropped, so that no record takes more memory
/// than the limit and a block, and all is read in linear time.
public func readRecords<Parser: BlockParser>(
    of source: BlockSource, with parser: Parser, width: Int, linesBefore: Int32 = 0,
    consume: (Parser.Part, Int32) throws -> Void
) async throws {
    var reading = RecordReading(parser, linesBefore)
    try await parallelMap(source, width: width) { block in
        (block, parser.read(block, isLast: false))
    } consume: { block, parsed in
        try reading.add(block, parsed, consume)
    }
    try reading.finish(leavesLineUnfinished: source.leavesLineUnfinished, consume)
}

/// The record that continues from one block of an input to the next.
private struct RecordReading<Parser: BlockParser> {
    let parser: Parser
    private var lines: Int32
    /// The beginning of a record that did not end with its block.
    private var unfinished: Block?
    /// A record that is too long, while its end is looked for.
    private var overlong: (record: OverlongRecord, finder: Parser.Finder)?

    init(_ parser: Parser, _ linesBefore: Int32) {
        self.parser = parser
        lines = linesBefore
    }

    mutating func add(
        _ block: Block, _ parsed: ParsedBlock<Parser.Part>, _ consume: (Parser.Part, Int32) throws -> Void
    ) throws {
        // One byte more may be the CR of its line end.
        if let begun = unfinished, begun.count > parser.recordBytes + 1 {
            startOverlong(begun)
        }
        if overlong != nil {
            guard let end = findEnd(in: block) else { return }
            try finishOverlong(consume)
            try take(block.dropFirst(end), nil, consume)
        } else if let begun = unfinished {
            unfinished = nil
            try take(begun.followed(by: block), nil, consume)
        } else {
            try take(block, parsed, consume)
        }
    }

    private mutating func take(
        _ block: Block, _ parsed: ParsedBlock<Parser.Part>?, _ consume: (Parser.Part, Int32) throws -> Void
    ) throws {
        let parsed = parsed ?? parser.read(block, isLast: false)
        try consume(parsed.part, lines)
        lines += parsed.read.lineCount
        let rest = block.dropFirst(parsed.read.byteCount)
        unfinished = rest.isEmpty ? nil : rest.copied()
    }

    private mutating func startOverlong(_ begun: Block) {
        unfinished = nil
        overlong = (OverlongRecord(), parser.endFinder())
        _ = findEnd(in: begun)
    }

    /// Adds what belongs to the overlong record; gives how many bytes, if it ends there.
    private mutating func findEnd(in block: Block) -> Int? {
        block.withBytes { bytes in
            let end = overlong?.finder.end(in: bytes)
            overlong?.record.add(UnsafeBufferPointer(rebasing: bytes[..<(end ?? bytes.count)]))
            return end
        }
    }

    private mutating func finishOverlong(_ consume: (Parser.Part, Int32) throws -> Void) throws {
        guard var record = overlong?.record else { return }
        overlong = nil
        record.end()
        try consume(parser.part(of: record), lines)
        lines += record.lineCount
    }

    /// - Parameter leavesLineUnfinished: whether the line with which the last block ends is not to be used.
    mutating func finish(leavesLineUnfinished: Bool, _ consume: (Parser.Part, Int32) throws -> Void) throws {
        if let begun = unfinished {
            unfinished = nil
            let isOneLine = begun.withBytes { $0.endOfLine(from: 0) } == nil
            if leavesLineUnfinished, isOneLine { return }
            if begun.count > parser.recordBytes + 1 {
                startOverlong(begun)
            } else {
                try consume(parser.read(begun, isLast: true).part, lines)
            }
        } else if leavesLineUnfinished, overlong?.record.lineCount == 0 {
            return
        }
        try finishOverlong(consume)
    }
}
