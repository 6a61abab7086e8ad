import JSON
import Memory
import Refunds

/// Writes cells as members of a JSON object, each behind the head with its name: amounts, dates and places as strings, no
/// value as null.
struct JSONCellWriter: CellWriter {
    private(set) var out: RowWriter
    /// What stands before the cells that are still to come: `,"name":`.
    private var head: UnsafePointer<Text>
    /// What stands before the line number of a place, by file number: the quote, the file's name escaped, and a colon.
    private let places: UnsafeBufferPointer<Text>

    init(_ out: RowWriter, heads: UnsafePointer<Text>, places: UnsafeBufferPointer<Text>) {
        self.out = out
        head = heads
        self.places = places
    }

    @inline(__always)
    private mutating func begin() {
        out.text(head.pointee)
        head += 1
    }

    @inline(__always)
    private mutating func quote() { out.byte(UInt8(ascii: "\"")) }

    @inline(__always)
    private mutating func null() { out.literal("null") }

    @inline(__always)
    mutating func word(_ word: Text?) {
        begin()
        guard let word else { return null() }
        quote()
        out.text(word)
        quote()
    }

    @inline(__always)
    mutating func text(_ text: Text?) {
        begin()
        string(text)
    }

    /// A text as a string, in a member or elsewhere.
    @inline(__always)
    mutating func string(_ text: Text?) {
        guard let text else { return null() }
        quote()
        text.withBytes { if JSONText.isPlain($0) { out.bytes($0) } else { escaped($0) } }
        quote()
    }

    private mutating func escaped(_ text: UnsafeBufferPointer<UInt8>) {
        var escaped: [UInt8] = []
        JSONText.write(text, to: &escaped)
        escaped.withUnsafeBufferPointer { out.bytes($0) }
    }

    mutating func codes(_ codes: ExceptionSet) {
        begin()
        if codes.isEmpty { return null() }
        out.byte(UInt8(ascii: "["))
        var isFirst = true
        for code in codes {
            if isFirst { isFirst = false } else { out.byte(UInt8(ascii: ",")) }
            quote()
            out.text(code.text)
            quote()
        }
        out.byte(UInt8(ascii: "]"))
    }

    @inline(__always)
    mutating func amount(_ amount: Amount?, _ currency: Currency?) {
        begin()
        guard let amount, let currency else { return null() }
        quote()
        out.amount(amount, currency)
        quote()
    }

    @inline(__always)
    mutating func date(_ date: CalendarDate?) {
        begin()
        guard let date else { return null() }
        quote()
        out.date(date)
        quote()
    }

    @inline(__always)
    mutating func count(_ count: Int?) {
        begin()
        if let count { out.count(count) } else { null() }
    }

    @inline(__always)
    mutating func place(_ place: SourceLine?) {
        begin()
        if let place { string(place) } else { null() }
    }

    // MARK: Evidence

    @inline(__always)
    private mutating func string(_ place: SourceLine) {
        out.text(places.place(of: Int(place.file)).pointee)
        out.count(Int(place.line))
        quote()
    }

    /// The member behind those of the columns: which lines a row was judged from.
    mutating func evidence(_ row: ResultRow) {
        out.literal(",\"evidence\":{\"webhooks\":[")
        var isFirst = true
        for place in row.webhookSources {
            if isFirst { isFirst = false } else { out.byte(UInt8(ascii: ",")) }
            string(place)
        }
        out.literal("],\"query\":")
        if let source = row.querySource { string(source) } else { null() }
        out.literal(",\"queryError\":")
        string(row.queryError)
        out.literal(",\"queryErrorDetail\":")
        string(row.queryErrorDetail)
        out.byte(UInt8(ascii: "}"))
    }
}
