import Memory

/// Finds where a record ends, in text that is given piece by piece from the record's beginning: where `CSVRows` would end
/// it if it had the whole text.
public struct CSVRecordEnd: Sendable {
    private enum Place: Sendable { case fieldStart, unquoted, quoted, afterQuote }

    private var place = Place.fieldStart

    public init() {}

    /// How many bytes of the piece belong to the record, its line end included; nil if it does not end there.
    public mutating func end(in piece: Span<UInt8>) -> Int? {
        var index = 0
        while index < piece.count {
            if place == .quoted {
                guard let quote = piece.extracting(index...).firstIndex(of: UInt8(ascii: "\"")) else { return nil }
                index += quote + 1
                place = .afterQuote
                continue
            }
            switch piece[index] {
            case 0x0A: return index + 1
            case UInt8(ascii: ","): place = .fieldStart
            // At a field's start it opens; after a quote it is the second of two.
            case UInt8(ascii: "\"") where place != .unquoted: place = .quoted
            default: place = .unquoted
            }
            index += 1
        }
        return nil
    }
}
