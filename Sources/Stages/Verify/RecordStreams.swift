import Files

/// Reads lines of a file one after the other, holding only one.
final class LineStream {
    private let file: RegularFile
    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false
    /// Longer lines are in no report.
    private static let limitBytes = 16 << 20

    static func check(_ byteCount: Int) throws(FileError) {
        if byteCount > limitBytes { throw .tooLarge(byteCount: byteCount, limit: limitBytes) }
    }

    init(_ file: RegularFile) { self.file = file }

    /// The next line with its end; nil at the end of the file.
    func next() throws(FileError) -> ArraySlice<UInt8>? {
        var searched = position
        while true {
            if let end = buffer.span.firstIndex(of: 0x0A, from: searched) {
                defer { position = end + 1 }
                return buffer[position...end]
            }
            try Self.check(buffer.count - position)
            searched = buffer.count - position
            if isAtEnd {
                defer { position = buffer.count }
                return position < buffer.count ? buffer[position...] : nil
            }
            let block = try file.next()
            buffer.removeFirst(position)
            position = 0
            isAtEnd = block.isEmpty
            buffer += block
        }
    }
}

/// Reads a CSV file of a report, record by record: strict, as RFC 4180 has it.
final class CSVStream {
    private let lines: LineStream
    /// The names of the columns.
    let header: [String]
    /// The index of each column, by its name.
    let places: [String: Int]
    /// The physical line on which the record begins; the header's is 1.
    private(set) var line = 0
    /// The record as it is in the file, without its line end.
    private(set) var raw: [UInt8] = []
    /// The bytes that hold the fields: the record itself, or a copy without quotes.
    private var content: [UInt8] = []
    private var fields: [Range<Int>] = []
    private var linesRead = 0

    init(_ file: RegularFile) throws(FileError) {
        lines = LineStream(file)
        var reader = Reader()
        guard try reader.read(from: lines), reader.split() else {
            (header, places) = ([], [:])
            return
        }
        header = reader.fields.map { String(decoding: reader.content[$0], as: UTF8.self) }
        places = Dictionary(header.enumerated().map { ($1, $0) }) { first, _ in first }
        linesRead = reader.linesRead
    }

    func field(_ index: Int) -> ArraySlice<UInt8> { index < fields.count ? content[fields[index]] : [] }

    func text(_ index: Int) -> String { String(decoding: field(index), as: UTF8.self) }

    /// The text of the column with that name; empty if there is none.
    func text(_ name: String) -> String { places[name].map(text) ?? "" }

    enum Step { case record, malformed, end }

    /// Goes to the next record.
    func next() throws(FileError) -> Step {
        var reader = Reader(raw: raw, content: content, fields: fields)
        (raw, content, fields) = ([], [], [])
        line = linesRead + 1
        let isThere = try reader.read(from: lines)
        let isWhole = isThere && reader.split()
        linesRead += reader.linesRead
        (raw, content, fields) = (reader.raw, reader.content, reader.fields)
        return !isThere ? .end : isWhole && fields.count == header.count ? .record : .malformed
    }

    /// How many records a file has after its header.
    static func recordCount(of file: RegularFile) throws(FileError) -> Int {
        let lines = LineStream(file)
        var reader = Reader()
        var count = 0
        while try reader.read(from: lines) { count += 1 }
        return max(0, count - 1)
    }

    /// Reads one record into memory that is used again.
    private struct Reader {
        var raw: [UInt8] = []
        var content: [UInt8] = []
        var fields: [Range<Int>] = []
        var linesRead = 0
        private var hasQuotes = false

        init(raw: [UInt8] = [], content: [UInt8] = [], fields: [Range<Int>] = []) {
            (self.raw, self.content, self.fields) = (raw, content, fields)
        }

        /// Reads lines until no quote is open; false at the end of the file.
        mutating func read(from lines: LineStream) throws(FileError) -> Bool {
            raw.removeAll(keepingCapacity: true)
            hasQuotes = false
            var isOpen = false
            repeat {
                guard let line = try lines.next() else { return !raw.isEmpty }
                linesRead += 1
                raw.append(contentsOf: line)
                try LineStream.check(raw.count)
                let quotes = line.span.count(of: UInt8(ascii: "\""))
                hasQuotes = hasQuotes || quotes > 0
                isOpen = isOpen != (quotes % 2 == 1)
            } while isOpen
            if raw.last == 0x0A { raw.removeLast() }
            if raw.last == 0x0D { raw.removeLast() }
            return true
        }

        /// Takes the record apart; false if it is malformed.
        mutating func split() -> Bool {
            fields.removeAll(keepingCapacity: true)
            content.removeAll(keepingCapacity: true)
            if !hasQuotes {
                content.append(contentsOf: raw)
                splitPlain()
                return true
            }
            var index = 0
            while true {
                let start = content.count
                var end: Int
                if index < raw.count, raw[index] == UInt8(ascii: "\"") {
                    guard let after = quoted(from: index + 1) else { return false }
                    end = after
                } else {
                    end = raw.span.firstIndex(of: UInt8(ascii: ","), from: index) ?? raw.count
                    if raw[index..<end].contains(UInt8(ascii: "\"")) { return false }
                    content.append(contentsOf: raw[index..<end])
                }
                fields.append(start..<content.count)
                if end == raw.count { return true }
                if raw[end] != UInt8(ascii: ",") { return false }
                index = end + 1
            }
        }

        private mutating func splitPlain() {
            var start = 0
            while let comma = raw.span.firstIndex(of: UInt8(ascii: ","), from: start) {
                fields.append(start..<comma)
                start = comma + 1
            }
            fields.append(start..<raw.count)
        }

        /// Takes a quoted field; gives the index after its closing quote, nil if there is none.
        private mutating func quoted(from start: Int) -> Int? {
            var index = start
            while let quote = raw[index...].firstIndex(of: UInt8(ascii: "\"")) {
                content.append(contentsOf: raw[index..<quote])
                guard quote + 1 < raw.count, raw[quote + 1] == UInt8(ascii: "\"") else { return quote + 1 }
                content.append(UInt8(ascii: "\""))
                index = quote + 2
            }
            return nil
        }
    }
}

/// Text from outside, which CSV marks with an apostrophe where a spreadsheet would run it.
enum Guarded {
    static func isRisky(_ byte: UInt8?) -> Bool {
        switch byte {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0D: true
        default: false
        }
    }

    static func text(_ text: String) -> String { isRisky(text.utf8.first) ? "'" + text : text }

    /// Whether a CSV field holds a text, perhaps with an apostrophe before it.
    static func field(_ field: ArraySlice<UInt8>, says text: some Collection<UInt8>) -> Bool {
        field.elementsEqual(text)
            || (isRisky(text.first) && field.first == UInt8(ascii: "'") && field.dropFirst().elementsEqual(text))
    }
}
