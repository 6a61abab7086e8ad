import Memory
import Refunds

/// Writes cells as fields of a CSV record, a comma behind each.
struct CSVCellWriter: CellWriter {
    private(set) var out: RowWriter
    /// What stands around the line number of a place, by file number.
    private let places: UnsafeBufferPointer<CSVPlace>

    init(_ out: RowWriter, places: UnsafeBufferPointer<CSVPlace>) {
        self.out = out
        self.places = places
    }

    /// At most so many bytes are written for a row but for its place.
    static func capacity(of row: ResultRow) -> Int {
        // Quotes may stand doubled, with quotes around and an apostrophe before.
        row.capacityOfCells + row.outsideTextBytes * 2 + ResultRow.outsideTextCount * 4
    }

    @inline(__always)
    private mutating func comma() { out.byte(UInt8(ascii: ",")) }

    @inline(__always)
    mutating func word(_ word: Text?) {
        if let word { out.text(word) }
        comma()
    }

    @inline(__always)
    mutating func text(_ text: Text?) {
        if let text { text.withBytes { outside($0) } }
        comma()
    }

    /// Neutralised and quoted where needed.
    @inline(__always)
    private mutating func outside(_ text: UnsafeBufferPointer<UInt8>) {
        if CSV.isPlain(text) { out.bytes(text) } else { escaped(text) }
    }

    private mutating func escaped(_ text: UnsafeBufferPointer<UInt8>) {
        var escaped: [UInt8] = []
        CSV.write(outside: text, to: &escaped)
        escaped.withUnsafeBufferPointer { out.bytes($0) }
    }

    mutating func codes(_ codes: ExceptionSet) {
        var isFirst = true
        for code in codes {
            if isFirst { isFirst = false } else { out.byte(UInt8(ascii: ";")) }
            out.text(code.text)
        }
        comma()
    }

    @inline(__always)
    mutating func amount(_ amount: Amount?, _ currency: Currency?) {
        if let amount, let currency { out.amount(amount, currency) }
        comma()
    }

    @inline(__always)
    mutating func date(_ date: CalendarDate?) {
        if let date { out.date(date) }
        comma()
    }

    @inline(__always)
    mutating func count(_ count: Int?) {
        if let count { out.count(count) }
        comma()
    }

    @inline(__always)
    mutating func place(_ place: SourceLine?) {
        guard let place else { return comma() }
        let around = places.place(of: Int(place.file))
        out.text(around.pointee.start)
        out.count(Int(place.line))
        if around.pointee.isQuoted { out.byte(UInt8(ascii: "\"")) }
        comma()
    }
}

/// What stands around the line number of a place in a file: its name, neutralised and quoted where needed.
struct CSVPlace: Sendable {
    let start: Text
    let isQuoted: Bool
    /// At most so many bytes has a place in the file.
    var capacity: Int { start.count + 14 }

    init(fileName: String) {
        var bytes: [UInt8] = []
        CSV.write(outside: "\(fileName):", to: &bytes)
        // A field that begins with a quote has one at its end.
        isQuoted = bytes.first == UInt8(ascii: "\"")
        if isQuoted { bytes.removeLast() }
        start = bytes.withUnsafeBufferPointer { Text(utf8: $0) }
    }
}
