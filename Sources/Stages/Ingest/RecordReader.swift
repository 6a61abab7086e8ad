import Atlas
import Files
import JSON
import Memory
import Refunds

/// The limits of one record.
package enum RecordLimits {
    /// A longer record is `line-too-long`.
    package static let recordBytes = 1 << 20
}

/// The records of one file, or of a part of one. Line numbers are relative to the part until the parts are joined.
struct RecordBatch<Record: Sendable>: Sendable {
    private(set) var records: [Record] = []
    /// The text that they were read from.
    let block: Block?
    /// Where each of them is in the block.
    private(set) var places: [Range<Int>] = []
    /// How many are of another kind than is asked for: good, and not kept.
    private(set) var others = 0
    var rejects: [Reject] = []
    /// Records, blank lines included; a CSV record counts as one whatever newlines it holds.
    var lines = 0
    var blank = 0

    /// Few records are shorter, so that a list with room for as many as this promises seldom grows.
    private static var usualRecordBytes: Int { 192 }

    init(of block: Block? = nil) {
        self.block = block
        let usualCount = (block?.count ?? 0) / Self.usualRecordBytes
        records.reserveCapacity(usualCount)
        places.reserveCapacity(usualCount)
    }

    /// The result for a record that is too long to be gathered.
    init(of record: OverlongRecord, _ file: Int32, limit: Int) {
        self.init()
        lines = 1
        if record.isBlank {
            blank = 1
        } else {
            record.beginning.withUnsafeBufferPointer {
                reject(RecordChecks.tooLong(record.byteCount, limit: limit), SourceLine(file: file, line: 1), $0)
            }
        }
    }

    /// Adds the record at a place of the text; nil is a record of another kind.
    @inline(__always)
    mutating func add(_ record: Record?, _ place: Range<Int>) {
        guard let record else {
            others += 1
            return
        }
        records.append(record)
        places.append(place)
    }

    mutating func reject(_ fault: RecordFault, _ source: SourceLine, _ raw: UnsafeBufferPointer<UInt8>) {
        rejects.append(
            Reject(
                source: source, code: fault.code, message: fault.message,
                raw: Array(UnsafeBufferPointer(rebasing: raw[..<min(raw.count, Reject.largestRawBytes)])),
                field: fault.field,
                orderNo: fault.orderNo))
    }
}

/// Checks of all records before their fields: length, UTF-8, JSON.
enum RecordChecks {
    static func check(_ bytes: UnsafeBufferPointer<UInt8>, limit: Int) throws(RecordFault) {
        if bytes.count > limit { throw tooLong(bytes.count, limit: limit) }
        if let fault = notUTF8(bytes) { throw fault }
    }

    static func notUTF8(_ bytes: UnsafeBufferPointer<UInt8>) -> RecordFault? {
        bytes.isValidUTF8 ? nil : UTF8Fault(bytes).map { RecordFault(.badUTF8, $0.description) }
    }

    static func tooLong(_ byteCount: Int, limit: Int) -> RecordFault {
        RecordFault(.lineTooLong, "the record has \(byteCount) bytes: at most \(limit) are allowed")
    }

    /// Parses a text that must be one JSON object and gives it to `body`, which it must not leave; `place` says where the
    /// text is, if within a record.
    @inline(__always)
    static func withObject<Result>(
        _ bytes: UnsafeBufferPointer<UInt8>, _ document: JSONDocument, in place: String? = nil,
        _ body: (JSONValue) throws(RecordFault) -> Result
    ) throws(RecordFault) -> Result {
        let fault = document.parse(bytes)
        if case .syntax? = fault, let fault { throw RecordFault(fault, of: bytes, in: place) }
        return try document.withRoot { (root) throws(RecordFault) in
            // A value that is not an object is bad-json, even if a key within it is given twice.
            guard root.kind == .object else { throw RecordFault(notAnObject: root, in: place) }
            if let fault { throw RecordFault(fault, of: bytes, in: place) }
            return try body(root)
        }
    }
}

/// How a file of records is written.
enum RecordFormat {
    case csv, jsonLines

    /// By the file's name; standard input by its first character.
    init(_ source: BlockSource) async throws {
        if source.file.path == "-" {
            self = try await Self.firstCharacter(source) == UInt8(ascii: "{") ? .jsonLines : .csv
            return
        }
        guard let name = InputName(Array(source.file.name.utf8)) else {
            throw InputError.unusable(
                path: source.file.path, reason: "its name does not end in .csv, .jsonl or .ndjson (or .gz of one)")
        }
        self = name.isCSV ? .csv : .jsonLines
    }

    /// The first character that is not white space.
    private static func firstCharacter(_ source: BlockSource) async throws -> UInt8? {
        var read: [Block] = []
        defer { for block in read.reversed() { source.putBack(block) } }
        while let block = try await source.next() {
            read.append(block)
            let first = block.withBytes { $0.first { $0 != 0x20 && !($0 >= 0x09 && $0 <= 0x0D) } }
            if let first { return first }
        }
        return nil
    }
}
