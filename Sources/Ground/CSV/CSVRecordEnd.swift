import Glibc

/// Finds where a record ends, in text that is given piece by piece from the record's beginning: where `CSVReader` would end
/// it if it had the whole text.
public struct CSVRecordEnd: Sendable {
    private enum Place: Sendable { case fieldStart, unquoted, quoted, afterQuote }

    private var place = Place.fieldStart

    public init() {}

    /// How many bytes of the piece belong to the record, its line end included; nil if it does not end there.
    public mutating func end(in piece: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let base = piece.baseAddress else { return nil }
        var index = 0
        while index < piece.count {
            if place == .quoted {
                guard let quote = memchr(base + index, Int32(UInt8(ascii: "\"")), piece.count - index) else {
                    return nil
                }
                index = UnsafeRawPointer(quote) - UnsafeRawPointer(base) + 1
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
