import Memory

/// One record of a CSV text, in place. It and its fields are valid until the reader that made it reads the next record.
@safe public struct CSVRecord {
    /// The record's bytes without its line end.
    public let bytes: UnsafeBufferPointer<UInt8>
    /// The physical line on which it begins.
    public let line: Int32
    /// Text after a closing quote, a quote inside an unquoted field, or a quote that is never closed.
    public let isMalformed: Bool
    /// Nothing but white space on its line.
    public let isBlank: Bool
    /// Whether a line end follows it; if none does, it may go on after the text.
    public let isTerminated: Bool
    public let fieldCount: Int
    /// Without their quotes, doubled quotes made single; not more than the reader keeps.
    let fields: UnsafeBufferPointer<UnsafeBufferPointer<UInt8>>

    /// The bytes of a field, trimmed of ASCII white space; empty for no value. The index must be below `fieldCount` and what
    /// the reader keeps.
    @inline(__always)
    public func field(_ index: Int) -> UnsafeBufferPointer<UInt8> { unsafe fields[index].trimmed }
}

/// Reads CSV by RFC 4180 (quotes, embedded newlines, doubled quotes), going through the bytes once, in place.
///
/// It never stops at a malformed record: that one is marked, and the next begins after its line. Only a quote that is
/// never closed takes the rest of the text.
@safe public final class CSVReader {
    private let text: UnsafeBufferPointer<UInt8>
    private var position: Int
    /// The physical line on which the next record begins.
    public private(set) var line: Int32 = 1
    private var fields: UnsafeMutablePointer<UnsafeBufferPointer<UInt8>>
    private var fieldCapacity = 64
    private var fieldCount = 0
    private let mostFields: Int
    /// Whether the text ended within the quotes of this record.
    private var isUnclosed = false
    /// Copies of this record's fields that had doubled quotes.
    private var unescaped: [UnsafeMutableBufferPointer<UInt8>] = unsafe []

    /// How far the text has been read.
    public var offset: Int { position }

    /// Reads from the beginning of a record on, whose line is called 1. The text must outlive the reader.
    ///
    /// - Parameter mostFields: how many fields of a record are kept; more are counted only.
    public init(_ text: UnsafeBufferPointer<UInt8>, mostFields: Int = .max) {
        unsafe self.text = text
        position = 0
        self.mostFields = mostFields
        unsafe fields = .allocate(capacity: fieldCapacity)
    }

    deinit {
        forgetUnescaped()
        unsafe fields.deallocate()
    }

    private func forgetUnescaped() {
        unsafe unescaped.forEach { unsafe $0.deallocate() }
        unsafe unescaped.removeAll()
    }

    /// The next record, blank ones included; nil at the end.
    public func next() -> CSVRecord? {
        guard unsafe position < text.count else { return nil }
        let start = position
        let firstLine = line
        fieldCount = 0
        isUnclosed = false
        if unsafe !unescaped.isEmpty { forgetUnescaped() }
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

    private func record(
        from start: Int, to end: Int, _ line: Int32, isMalformed: Bool, isBlank: Bool
    ) -> CSVRecord {
        unsafe CSVRecord(
            bytes: UnsafeBufferPointer(rebasing: text[start..<end]), line: line, isMalformed: isMalformed,
            isBlank: isBlank, isTerminated: position > start && text[position - 1] == 0x0A && !isUnclosed,
            fieldCount: fieldCount, fields: UnsafeBufferPointer(start: fields, count: min(fieldCount, mostFields)))
    }

    /// Where the record that has just been read ends, without its line end.
    private func contentEnd(from start: Int) -> Int {
        var end = position
        if end > start, unsafe text[end - 1] == 0x0A {
            end -= 1
            if end > start, unsafe text[end - 1] == 0x0D { end -= 1 }
        }
        return end
    }

    /// Goes past a line of nothing but white space and gives where it ended; stays where it is at any other line.
    @inline(__always)
    private func blankLineEnd() -> Int? {
        var index = position
        while unsafe index < text.count, case let byte = unsafe text[index], byte != 0x0A {
            guard byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) else { return nil }
            index += 1
        }
        defer {
            line += 1
            position = unsafe min(index + 1, text.count)
        }
        return index
    }

