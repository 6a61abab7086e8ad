import JSON
import Memory
import Refunds
import Schema

/// Rows as reconciliation.jsonl has them: the columns as members, amounts, dates and places as strings, no value as null, and
/// after the contract's columns the evidence, which says what lines a row was judged from.
struct JSONRows: TextRows, CellSink, ~Copyable {
    private var out = ByteWriter(capacity: 1 << 16)
    private let columns: ReportColumns
    /// The names of the inputs as strings begin with them, by file number.
    private let files: [JSONStringStart]

    init(columns: ReportColumns, fileNames: [String]) {
        self.columns = columns
        files = fileNames.map { JSONStringStart($0 + ":") }
    }

    /// JSON Lines have none.
    mutating func writeHeader() {}

    mutating func write(_ row: ResultRow) {
        out.append(UInt8(ascii: "{"))
        row.writeCells(to: &self)
        writeEvidence(row)
        for columns in columns.added { row.writeCells(of: columns, to: &self) }
        out.removeLast(1)
        out.append(literal: "}\n")
    }

    consuming func end() -> ByteWriter { out }

    /// Adds a member and the comma after it.
    @inline(__always)
    mutating func add(_ cell: Cell, in column: Column) {
        out.append(jsonKey: column.name)
        switch cell {
        case .empty: out.append(literal: "null")
        case .outsideText(let text): out.append(jsonString: text)
        case .word(let word): quoted { $0.append(word) }
        case .amount(let amount, let currency): quoted { $0.append(amount, currency) }
        case .date(let date): quoted { $0.append(date) }
        case .count(let count): out.append(decimal: count)
        case .id(let id): quoted { $0.append(id) }
        case .codes(let codes): list(codes) { code, cells in cells.quoted { $0.append(code.text) } }
        case .place(let place): add(place)
        }
        out.append(UInt8(ascii: ","))
    }

    @inline(__always)
    private mutating func quoted(_ value: (inout ByteWriter) -> Void) {
        out.append(UInt8(ascii: "\""))
        value(&out)
        out.append(UInt8(ascii: "\""))
    }

    @inline(__always)
    private mutating func add(_ place: SourceLine) { out.append(jsonString: files[Int(place.file)], Int(place.line)) }

    @inline(__always)
    private mutating func list<Items: Sequence>(
        _ items: Items, _ add: (Items.Element, inout Self) -> Void
    ) {
        out.append(UInt8(ascii: "["))
        var isFirst = true
        for item in items {
            if isFirst { isFirst = false } else { out.append(UInt8(ascii: ",")) }
            add(item, &self)
        }
        out.append(UInt8(ascii: "]"))
    }

    private mutating func writeEvidence(_ row: ResultRow) {
        out.append(literal: "\"evidence\":{\"webhooks\":")
        list(row.webhookSources) { place, rows in rows.add(place) }
        out.append(literal: ",\"query\":")
        if let source = row.querySource { add(source) } else { out.append(literal: "null") }
        out.append(literal: ",\"queryError\":")
        out.append(jsonString: row.queryError)
        out.append(literal: ",\"queryErrorDetail\":")
        out.append(jsonString: row.queryErrorDetail)
        out.append(literal: "},")
    }
}
