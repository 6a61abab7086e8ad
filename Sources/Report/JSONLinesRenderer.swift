import Core
import JSON

/// Writes rows as JSON Lines: the columns of `reconciliation.csv` as members, amounts as strings with their currency's
/// digits, no value as null, and the evidence: which webhook lines and which journal line were relied on.
public struct JSONLinesRenderer: Sendable {
    let fileNames: [String]
    private let additional: [Column]

    /// - Parameter additional: the columns whose cells stand after the evidence.
    public init(fileNames: [String], additional: [Column] = []) {
        self.fileNames = fileNames
        self.additional = additional
    }

    public func write(_ row: ResultRow, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        for column in Column.all {
            write(column, row, to: &bytes)
            bytes.append(UInt8(ascii: ","))
        }
        writeEvidence(row, to: &bytes)
        for column in additional {
            bytes.append(UInt8(ascii: ","))
            write(column, row, to: &bytes)
        }
        bytes.append(literal: "}\n")
    }

    private func write(_ column: Column, _ row: ResultRow, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        bytes.append(literal: column.name)
        bytes.append(literal: "\":")
        write(column.cell(row), to: &bytes)
    }

    private func write(_ cell: Cell, to bytes: inout [UInt8]) {
        switch cell {
        case .empty: bytes.append(literal: "null")
        case .outsideText(let text): bytes.append(jsonString: text.string)
        case .word(let word): quote(&bytes) { $0.append(contentsOf: word.utf8) }
        case .amount(let amount, let currency): quote(&bytes) { $0.append(amount, currency) }
        case .total(let total, let currency): quote(&bytes) { $0.append(contentsOf: total.formatted(currency).utf8) }
        case .date(let date): quote(&bytes) { $0.append(date) }
        case .count(let count): bytes.append(decimal: count)
        case .codes(let codes):
            list(codes, to: &bytes) { code, bytes in quote(&bytes) { $0.append(contentsOf: code.rawValue.utf8) } }
        case .place(let place): bytes.append(jsonString: place.text(fileNames))
        }
    }

    private func writeEvidence(_ row: ResultRow, to bytes: inout [UInt8]) {
        bytes.append(literal: "\"evidence\":{\"webhooks\":")
        list(row.webhookSources, to: &bytes) { place, bytes in bytes.append(jsonString: place.text(fileNames)) }
        bytes.append(literal: ",\"query\":")
        // A case that no journal line is about has no place to point at.
        if let source = row.querySource, source.file >= 0 {
            bytes.append(jsonString: source.text(fileNames))
        } else {
            bytes.append(literal: "null")
        }
        bytes.append(literal: ",\"queryError\":")
        if let error = row.queryError { bytes.append(jsonString: error.string) } else { bytes.append(literal: "null") }
        bytes.append(literal: "}")
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
