import Core

/// Writes cells as fields of a CSV record, a comma behind each.
struct CSVCellWriter: CellWriter {
    private(set) var out: RowWriter
    /// The names of the inputs, by file number.
    let fileNames: [String]
    /// What stands before the line number of a place, by file number; nil where it must be escaped.
    let plainPlaces: UnsafeBufferPointer<Text?>

    init(_ out: RowWriter, fileNames: [String], plainPlaces: UnsafeBufferPointer<Text?>) {
        self.out = out
        self.fileNames = fileNames
        self.plainPlaces = plainPlaces
    }

    /// At most so many bytes are written for a row.
    static func capacity(of row: ResultRow, _ fileNames: [String]) -> Int {
        // Quotes may stand doubled, with quotes around and an apostrophe before.
        return row.capacityOfCells + row.outsideTextBytes * 2 + ResultRow.outsideTextCount * 4
            + fileNames[Int(row.source.file)].utf8.count * 2 + 20
    }

    @inline(__always)
    private mutating func comma() { out.byte(UInt8(ascii: ",")) }

    @inline(__always)
    mutating func word(_ word: String?) {
        if let word { out.word(word) }
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
            out.word(code.rawValue)
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
    mutating func place(_ place: SourceLine) {
        if let start = plainPlaces[Int(place.file)] {
            out.text(start)
            out.count(Int(place.line))
        } else {
            var text = place.text(fileNames)
            text.withUTF8 { outside($0) }
        }
        comma()
    }
}
