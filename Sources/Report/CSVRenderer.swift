import Core

/// Writes rows as RFC 4180: CRLF, quotes only where needed, text from outside that a spreadsheet would run as a formula
/// neutralised by a leading apostrophe (FORMATS.md, "Rows").
public struct CSVRenderer: Sendable {
    /// The names of the inputs, by file number.
    let fileNames: [String]
    private let additional: [Column]
    /// What stands before the line number of a place, by file number; nil where it must be escaped.
    private let plainPlaces: [Text?]

    /// - Parameter additional: the columns after those of the contract.
    public init(fileNames: [String], additional: [Column] = []) {
        self.fileNames = fileNames
        self.additional = additional
        plainPlaces = fileNames.map { name in
            let place = Text("\(name):")
            return place.withBytes { CSV.isPlain($0) } ? place : nil
        }
    }

    /// Appends the header of `reconciliation.csv` and `exceptions.csv`.
    public func writeHeader(to bytes: inout [UInt8]) {
        for (position, column) in (Column.all + additional).enumerated() {
            if position > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(literal: column.name)
        }
        bytes.append(literal: "\r\n")
    }

    /// Appends one row: the cells of the contract's columns, written by calls in the order of the columns instead of by the columns'
    /// own closures. `writeByColumns` gives the same bytes, which is a test.
    public func write(_ row: ResultRow, to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity(of: row)) { memory in
            guard let start = memory.baseAddress else { return }
            var writer = RowWriter(at: start)
            writeCase(row, &writer)
            writeAmounts(row, &writer)
            writeEvidence(row, &writer)
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: memory[..<(writer.next - start)]))
        }
        for column in additional {
            bytes.append(UInt8(ascii: ","))
            write(column.cell(row), to: &bytes)
        }
        bytes.append(literal: "\r\n")
    }

    /// At most so many bytes are written for a row; for most rows few enough that they need no memory of the heap.
    private func capacity(of row: ResultRow) -> Int {
        // 15 amounts of at most 22 bytes with their commas, 3 dates, 3 counts, 7 words, a line number, the line end.
        let fixed = 15 * 22 + 3 * 11 + 3 * 21 + 7 * 18 + 16
        return fixed + row.exceptions.count * 30 + fileNames[Int(row.source.file)].utf8.count * 2 + 4
            + RowWriter.capacity(of: row.orderNo) + RowWriter.capacity(of: row.refundCode)
            + RowWriter.capacity(of: row.airlinePNR) + RowWriter.capacity(of: row.carrier)
            + RowWriter.capacity(of: row.cancelReason) + RowWriter.capacity(of: row.queriedAt)
    }

    private func writeCase(_ row: ResultRow, _ writer: inout RowWriter) {
        writer.word(row.rowType.rawValue)
        writer.text(row.orderNo)
        writer.text(row.refundCode)
        writer.text(row.airlinePNR)
        writer.text(row.carrier)
        writer.word(row.paymentMethod?.rawValue)
        writer.word(row.currency?.code)
        writer.word(row.outcome?.rawValue)
        writer.codes(row.exceptions)
        writer.count(row.status.map { Int($0.rawValue) })
        writer.word(row.statusSource?.rawValue)
        writer.word(row.finalSource?.rawValue)
    }

    private func writeAmounts(_ row: ResultRow, _ writer: inout RowWriter) {
        let (expected, final, variances) = (row.expected, row.final, row.variances)
        let (currency, finalCurrency) = (row.currency, row.final?.currency)
        writer.amount(expected?.original, currency)
        writer.amount(final?.original, finalCurrency)
        writer.amount(variances.original, currency)
        writer.amount(expected?.penalty, currency)
        writer.amount(final?.penalty, finalCurrency)
        writer.amount(variances.penalty, currency)
        writer.amount(variances.farePenalty, currency)
        writer.amount(variances.ancillaryPenalty, currency)
        writer.amount(expected?.fee, currency)
        writer.amount(final?.fee, finalCurrency)
        writer.amount(variances.fee, currency)
        writer.amount(expected?.refund, currency)
        writer.amount(final?.refund, finalCurrency)
        writer.amount(variances.refund, currency)
        writer.amount(row.rowType == .case ? final?.unexplained : nil, finalCurrency)
    }

    private func writeEvidence(_ row: ResultRow, _ writer: inout RowWriter) {
        writer.date(row.requestedAt)
        writer.date(row.expectedConfirmationDate)
        writer.date(row.expectedRefundDate)
        writer.count(row.ageDays)
        writer.word(row.ageBucket?.rawValue)
        writer.text(row.cancelReason)
        writer.count(row.webhookCount)
        writer.text(row.queriedAt)
        if let place = plainPlaces[Int(row.source.file)] {
            place.withBytes { writer.bytes($0) }
            writer.decimal(UInt64(row.source.line.magnitude), minorDigits: 0)
        } else {
            var place = row.source.text(fileNames)
            place.withUTF8 { writer.outside($0) }
        }
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

    /// A table of its own: a header and rows, as the rows of the report are written.
    public func table(_ header: [String], _ rows: [[Cell]]) -> [UInt8] {
        var bytes = Array((header.joined(separator: ",") + "\r\n").utf8)
        for cells in rows {
            for (index, cell) in cells.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                write(cell, to: &bytes)
            }
            bytes.append(literal: "\r\n")
        }
        return bytes
    }

    private func write(_ cell: Cell, to bytes: inout [UInt8]) {
        switch cell {
        case .empty: break
        case .outsideText(let text): CSV.write(outside: text, to: &bytes)
        case .word(let word): bytes.append(contentsOf: word.utf8)
        case .amount(let amount, let currency): bytes.append(amount, currency)
        case .total(let total, let currency): bytes.append(contentsOf: total.formatted(currency).utf8)
        case .date(let date): bytes.append(date)
        case .count(let count): bytes.append(decimal: count)
        case .codes(let codes):
            var isFirst = true
            for code in codes {
                if isFirst { isFirst = false } else { bytes.append(UInt8(ascii: ";")) }
                bytes.append(contentsOf: code.rawValue.utf8)
            }
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
    public func text(_ fileNames: [String]) -> String { "\(fileNames[Int(file)]):\(line)" }
}

/// Writes `rejects.csv`: `file,line,code,message,raw`.
public struct RejectsRenderer: Sendable {
    let fileNames: [String]

    public init(fileNames: [String]) { self.fileNames = fileNames }

    public func render(_ rejects: [Reject]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(literal: "file,line,code,message,raw\r\n")
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
            bytes.append(literal: "\r\n")
        }
        return bytes
    }
}
