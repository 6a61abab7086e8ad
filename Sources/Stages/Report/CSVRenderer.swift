import Memory
import Refunds

/// Writes rows as RFC 4180: CRLF, quotes only where needed, text from outside that a spreadsheet would run as a formula
/// neutralised by a leading apostrophe (FORMATS.md, "reconciliation.csv").
package struct CSVRenderer: Sendable {
    /// The names of the inputs, by file number.
    let fileNames: [String]
    private let additional: [Column]
    /// What stands around the line number of a place, by file number, and at most how many bytes a place has.
    private let places: [CSVPlace]
    private let placeBytes: Int

    /// - Parameter additional: the columns after those of the contract.
    package init(fileNames: [String], additional: [Column] = []) {
        self.fileNames = fileNames
        self.additional = additional
        places = fileNames.map { CSVPlace(fileName: $0) }
        placeBytes = places.map(\.capacity).max() ?? 0
    }

    /// Appends the header of `reconciliation.csv` and `exceptions.csv`.
    package func writeHeader(to bytes: inout [UInt8]) {
        for (position, column) in (Column.all + additional).enumerated() {
            if position > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(literal: column.name)
        }
        bytes.append(literal: "\r\n")
    }

    /// Appends one row.
    package func write(_ row: ResultRow, to bytes: inout [UInt8]) {
        let capacity = CSVCellWriter.capacity(of: row) + ResultRow.placeCount * placeBytes
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { memory in
            places.withUnsafeBufferPointer { places in
                guard let start = memory.baseAddress else { preconditionFailure("no memory for a row") }
                var writer = CSVCellWriter(RowWriter(at: start), places: places)
                writer.write(row)
                // The last comma is the line's, or that before what an option adds.
                bytes.append(contentsOf: UnsafeBufferPointer(start: start, count: writer.out.next - start - 1))
            }
        }
        for column in additional {
            bytes.append(UInt8(ascii: ","))
            write(column.cell(row), to: &bytes)
        }
        bytes.append(literal: "\r\n")
    }

    /// Appends one row by the table of columns.
    func writeByColumns(_ row: ResultRow, to bytes: inout [UInt8]) {
        var isFirst = true
        for column in Column.all + additional {
            if isFirst { isFirst = false } else { bytes.append(UInt8(ascii: ",")) }
            write(column.cell(row), to: &bytes)
        }
        bytes.append(literal: "\r\n")
    }

    private func write(_ cell: Cell, to bytes: inout [UInt8]) {
        switch cell {
        case .empty: break
        case .outsideText(let text): CSV.write(outside: text, to: &bytes)
        case .word(let word): bytes.append(word)
        case .amount(let amount, let currency): bytes.append(amount, currency)
        case .total(let total, let currency): bytes.append(contentsOf: total.formatted(currency).utf8)
        case .date(let date): bytes.append(date)
        case .count(let count): bytes.append(decimal: count)
        case .id(let id): bytes.append(id)
        case .codes(let codes): bytes.append(joined: codes)
        case .place(let place): CSV.write(outside: place.text(fileNames), to: &bytes)
        }
    }
}

/// The writing side of CSV.
enum CSV {
    /// Appends a text from outside, neutralised and quoted where needed.
    static func write(outside text: Text, to bytes: inout [UInt8]) {
        text.withBytes { write(outside: $0, to: &bytes) }
    }

    static func write(outside text: String, to bytes: inout [UInt8]) {
        var text = text
        text.withUTF8 { write(outside: $0, to: &bytes) }
    }

    /// Whether a text from outside may stand as it is.
    @inline(__always)
    static func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool { !isFormula(text) && !needsQuotes(text) }

    /// Whether a spreadsheet would run it.
    @inline(__always)
    private static func isFormula(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        switch text.first {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0D: true
        default: false
        }
    }

    @inline(__always)
    private static func needsQuotes(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let raw = UnsafeRawBufferPointer(text)
        var index = 0
        while index &+ 8 <= raw.count {
            let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let special = word.places(of: ",") | word.places(of: "\"") | word.places(of: "\n") | word.places(of: "\r")
            if special != 0 { return true }
            index &+= 8
        }
        while index < raw.count {
            switch raw[index] {
            case UInt8(ascii: ","), UInt8(ascii: "\""), 0x0A, 0x0D: return true
            default: index &+= 1
            }
        }
        return false
    }

    static func write(outside text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        let needsQuotes = needsQuotes(text)
        if needsQuotes { bytes.append(UInt8(ascii: "\"")) }
        if isFormula(text) { bytes.append(UInt8(ascii: "'")) }
        if needsQuotes {
            for byte in text {
                if byte == UInt8(ascii: "\"") { bytes.append(byte) }
                bytes.append(byte)
            }
            bytes.append(UInt8(ascii: "\""))
        } else {
            bytes.append(contentsOf: text)
        }
    }
}

extension SourceLine {
    /// `<file name>:<line>`.
    package func text(_ fileNames: [String]) -> String { "\(fileNames[Int(file)]):\(line)" }
}

/// Writes `rejects.csv`.
package struct RejectsRenderer: Sendable {
    let fileNames: [String]

    package init(fileNames: [String]) { self.fileNames = fileNames }

    package func render(_ rejects: [Reject]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(literal: "file,line,code,message,raw,field,orderNo\r\n")
        for reject in rejects {
            CSV.write(outside: fileNames[Int(reject.source.file)], to: &bytes)
            bytes.append(UInt8(ascii: ","))
            bytes.append(decimal: Int(reject.source.line))
            bytes.append(UInt8(ascii: ","))
            bytes.append(contentsOf: reject.code.rawValue.utf8)
            bytes.append(UInt8(ascii: ","))
            CSV.write(outside: reject.message, to: &bytes)
            bytes.append(UInt8(ascii: ","))
            // What is no UTF-8 is shown with replacement characters: the file stays readable for every reader of CSV.
            CSV.write(outside: String(decoding: reject.raw, as: UTF8.self), to: &bytes)
            bytes.append(UInt8(ascii: ","))
            CSV.write(outside: reject.field ?? "", to: &bytes)
            bytes.append(UInt8(ascii: ","))
            CSV.write(outside: reject.orderNo ?? "", to: &bytes)
            bytes.append(literal: "\r\n")
        }
        return bytes
    }
}
