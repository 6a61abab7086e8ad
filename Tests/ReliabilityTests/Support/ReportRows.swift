import Testing

/// The rows of a published reconciliation.csv, by where their records stand (`orders.csv:2`).
struct ReportRows {
    typealias Row = [String: String]
    /// In the report's order.
    let rows: [Row]
    private let places: [String: Int]

    /// - Parameter folder: the published folder of a day.
    init(_ folder: String) throws {
        let lines = Self.records(try File.bytes("\(folder)/reconciliation.csv"))
        let header = try #require(lines.first)
        let rows: [Row] = try lines.dropFirst().map { fields in
            try #require(fields.count == header.count, "a row with \(fields.count) fields")
            return Dictionary(uniqueKeysWithValues: zip(header, fields))
        }
        self.rows = rows
        places = Dictionary(
            rows.indices.map { (Self.key(rows[$0]), $0) }, uniquingKeysWith: { first, _ in first })
        try #require(places.count == rows.count, "two rows of one record")
    }

    private static func key(_ row: Row) -> String {
        [row["rowType"], row["source"], row["orderNo"], row["refundCode"]].map { $0 ?? "" }.joined(separator: "|")
    }

    var cases: [Row] { rows.filter { $0["rowType"] == "case" } }

    /// The row of the same record.
    func counterpart(of row: Row) -> Row? { places[Self.key(row)].map { rows[$0] } }

    /// Whether it has the same rows, but for the times of the queries.
    func isSame(as other: ReportRows) -> Bool {
        let timeless = { (report: ReportRows) in report.rows.map { $0.filter { $0.key != "queriedAt" } } }
        return timeless(self) == timeless(other)
    }

    /// Records and fields as RFC 4180 has them.
    private static func records(_ bytes: [UInt8]) -> [[String]] {
        var records: [[String]] = []
        var fields: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        func endField() {
            fields.append(String(decoding: field, as: UTF8.self))
            field.removeAll(keepingCapacity: true)
        }
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "\""):
                // A quote that follows one within quotes stands for itself.
                if !isQuoted, index > 0, bytes[index - 1] == byte { field.append(byte) }
                isQuoted.toggle()
            case UInt8(ascii: ",") where !isQuoted: endField()
            case 0x0D where !isQuoted: break
            case 0x0A where !isQuoted:
                endField()
                records.append(fields)
                fields.removeAll()
            default: field.append(byte)
            }
        }
        return records
    }
}
