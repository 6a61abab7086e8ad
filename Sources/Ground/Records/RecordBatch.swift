import Files
import Memory

/// A record that was refused.
public struct RefusedRecord<Failure: Error>: Sendable {
    /// The physical line on which it begins.
    public fileprivate(set) var line: Int32
    public let failure: Failure
    /// The beginning of the record as it came.
    public let raw: [UInt8]
}

/// Where a record is in its block. A type within the generic `RecordBatch` would be looked up whenever a place is added.
struct RecordPlace: Sendable {
    let start: Int32
    let end: Int32
}

/// The records read from a block of an input, or from several that one record spans.
public struct RecordBatch<Value: RecordValue, Failure: RecordFailure>: Sendable {
    /// Their line numbers are relative to the block, as those of the refused records are.
    private var values: [Value] = []
    private var refusals: [RefusedRecord<Failure>] = []
    /// How many physical lines are before the block.
    var linesBefore: Int32 = 0
    /// How many records are of another kind: good, and not kept.
    public private(set) var otherCount = 0
    /// How many records there are, blank lines included; a CSV record counts as one whatever line ends it holds.
    public private(set) var lineCount = 0
    public private(set) var blankCount = 0
    /// How many records are not blank.
    public var recordCount: Int { lineCount - blankCount }

    private let block: Block?
    /// By value, where its record is in the block.
    private var places: [RecordPlace] = []

    /// So much of a refused record is kept.
    private static var rawBytes: Int { 2048 }
    /// Few records are shorter, so that a list with room for as many as this promises seldom grows.
    private static var usualRecordBytes: Int { 192 }

    public init(of block: Block) {
        self.block = block
        let usualCount = block.count / Self.usualRecordBytes
        values.reserveCapacity(usualCount)
        places.reserveCapacity(usualCount)
    }

    /// Blank lines that were passed over.
    init(blankLines: Int) {
        block = nil
        lineCount = blankLines
        blankCount = blankLines
    }

    /// A record that is too long to be gathered.
    init(_ record: OverlongRecord, _ decoder: some RecordDecoder) {
        block = nil
        begin(isBlank: record.isBlank)
        if record.isBlank { return }
        let error = RecordError.tooLong(
            byteCount: record.byteCount, limit: decoder.recordBytes, noun: decoder.recordNoun)
        refuse(Failure(error), line: 1, record.beginning.span)
    }

    // MARK: Reading

    public var indices: Range<Int> { values.indices }

    /// A value, with its line number in the input.
    @inline(__always)
    public subscript(index: Int) -> Value {
        var value = values[index]
        value.move(byLines: linesBefore)
        return value
    }

    /// All values, with their line numbers in the input.
    public var all: [Value] { indices.map { self[$0] } }

    public var refused: [RefusedRecord<Failure>] {
        refusals.map { refusal in
            var refusal = refusal
            refusal.line += linesBefore
            return refusal
        }
    }

    /// About how many values the whole input has, if the rest of it is like this block; a little more rather than less.
    public var expectedValueCount: Int { values.count * (block?.expectedCount ?? 1) * 33 / 32 }

    /// The beginning of a value's record as it came.
    public func raw(of index: Int, upTo count: Int) -> [UInt8] {
        guard let block else { return [] }
        let place = places[index]
        return Array(block.bytes.extracting(Int(place.start)..<min(Int(place.end), Int(place.start) + count)))
    }

    // MARK: Filling

    @inline(__always)
    public mutating func begin(isBlank: Bool) {
        lineCount += 1
        if isBlank { blankCount += 1 }
    }

    /// Adds the value of the record at a place of the block; nil is a record of another kind.
    @inline(__always)
    public mutating func add(_ value: consuming Value?, at place: Range<Int>) {
        guard let value else { return otherCount += 1 }
        values.append(value)
        places.append(
            RecordPlace(
                start: Int32(truncatingIfNeeded: place.lowerBound), end: Int32(truncatingIfNeeded: place.upperBound)))
    }

    public mutating func refuse(_ failure: Failure, line: Int32, _ raw: Span<UInt8>) {
        let raw = Array(raw.extracting(..<min(raw.count, Self.rawBytes)))
        refusals.append(RefusedRecord(line: line, failure: failure, raw: raw))
    }
}
