import Files
import Memory

/// The formats in which files of records are written. A further one is a case here and a source of its own beside
/// `CSVRecords` and `JSONLines`.
public enum RecordFormat: Sendable, CaseIterable {
    case csv, jsonLines

    /// The extensions of its files, in lower case.
    public var extensions: [String] {
        switch self {
        case .csv: [".csv"]
        case .jsonLines: [".jsonl", ".ndjson"]
        }
    }

    /// The format of a text by its first character.
    init(guessedFrom source: BlockSource) async throws {
        self = try await Self.firstCharacter(of: source) == UInt8(ascii: "{") ? .jsonLines : .csv
    }

    /// The first character that is not white space.
    private static func firstCharacter(of source: BlockSource) async throws -> UInt8? {
        var read: [Block] = []
        defer { for block in read.reversed() { source.putBack(block) } }
        while let block = try await source.next() {
            read.append(block)
            let first = block.bytes.trimmed
            if !first.isEmpty { return first[0] }
        }
        return nil
    }
}
