import CSV
import Memory
import Refunds
import Schema

/// Rows as reconciliation.csv and exceptions.csv have them (FORMATS.md, "reconciliation.csv").
struct CSVRows: TextRows, CellSink, ~Copyable {
    private var out = ByteWriter(capacity: 1 << 16)
    private let columns: ReportColumns
    /// The names of the inputs as fields begin with them, by file number.
    private let files: [CSVFieldStart]

    init(columns: ReportColumns, fileNames: [String]) {
        self.columns = columns
        files = fileNames.map { CSVFieldStart($0 + ":") }
    }

    mutating func writeHeader() {
        for column in columns.all {
            out.append(literal: column.name)
            out.append(UInt8(ascii: ","))
        }
        endLine()
    }

    mutating func write(_ row: ResultRow) {
        row.writeCells(to: &self)
        for columns in columns.added { row.writeCells(of: columns, to: &self) }
        endLine()
    }

    consuming func end() -> ByteWriter { out }

    @inline(__always)
    mutating func add(_ cell: Cell, in column: Column) {
        switch cell {
        case .empty: break
        case .outsideText(let text): out.append(csvField: text)
        case .word(let word): out.append(word)
        case .amount(let amount, let currency): out.append(amount, currency)
        case .date(let date): out.append(date)
        case .count(let count): out.append(decimal: count)
        case .id(let id): out.append(id)
        case .codes(let codes): out.append(joined: codes)
        case .place(let place): out.append(csvField: files[Int(place.file)], Int(place.line))
        }
        out.append(UInt8(ascii: ","))
    }

    /// Ends the line in place of the comma after its last field.
    private mutating func endLine() {
        out.removeLast(1)
        out.append(literal: "\r\n")
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
        var out = ByteWriter()
        out.append(literal: "file,line,code,message,raw,field,orderNo\r\n")
        for reject in rejects {
            out.append(csvField: fileNames[Int(reject.source.file)])
            out.append(UInt8(ascii: ","))
            out.append(decimal: Int(reject.source.line))
            // Bytes that are not UTF-8 become replacement characters: the file stays readable for every reader of CSV.
            let raw = String(decoding: reject.raw, as: UTF8.self)
            for text in [reject.code.rawValue, reject.message, raw, reject.field ?? "", reject.orderNo ?? ""] {
                out.append(UInt8(ascii: ","))
                out.append(csvField: text)
            }
            out.append(literal: "\r\n")
        }
        return out.bytes
    }
}
