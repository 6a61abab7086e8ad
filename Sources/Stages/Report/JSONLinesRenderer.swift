import JSON
import Memory
import Refunds

/// Writes rows as JSON Lines: the columns of `reconciliation.csv` as members, amounts as strings with their currency's
/// digits, no value as null, and the evidence: which webhook lines and which journal line were relied on.
package struct JSONLinesRenderer: Sendable {
    private let additional: [Column]
    /// What stands before each cell of the contract's columns: `{"name":` or `,"name":`.
    private let heads: [Text]
    /// What stands before the line number of a place, by file number: the quote, the file's name escaped, and a colon.
    private let places: [Text]
    /// At most how many bytes a row takes but for its own cells, and a place but for its line.
    private let headBytes: Int
    private let placeBytes: Int

    /// - Parameter additional: the columns whose cells stand after the evidence.
    package init(fileNames: [String], additional: [Column] = []) {
        self.additional = additional
        heads = Column.all.enumerated().map { Text("\($0 == 0 ? "{" : ",")\"\($1.name)\":") }
        places = fileNames.map { name in
            var place: [UInt8] = []
            place.append(jsonString: name)
            place[place.count - 1] = UInt8(ascii: ":")
            return place.withUnsafeBufferPointer { Text(utf8: $0) }
        }
        headBytes = heads.reduce(0) { $0 + $1.count } + 104
        placeBytes = (places.map(\.count).max() ?? 0) + 14
    }

    package func write(_ row: ResultRow, to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity(of: row)) { memory in
            heads.withUnsafeBufferPointer { heads in
                places.withUnsafeBufferPointer { places in
                    guard let start = memory.baseAddress else { preconditionFailure("no memory for a row") }
                    var writer = JSONCellWriter(RowWriter(at: start), heads: heads.place(of: 0), places: places)
                    writer.write(row)
                    writer.evidence(row)
                    bytes.append(contentsOf: UnsafeBufferPointer(start: start, count: writer.out.next - start))
                }
            }
        }
        for column in additional {
            bytes.append(literal: ",\"")
            bytes.append(literal: column.name)
            bytes.append(literal: "\":")
            write(column.cell(row), to: &bytes)
        }
        bytes.append(literal: "}\n")
    }

    /// At most so many bytes are written for a row's columns and evidence.
    private func capacity(of row: ResultRow) -> Int {
        // A control character becomes six characters.
        headBytes + row.capacityOfCells + (row.outsideTextBytes + evidenceTextBytes(row)) * 6
            + (ResultRow.outsideTextCount + 2) * 4
            + (row.webhookSources.count + ResultRow.placeCount + 1) * placeBytes
    }

    private func evidenceTextBytes(_ row: ResultRow) -> Int {
        (row.queryError?.count ?? 0) + (row.queryErrorDetail?.count ?? 0)
    }

    /// Appends the members of a row's columns by the table of columns.
    func writeByColumns(_ row: ResultRow, to bytes: inout [UInt8]) {
        for (index, column) in Column.all.enumerated() {
            bytes.append(heads[index])
            write(column.cell(row), to: &bytes)
        }
    }

    private func write(_ place: SourceLine, to bytes: inout [UInt8]) {
        bytes.append(places[Int(place.file)])
        bytes.append(decimal: Int(place.line))
        bytes.append(UInt8(ascii: "\""))
    }

    private func write(_ cell: Cell, to bytes: inout [UInt8]) {
        switch cell {
        case .empty: bytes.append(literal: "null")
        case .outsideText(let text): bytes.append(jsonString: text)
        case .word(let word): quote(&bytes) { $0.append(word) }
        case .id(let id): quote(&bytes) { $0.append(id) }
        case .amount(let amount, let currency): quote(&bytes) { $0.append(amount, currency) }
        case .total(let total, let currency): quote(&bytes) { $0.append(contentsOf: total.formatted(currency).utf8) }
        case .date(let date): quote(&bytes) { $0.append(date) }
        case .count(let count): bytes.append(decimal: count)
        case .codes(let codes):
            list(codes, to: &bytes) { code, bytes in quote(&bytes) { $0.append(code.text) } }
        case .place(let place): write(place, to: &bytes)
        }
    }

    private func quote(_ bytes: inout [UInt8], _ body: (inout [UInt8]) -> Void) {
        bytes.append(UInt8(ascii: "\""))
        body(&bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    private func list<Items: Sequence>(
        _ items: Items, to bytes: inout [UInt8], _ body: (Items.Element, inout [UInt8]) -> Void
    ) {
        bytes.append(UInt8(ascii: "["))
        var isFirst = true
        for item in items {
            if isFirst { isFirst = false } else { bytes.append(UInt8(ascii: ",")) }
            body(item, &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }
}