    @inline(__always)
    private func add(_ start: Int, _ end: Int) {
        unsafe add(UnsafeBufferPointer(start: text.baseAddress.map { unsafe $0 + start }, count: end - start))
    }

    @inline(__always)
    private func add(_ field: UnsafeBufferPointer<UInt8>) {
        if fieldCount < mostFields {
            if fieldCount == fieldCapacity { grow() }
            unsafe (fields + fieldCount).initialize(to: field)
        }
        fieldCount += 1
    }

    private func grow() {
        let larger = UnsafeMutablePointer<UnsafeBufferPointer<UInt8>>.allocate(capacity: fieldCapacity * 2)
        unsafe larger.moveInitialize(from: fields, count: fieldCount)
        unsafe fields.deallocate()
        unsafe fields = larger
        fieldCapacity *= 2
    }

    // MARK: Records without quotes

    /// Reads a record without quotes, eight bytes at a time; false, with the position unchanged, if it has a quote or is
    /// near the end of the text.
    private func readPlainRecord() -> Bool {
        guard let base = unsafe text.baseAddress else { return false }
        let start = position
        var fieldStart = start
        var index = start
        while unsafe index &+ 8 <= text.count {
            let word = unsafe UInt64(littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
            // The top bit of each byte that is special; the lowest byte is the first.
            var hits = word.places(of: ",") | word.places(of: "\n") | word.places(of: "\"")
            while hits != 0 {
                let place = index &+ hits.trailingZeroBitCount >> 3
                hits &= hits &- 1
                switch unsafe base[place] {
                case UInt8(ascii: "\""): return false
                case 0x0A:
                    // The CR of a CRLF belongs to neither the field nor the record.
                    unsafe add(fieldStart, place > fieldStart && base[place - 1] == 0x0D ? place - 1 : place)
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
    private func readField(_ isMalformed: inout Bool) -> Bool {
        if unsafe position < text.count, unsafe text[position] == UInt8(ascii: "\"") {
            return readQuotedField(&isMalformed)
        }
        let start = position
        let isLast = skipUnquoted(&isMalformed)
        // The CR of a CRLF belongs to neither the field nor the record.
        let hasReturn = unsafe isLast && position < text.count && position > start && text[position - 1] == 0x0D
        add(start, hasReturn ? position - 1 : position)
        return step(isLast)
    }

    /// Goes to the comma or line end after unquoted text; gives whether the record ends there.
    private func skipUnquoted(_ isMalformed: inout Bool) -> Bool {
        var index = position
        defer { position = index }
        while unsafe index < text.count {
            switch unsafe text[index] {
            case UInt8(ascii: ","): return false
            case 0x0A: return true
            case UInt8(ascii: "\""): isMalformed = true
            default: break
            }
            index += 1
        }
        return true
    }

    private func readQuotedField(_ isMalformed: inout Bool) -> Bool {
        position += 1
        let start = position
        var hasDoubledQuotes = false
        while unsafe position < text.count {
            switch unsafe text[position] {
            case UInt8(ascii: "\"") where unsafe position + 1 < text.count && text[position + 1] == UInt8(ascii: "\""):
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

    private func addQuoted(_ start: Int, _ end: Int, _ hasDoubledQuotes: Bool) {
        guard hasDoubledQuotes else { return add(start, end) }
        let single = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: end - start)
        var count = 0
        var isSecond = false
        for index in start..<end {
            let byte = unsafe text[index]
            isSecond = byte == UInt8(ascii: "\"") && !isSecond
            if isSecond { continue }
            unsafe single.initializeElement(at: count, to: byte)
            count += 1
        }
        unsafe unescaped.append(single)
        unsafe add(UnsafeBufferPointer(rebasing: single[..<count]))
    }

    /// After a closing quote only a comma or a line end is allowed.
    private func endQuotedField(_ isMalformed: inout Bool) -> Bool {
        let start = position
        let isLast = skipUnquoted(&isMalformed)
        let hasReturn = unsafe isLast && position == start + 1 && text[start] == 0x0D
        if position > start, !hasReturn { isMalformed = true }
        return step(isLast)
    }

    /// Goes past the comma or the line end.
    private func step(_ isLast: Bool) -> Bool {
        if isLast, unsafe position < text.count { line += 1 }
        position = unsafe min(position + 1, text.count)
        return !isLast
    }
}
