import Memory

/// A whole CSV text read by column names, row after row.
public struct CSVTable: ~Copyable, ~Escapable {
    /// One row, its fields by column name.
    public struct Row {
        /// The physical line on which it begins.
        public let line: Int32
        /// Why the row cannot be relied on; nil for a good one.
        public let fault: String?
        fileprivate let fields: [String]
        fileprivate let columns: [String: Int]

        /// Whether the row of another table of the same columns says the same.
        public func hasSameFields(as other: Row) -> Bool { fields == other.fields }

        /// The field, trimmed; empty if there is no such column, or if the row ends before it.
        public subscript(column: String) -> String {
            guard let index = columns[column], index < fields.count else { return "" }
            return fields[index]
        }
    }

    /// The names of the columns as the header gives them, trimmed; some may be empty.
    public let header: [String]
    /// The names that several columns have, in the order of the columns; empty names are none.
    public let repeatedColumns: [String]

    private var rows: CSVRows
    private let columns: [String: Int]
    private let allowsOtherCounts: Bool

    /// Reads the header, the first line.
    ///
    /// - Parameter allowsOtherCounts: whether a row may have fewer or more fields than the header. What a spreadsheet saves
    ///   lacks empty fields at the end of a row and has fields beside the table.
    @_lifetime(copy text)
    public init(_ text: Span<UInt8>, allowsOtherCounts: Bool = false) {
        var rows = CSVRows(text)
        var header: [String] = []
        if let first = rows.next() { header = first.strings }
        var columns: [String: Int] = [:]
        var repeated: [String] = []
        for (index, name) in header.enumerated() where !name.isEmpty {
            if columns[name] == nil {
                columns[name] = index
            } else if !repeated.contains(name) {
                repeated.append(name)
            }
        }
        self.rows = rows
        self.allowsOtherCounts = allowsOtherCounts
        self.header = header
        self.columns = columns
        repeatedColumns = repeated
    }

    /// The next row that is not blank.
    public mutating func next() -> Row? {
        let (columns, fieldCount) = (columns, allowsOtherCounts ? nil : header.count)
        while let record = rows.next() {
            if record.isBlank { continue }
            if let fault = Self.fault(of: record, fieldCount) {
                return Row(line: record.line, fault: fault, fields: [], columns: [:])
            }
            return Row(line: record.line, fault: nil, fields: record.strings, columns: columns)
        }
        return nil
    }

    private static func fault(of record: CSVRow, _ fieldCount: Int?) -> String? {
        if record.isMalformed { return "a quote is out of place or is never closed" }
        guard let fieldCount, record.fieldCount != fieldCount else { return nil }
        return "\(record.fieldCount) fields where the header has \(fieldCount)"
    }
}

extension CSVRow {
    /// The fields, trimmed.
    fileprivate var strings: [String] {
        var strings: [String] = []
        for index in 0..<fieldCount { strings.append(bytes(at: index).string) }
        return strings
    }
}
