import Memory

/// The writing side of CSV (RFC 4180). A field is quoted only where it must be, and one that a spreadsheet would run as a
/// formula has an apostrophe before it.
extension ByteWriter {
    /// Appends text from outside as a field.
    @inline(__always)
    public mutating func append(csvField text: Text) { append(csvField: text.span) }

    /// The same of a string.
    public mutating func append(csvField text: String) { append(csvField: text.utf8.span) }

    @inline(__always)
    private mutating func append(csvField text: Span<UInt8>) {
        if isFormula(text) || needsQuotes(text) { append(escaping: text) } else { append(text) }
    }

    private mutating func append(escaping text: Span<UInt8>) {
        let needsQuotes = needsQuotes(text)
        if needsQuotes { append(UInt8(ascii: "\"")) }
        if isFormula(text) { append(UInt8(ascii: "'")) }
        for index in text.indices {
            if text[index] == UInt8(ascii: "\"") { append(UInt8(ascii: "\"")) }
            append(text[index])
        }
        if needsQuotes { append(UInt8(ascii: "\"")) }
    }

    /// Appends a field that begins with a prepared text and ends with a number.
    @inline(__always)
    public mutating func append(csvField start: CSVFieldStart, _ number: Int) {
        append(start.text)
        append(decimal: number)
        if start.isQuoted { append(UInt8(ascii: "\"")) }
    }
}

/// The beginning of many fields, escaped once: what follows needs no escaping.
public struct CSVFieldStart: Sendable {
    fileprivate let text: Text
    fileprivate let isQuoted: Bool

    public init(_ text: String) {
        var field = ByteWriter()
        field.append(csvField: text)
        // A field that begins with a quote has one at its end.
        isQuoted = field.count > 0 && field.span[0] == UInt8(ascii: "\"")
        if isQuoted { field.removeLast(1) }
        self.text = field.text(keptIn: nil)
    }
}

@inline(__always)
private func isFormula(_ text: Span<UInt8>) -> Bool {
    if text.isEmpty { return false }
    return switch text[0] {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0D: true
    default: false
    }
}

@inline(__always)
private func needsQuotes(_ text: Span<UInt8>) -> Bool {
    let bytes = unsafe text.bytes
    var index = 0
    while index &+ 8 <= bytes.byteCount {
        let word = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self)
        let special = word.places(of: ",") | word.places(of: "\"") | word.places(of: "\n") | word.places(of: "\r")
        if special != 0 { return true }
        index &+= 8
    }
    while index < text.count {
        switch text[index] {
        case UInt8(ascii: ","), UInt8(ascii: "\""), 0x0A, 0x0D: return true
        default: index &+= 1
        }
    }
    return false
}
