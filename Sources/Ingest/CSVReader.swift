import Core

/// One record of a CSV text, in place. Its fields are looked at through the reader that made it, until it reads on.
struct CSVRecord {
    /// The record's bytes without its line end.
    let bytes: UnsafeBufferPointer<UInt8>
    /// The physical line on which it begins.
    let line: Int32
    /// Text behind a closing quote, a quote inside an unquoted field, or a quote that is never closed.
    let isMalformed: Bool
    /// Nothing but white space on its line.
    let isBlank: Bool
    fileprivate let fields: [CSVReader.Field]

    var fieldCount: Int { fields.count }

    /// The field, trimmed; quotes taken off and doubled ones made single.
    func field(_ index: Int) -> RawField {
        let field = fields[index]
        let raw = UnsafeBufferPointer(rebasing: bytes[field.start..<field.end])
        if field.hasDoubledQuotes {
            var text: [UInt8] = []
            var isSecond = false
            for byte in raw {
                isSecond = byte == UInt8(ascii: "\"") && !isSecond
                if !isSecond { text.append(byte) }
            }
            let trimmed = text.withUnsafeBufferPointer { Array($0.trimmed) }
            return trimmed.isEmpty ? .none : .text(FieldText(unescaped: trimmed))
        }
        let trimmed = raw.trimmed
        return trimmed.isEmpty ? .none : .text(FieldText(plain: trimmed))
    }
}

/// Reads CSV by RFC 4180 (quotes, embedded newlines, doubled quotes), going through the bytes once, in place.
///
/// It never stops at a malformed record: that one is marked, and the next begins behind its line. Only a quote that is
/// never closed takes the rest of the text.
struct CSVReader {
    fileprivate struct Field {
        var start: Int
        var end: Int
        var hasDoubledQuotes: Bool
    }

    private let text: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var line: Int32 = 1
    private var fields: [Field] = []

    /// How far the text has been read.
    var offset: Int { position }

    init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

    /// The next record, blank ones included; nil at the end.
    mutating func next() -> CSVRecord? {
        guard position < text.count else { return nil }
        let start = position
        let firstLine = line
        fields.removeAll(keepingCapacity: true)
        if let end = blankLineEnd() {
            return record(from: start, to: end, firstLine, isMalformed: false, isBlank: true)
        }
        var isMalformed = false
        while readField(recordStart: start, &isMalformed) {}
        return record(from: start, to: contentEnd(from: start), firstLine, isMalformed: isMalformed, isBlank: false)
    }

    private func record(
        from start: Int, to end: Int, _ line: Int32, isMalformed: Bool, isBlank: Bool
    ) -> CSVRecord {
        CSVRecord(
            bytes: UnsafeBufferPointer(rebasing: text[start..<end]), line: line, isMalformed: isMalformed,
            isBlank: isBlank,
            fields: fields)
    }

    /// Where the record that has just been read ends, without its line end.
    private func contentEnd(from start: Int) -> Int {
        var end = position
        if end > start, text[end - 1] == 0x0A {
            end -= 1
            if end > start, text[end - 1] == 0x0D { end -= 1 }
        }
        return end
    }

    /// Goes behind a line of nothing but white space and gives where it ended; stays where it is if it is none.
    private mutating func blankLineEnd() -> Int? {
        var index = position
        while index < text.count, case let byte = text[index], byte != 0x0A {
            guard byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) else { return nil }
            index += 1
        }
        defer {
            line += 1
            position = min(index + 1, text.count)
        }
        return index
    }

    /// Reads one field and what ends it; false at the end of the record.
    private mutating func readField(recordStart: Int, _ isMalformed: inout Bool) -> Bool {
        if position < text.count, text[position] == UInt8(ascii: "\"") {
            return readQuotedField(recordStart: recordStart, &isMalformed)
        }
        let start = position
        let isLast = skipUnquoted(&isMalformed)
        // The CR of a CRLF belongs to neither the field nor the record.
        let hasReturn = isLast && position < text.count && position > start && text[position - 1] == 0x0D
        add(start, hasReturn ? position - 1 : position, recordStart, hasDoubledQuotes: false)
        return step(isLast)
    }

    /// Goes to the comma or line end behind unquoted text; gives whether the record ends there.
    private mutating func skipUnquoted(_ isMalformed: inout Bool) -> Bool {
        var index = position
        defer { position = index }
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: ","): return false
            case 0x0A: return true
            case UInt8(ascii: "\""): isMalformed = true
            default: break
            }
            index += 1
        }
        return true
    }

    private mutating func readQuotedField(recordStart: Int, _ isMalformed: inout Bool) -> Bool {
        position += 1
        let start = position
        var hasDoubledQuotes = false
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "\"") where position + 1 < text.count && text[position + 1] == UInt8(ascii: "\""):
                hasDoubledQuotes = true
                position += 2
            case UInt8(ascii: "\""):
                add(start, position, recordStart, hasDoubledQuotes: hasDoubledQuotes)
                position += 1
                return endQuotedField(&isMalformed)
            case 0x0A:
                line += 1
                position += 1
            default: position += 1
            }
        }
        isMalformed = true
        add(start, position, recordStart, hasDoubledQuotes: hasDoubledQuotes)
        return false
    }

    /// Behind a closing quote only a comma or a line end may stand.
    private mutating func endQuotedField(_ isMalformed: inout Bool) -> Bool {
        let start = position
        let isLast = skipUnquoted(&isMalformed)
        let hasReturn = isLast && position == start + 1 && text[start] == 0x0D
        if position > start, !hasReturn { isMalformed = true }
        return step(isLast)
    }

    private mutating func add(_ start: Int, _ end: Int, _ recordStart: Int, hasDoubledQuotes: Bool) {
        fields.append(Field(start: start - recordStart, end: end - recordStart, hasDoubledQuotes: hasDoubledQuotes))
    }

    /// Goes behind the comma or the line end.
    private mutating func step(_ isLast: Bool) -> Bool {
        if isLast, position < text.count { line += 1 }
        position = min(position + 1, text.count)
        return !isLast
    }
}
