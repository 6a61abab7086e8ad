/// A whole CSV text read by column names, row after row.
public struct CSVTable {
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

    private let reader: CSVReader
    private let columns: [String: Int]
    private let allowsOtherCounts: Bool

    /// Reads the header, the first line. The text must outlive the table.
    ///
    /// - Parameter allowsOtherCounts: whether a row may have fewer or more fields than the header. What a spreadsheet saves
    ///   lacks empty fields at the end of a row and has fields beside the table.
    public init(_ text: UnsafeBufferPointer<UInt8>, allowsOtherCounts: Bool = false) {
        reader = CSVReader(text)
        self.allowsOtherCounts = allowsOtherCounts
        let header = reader.next().map { $0.strings } ?? []
        var columns: [String: Int] = [:]
        var repeated: [String] = []
        for (index, name) in header.enumerated() where !name.isEmpty {
            if columns[name] == nil {
                columns[name] = index
            } else if !repeated.contains(name) {
                repeated.append(name)
            }
        }
        self.header = header
        self.columns = columns
        repeatedColumns = repeated
    }

    public func hasColumn(_ name: String) -> Bool { columns[name] != nil }

    /// The next row that is not blank.
    public mutating func next() -> Row? {
        var next = reader.next()
        while let record = next, record.isBlank { next = reader.next() }
        guard let record = next else { return nil }
        func faulty(_ fault: String) -> Row { Row(line: record.line, fault: fault, fields: [], columns: [:]) }
        if record.isMalformed { return faulty("a quote is out of place or is never closed") }
        if !allowsOtherCounts, record.fieldCount != header.count {
            return faulty("\(record.fieldCount) fields where the header has \(header.count)")
        }
        return Row(line: record.line, fault: nil, fields: record.strings, columns: columns)
    }
}

extension CSVRecord {
    /// The fields, trimmed.
    fileprivate var strings: [String] { (0..<fieldCount).map { String(decoding: field($0), as: UTF8.self) } }
}
