import Files
import Memory
import Tasks

/// A format of files of records. Several tasks use it at once.
public protocol RecordSource: Sendable {
    associatedtype Decoder: RecordDecoder
    associatedtype Finder: RecordEndFinder

    var decoder: Decoder { get }

    /// Reads the records that end within the block, which begins with one. What follows the last of them is read again
    /// together with the next block, unless this is the last.
    func read(_ block: Block, isLast: Bool) -> ReadBlock<Decoder>

    /// Finds the end of a record from its beginning.
    func endFinder() -> Finder
}

/// Finds where a record ends, in text that is given to it piece by piece.
public protocol RecordEndFinder: Sendable {
    /// How many bytes of the piece belong to the record, its line end included; nil if it does not end there.
    mutating func end(in piece: Span<UInt8>) -> Int?
}

/// The records read from a block.
public struct ReadBlock<Decoder: RecordDecoder>: Sendable {
    public var batch: RecordBatch<Decoder.Value, Decoder.Failure>
    /// How many bytes the records have that ended within the block, line ends included.
    public var byteCount = 0
    /// How many physical lines they have.
    public var lineCount: Int32 = 0
}

/// Takes the records of an input, in order.
public typealias RecordConsumer<Decoder: RecordDecoder> =
    (RecordBatch<Decoder.Value, Decoder.Failure>) throws -> Void

/// Reads all records of an input on at most `threads` tasks and gives what was read to `consume`, in order: the one loop for
/// all files of records.
///
/// A block is read as if it began with a record. Where the one before it ended within a record, both are read again together.
/// A record over the limit is not gathered: its end is looked for and the rest dropped, so that no record takes more memory
/// than the limit and a block, and all is read in linear time.
func readRecords<Source: RecordSource>(
    of blocks: BlockSource, as source: Source, threads: Int, linesBefore: Int32 = 0,
    consume: RecordConsumer<Source.Decoder>
) async throws {
    var reading = RecordReading(source: source, lines: linesBefore)
    try await parallelMap(blocks, width: threads) { block in
        (block, source.read(block, isLast: false))
    } consume: { block, read in
        try reading.add(block, read, consume)
    }
    try reading.finish(leavesLineUnfinished: blocks.leavesLineUnfinished, consume)
}

/// The record that continues from one block of an input to the next.
private struct RecordReading<Source: RecordSource> {
    let source: Source
    /// How many physical lines were read.
    var lines: Int32
    /// The beginning of a record that did not end with its block.
    var unfinished: Block?
    /// A record that is too long, while its end is looked for.
    var overlong: (record: OverlongRecord, finder: Source.Finder)?

    mutating func add(
        _ block: Block, _ read: ReadBlock<Source.Decoder>, _ consume: RecordConsumer<Source.Decoder>
    ) throws {
        // One byte more may be the CR of its line end.
        if let begun = unfinished, begun.count > source.decoder.recordBytes + 1 {
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
            try take(block, read, consume)
        }
    }

    private mutating func take(
        _ block: Block, _ read: ReadBlock<Source.Decoder>?, _ consume: RecordConsumer<Source.Decoder>
    ) throws {
        let read = read ?? source.read(block, isLast: false)
        try give(read.batch, consume)
        lines += read.lineCount
        let rest = block.dropFirst(read.byteCount)
        unfinished = rest.isEmpty ? nil : rest.copied()
    }

    private func give(
        _ batch: RecordBatch<Source.Decoder.Value, Source.Decoder.Failure>, _ consume: RecordConsumer<Source.Decoder>
    ) throws {
        var batch = batch
        batch.linesBefore = lines
        try consume(batch)
    }

    private mutating func startOverlong(_ begun: Block) {
        unfinished = nil
        overlong = (OverlongRecord(), source.endFinder())
        _ = findEnd(in: begun)
    }

    /// Adds what belongs to the overlong record; gives how many bytes, if it ends there.
    private mutating func findEnd(in block: Block) -> Int? {
        let end = overlong?.finder.end(in: block.bytes)
        overlong?.record.add(block.bytes.extracting(..<(end ?? block.count)))
        return end
    }

    private mutating func finishOverlong(_ consume: RecordConsumer<Source.Decoder>) throws {
        guard var record = overlong?.record else { return }
        overlong = nil
        record.end()
        try give(RecordBatch(record, source.decoder), consume)
        lines += record.lineCount
    }

    /// - Parameter leavesLineUnfinished: whether the line with which the last block ends is not to be used.
    mutating func finish(leavesLineUnfinished: Bool, _ consume: RecordConsumer<Source.Decoder>) throws {
        if let begun = unfinished {
            unfinished = nil
            let isOneLine = begun.bytes.firstIndex(of: 0x0A) == nil
            if leavesLineUnfinished, isOneLine { return }
            if begun.count > source.decoder.recordBytes + 1 {
                startOverlong(begun)
            } else {
                try give(source.read(begun, isLast: true).batch, consume)
            }
        } else if leavesLineUnfinished, overlong?.record.lineCount == 0 {
            return
        }
        try finishOverlong(consume)
    }
}

/// A record over the limit, of which only the beginning is kept.
struct OverlongRecord: Sendable {
    private(set) var beginning: [UInt8] = []
    /// Without its line end.
    private(set) var byteCount = 0
    /// Nothing but white space.
    private(set) var isBlank = true
    private(set) var lineCount: Int32 = 0
    private var lastBytes: [UInt8] = []

    /// So much is kept.
    static let beginningBytes = 4096

    mutating func add(_ piece: Span<UInt8>) {
        let missing = max(Self.beginningBytes - beginning.count, 0)
        beginning.append(contentsOf: piece.extracting(..<min(missing, piece.count)))
        byteCount += piece.count
        isBlank = isBlank && piece.trimmed.isEmpty
        lineCount += Int32(piece.count(of: 0x0A))
        for index in max(piece.count - 2, 0)..<piece.count { lastBytes = Array((lastBytes + [piece[index]]).suffix(2)) }
    }

    /// Takes the line end off.
    mutating func end() {
        guard lastBytes.last == 0x0A else { return }
        byteCount -= lastBytes.suffix(2).first == 0x0D ? 2 : 1
    }
}
