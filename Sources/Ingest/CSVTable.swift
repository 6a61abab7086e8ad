import Core

/// A CSV text of ours read back by column names: what `verify` and `diff` look at.
public struct CSVTable {
    /// One row, its fields by column name.
    public struct Row {
        public let line: Int32
        /// Why the row cannot be relied on; nil for a good one.
        public let fault: String?
        fileprivate let fields: [String]
        fileprivate let columns: [String: Int]

        /// Whether the row of another table of the same columns says the same.
        public func hasSameFields(as other: Row) -> Bool { fields == other.fields }

        /// The field, trimmed; empty if there is no such column.
        public subscript(column: String) -> String { columns[column].map { fields[$0] } ?? "" }
    }

    private var reader: CSVReader
    private var columns: [String: Int] = [:]

    public init(_ text: UnsafeBufferPointer<UInt8>) {
        reader = CSVReader(text)
        guard let header = reader.next() else { return }
        for index in 0..<header.fieldCount {
            if case .text(let name) = header.field(index) { columns[name.string] = index }
        }
    }

    public func hasColumn(_ name: String) -> Bool { columns[name] != nil }

    /// The next row that is not blank.
    public mutating func next() -> Row? {
        var next = reader.next()
        while let record = next, record.isBlank { next = reader.next() }
        guard let record = next else { return nil }
        guard !record.isMalformed, record.fieldCount == columns.count else {
            return Row(line: record.line, fault: "no row of the report", fields: [], columns: [:])
        }
        let fields = (0..<record.fieldCount).map { index in
            if case .text(let text) = record.field(index) { text.string } else { "" }
        }
        return Row(line: record.line, fault: nil, fields: fields, columns: columns)
    }
}
