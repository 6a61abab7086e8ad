import Memory

/// One record of a CSV text; valid until the next one is read.
public struct CSVRow: ~Escapable {
    private let text: Span<UInt8>
    /// Where it is in the text, without its line end.
    public let place: Range<Int>
    /// Where the text goes on after it and its line end.
    public let end: Int
    /// The physical line on which it begins.
    public let line: Int32
    /// The physical line after it.
    public let nextLine: Int32
    /// Text after a closing quote, a quote inside an unquoted field, or a quote that is never closed.
    public let isMalformed: Bool
    /// Nothing but white space on its line.
    public let isBlank: Bool
    /// Whether a line end follows it; if none does, it may go on after the text.
    public let isTerminated: Bool
    public let fieldCount: Int
    /// Without their quotes; not more than the reader keeps.
    private let fields: Span<CSVFieldPlace>
    private let unescaped: Span<UInt8>

    @_lifetime(copy text, copy fields, copy unescaped)
    fileprivate init(
        text: Span<UInt8>, place: Range<Int>, end: Int, lines: Range<Int32>, isMalformed: Bool, isBlank: Bool,
        isTerminated: Bool, fieldCount: Int, fields: Span<CSVFieldPlace>, unescaped: Span<UInt8>
    ) {
        self.text = text
        self.place = place
        self.end = end
        line = lines.lowerBound
        nextLine = lines.upperBound
        self.isMalformed = isMalformed
        self.isBlank = isBlank
        self.isTerminated = isTerminated
        self.fieldCount = fieldCount
        self.fields = fields
        self.unescaped = unescaped
    }

    /// The record's bytes without its line end.
    public var bytes: Span<UInt8> { @_lifetime(copy self) get { text.extracting(place) } }

    /// The bytes of a field, trimmed of ASCII white space, doubled quotes made single; empty for no value. The index must be
    /// below `fieldCount` and what the reader keeps.
    @inline(__always)
    @_lifetime(copy self)
    public func bytes(at index: Int) -> Span<UInt8> {
        let field = fields[index]
        return field.isUnescaped
            ? unescaped.extracting(field.start..<field.end).trimmed : text.extracting(field.start..<field.end).trimmed
    }

    /// A field of the record by its place in it.
    @inline(__always)
    public subscript(index: Int) -> Field { @_lifetime(copy self) get { Field(text: bytes(at: index)) } }
}

/// Where a field is in the text, or in what the reader had to unescape.
struct CSVFieldPlace {
    var start: Int
    /// Times two; odd for a field that had to be unescaped.
    private var endAndKind: Int

    @inline(__always)
    init(start: Int, end: Int, isUnescaped: Bool = false) {
        self.start = start
        endAndKind = end << 1 | (isUnescaped ? 1 : 0)
    }

    @inline(__always)
    var end: Int { endAndKind >> 1 }

    @inline(__always)
    var isUnescaped: Bool { endAndKind & 1 != 0 }
}

/// Reads the records of a CSV text by RFC 4180 (quotes, embedded newlines, doubled quotes), going through the bytes once, in
/// place.
///
/// It never stops at a malformed record: that one is marked, and the next begins after its line. Only a quote that is
/// never closed takes the rest of the text.
@safe public struct CSVRows: ~Copyable, ~Escapable {
    private let text: Span<UInt8>
    private var position = 0
    private var line: Int32 = 1
    private var fields: UnsafeMutablePointer<CSVFieldPlace>
    private var fieldCapacity = 64
    private var fieldCount = 0
    private let mostFields: Int
    /// Whether the text ended within the quotes of this record.
    private var isUnclosed = false
    /// This record's fields that had doubled quotes, one after another.
    private var unescaped: [UInt8] = []

    /// Reads from the beginning of a record on, whose line is called 1.
    ///
    /// - Parameter mostFields: how many fields of a record are kept; more are counted only.
    @_lifetime(copy text)
    public init(_ text: Span<UInt8>, mostFields: Int = .max) {
        self.text = text
        self.mostFields = mostFields
        unsafe fields = .allocate(capacity: fieldCapacity)
    }

    deinit { unsafe fields.deallocate() }

    /// The next record, blank ones included; nil at the end.
    @_lifetime(&self)
    public mutating func next() -> CSVRow? {
        guard position < text.count else { return nil }
        let start = position
        let firstLine = line
        fieldCount = 0
        isUnclosed = false
        if !unescaped.isEmpty { unescaped.removeAll(keepingCapacity: true) }
        if let end = blankLineEnd() {
            return record(from: start, to: end, firstLine, isMalformed: false, isBlank: true)
        }
        var isMalformed = false
        if !readPlainRecord() {
            fieldCount = 0
            while readField(&isMalformed) {}
        }
        return record(from: start, to: contentEnd(from: start), firstLine, isMalformed: isMalformed, isBlank: false)
    }

