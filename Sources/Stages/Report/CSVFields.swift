import Memory
import Refunds

/// Fields of a CSV record, a comma before each but the first.
extension ByteWriter {
    /// Appends a word of ours, in which nothing has to be quoted; nothing is an empty field.
    package mutating func append(field word: Text?, isFirst: Bool = false) {
        if !isFirst { append(UInt8(ascii: ",")) }
        if let word { append(word) }
    }

    /// Appends text from outside, neutralised and quoted where needed.
    package mutating func append(outsideField text: Text?, isFirst: Bool = false) {
        if !isFirst { append(UInt8(ascii: ",")) }
        text?.withBytes { if CSV.isPlain($0) { append($0) } else { append(escaping: $0) } }
    }

    private mutating func append(escaping text: UnsafeBufferPointer<UInt8>) {
        var escaped: [UInt8] = []
        CSV.write(outside: text, to: &escaped)
        escaped.withUnsafeBufferPointer { append($0) }
    }

    package mutating func append(field date: CalendarDate?) {
        append(UInt8(ascii: ","))
        if let date { append(date) }
    }

    package mutating func append(field count: Int?) {
        append(UInt8(ascii: ","))
        if let count { append(decimal: count) }
    }

    /// Appends codes joined by `;`.
    package mutating func append(field codes: ExceptionSet) {
        append(UInt8(ascii: ","))
        append(joined: codes)
    }
}