    @_lifetime(&self)
    private mutating func record(
        from start: Int, to end: Int, _ firstLine: Int32, isMalformed: Bool, isBlank: Bool
    ) -> CSVRow {
        let fields = unsafe UnsafeBufferPointer(start: fields, count: min(fieldCount, mostFields)).span
        let unescaped = unsafe _overrideLifetime(unescaped.span, copying: ())
        let row = CSVRow(
            text: text, place: start..<end, end: position, lines: firstLine..<line, isMalformed: isMalformed,
            isBlank: isBlank, isTerminated: position > start && text[position - 1] == 0x0A && !isUnclosed,
            fieldCount: fieldCount, fields: fields, unescaped: unescaped)
        return unsafe _overrideLifetime(row, mutating: &self)
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

    /// Goes past a line of nothing but white space and gives where it ended; stays where it is at any other line.
    @inline(__always)
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

    @inline(__always)
    private mutating func add(_ start: Int, _ end: Int, isUnescaped: Bool = false) {
        if fieldCount < mostFields {
            if fieldCount == fieldCapacity { grow() }
            unsafe (fields + fieldCount).initialize(to: CSVFieldPlace(start: start, end: end, isUnescaped: isUnescaped))
        }
        fieldCount += 1
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<CSVFieldPlace>.allocate(capacity: fieldCapacity * 2)
        unsafe larger.moveInitialize(from: fields, count: fieldCount)
        unsafe fields.deallocate()
        unsafe fields = larger
        fieldCapacity *= 2
    }

    // MARK: Records without quotes

    /// Reads a record without quotes, eight bytes at a time; false, with the position unchanged, if it has a quote or is
    /// near the end of the text.
    private mutating func readPlainRecord() -> Bool {
        let raw = unsafe text.bytes
        let start = position
        var fieldStart = start
        var index = start
        while index &+ 8 <= text.count {
            let word = unsafe UInt64(
                littleEndian: raw.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self))
            // The top bit of each byte that is special; the lowest byte is the first.
            var hits = word.places(of: ",") | word.places(of: "\n") | word.places(of: "\"")
            while hits != 0 {
                let place = index &+ hits.trailingZeroBitCount >> 3
                hits &= hits &- 1
                switch unsafe text[unchecked: place] {
                case UInt8(ascii: "\""): return false
                case 0x0A:
                    // The CR of a CRLF belongs to neither the field nor the record.
                    add(fieldStart, place > fieldStart && text[place - 1] == 0x0D ? place - 1 : place)
                    position = place + 1
                    line += 1
                    return true
                default:
                    add(fieldStart, place)
                    fieldStart = place + 1
                }
            }
            index &+= 8
        }
        return false
    }

    // MARK: Any record

    /// Reads one field and its end; false at the end of the record.
    private mutating func readField(_ isMalformed: inout Bool) -> Bool {
        if position < text.count, text[position] == UInt8(ascii: "\"") { return readQuotedField(&isMalformed) }
        let start = position
        let isLast = skipUnquoted(&isMalformed)
        // The CR of a CRLF belongs to neither the field nor the record.
        let hasReturn = isLast && position < text.count && position > start && text[position - 1] == 0x0D
        add(start, hasReturn ? position - 1 : position)
        return step(isLast)
    }

    /// Goes to the comma or line end after unquoted text; gives whether the record ends there.
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

    private mutating func readQuotedField(_ isMalformed: inout Bool) -> Bool {
        position += 1
        let start = position
        var hasDoubledQuotes = false
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "\"") where position + 1 < text.count && text[position + 1] == UInt8(ascii: "\""):
                hasDoubledQuotes = true
                position += 2
            case UInt8(ascii: "\""):
                addQuoted(start, position, hasDoubledQuotes)
                position += 1
                return endQuotedField(&isMalformed)
            case 0x0A:
                line += 1
                position += 1
            default: position += 1
            }
        }
        isMalformed = true
        isUnclosed = true
        addQuoted(start, position, hasDoubledQuotes)
        return false
    }

    private mutating func addQuoted(_ start: Int, _ end: Int, _ hasDoubledQuotes: Bool) {
        guard hasDoubledQuotes else { return add(start, end) }
        let first = unescaped.count
        var isSecond = false
        for index in start..<end {
            let byte = text[index]
            isSecond = byte == UInt8(ascii: "\"") && !isSecond
            if !isSecond { unescaped.append(byte) }
        }
        add(first, unescaped.count, isUnescaped: true)
    }

    /// After a closing quote only a comma or a line end is allowed.
    private mutating func endQuotedField(_ isMalformed: inout Bool) -> Bool {
        let start = position
        let isLast = skipUnquoted(&isMalformed)
        let hasReturn = isLast && position == start + 1 && text[start] == 0x0D
        if position > start, !hasReturn { isMalformed = true }
        return step(isLast)
    }

    /// Goes past the comma or the line end.
    private mutating func step(_ isLast: Bool) -> Bool {
        if isLast, position < text.count { line += 1 }
        position = min(position + 1, text.count)
        return !isLast
    }
}
