import CSV
import Testing

/// A table read by column names.
@Suite struct CSVTableTests {
    /// The rows of a table: what stands in columns a and b, or why the row cannot be relied on.
    private static func rows(_ text: String, allowsOtherCounts: Bool) -> [String] {
        let bytes = Array(text.utf8)
        var table = CSVTable(bytes.span, allowsOtherCounts: allowsOtherCounts)
        var rows: [String] = []
        while let row = table.next() { rows.append("\(row.line):" + (row.fault ?? "\(row["a"])|\(row["b"])")) }
        return rows
    }

    @Test(
        "rows by column name",
        arguments: [
            ("a,b\n1,2\n", ["2:1|2"]), ("b,a\r\n1,2\r\n", ["2:2|1"]), ("a,,b\n1,x, 2 ", ["2:1|2"]),
            ("a\n1\n", ["2:1|"]), ("a,b\n\n \n1,2", ["4:1|2"]), ("a,b\n\"1\n\",2\n3,4", ["2:1|2", "4:3|4"]),
            ("a,b\n1\n", ["2:1 fields where the header has 2"]),
            ("a,b\n1,2,3\n4,5\n", ["2:3 fields where the header has 2", "3:4|5"]),
            ("a,b\n1,\"2\"x\n", ["2:a quote is out of place or is never closed"]), ("", []), ("a,b", []),
        ] as [(String, [String])])
    func exactRows(_ text: String, _ expected: [String]) {
        #expect(Self.rows(text, allowsOtherCounts: false) == expected)
    }

    @Test(
        "rows as a spreadsheet saves them",
        arguments: [
            ("a,b,,\n1\n", ["2:1|"]), ("a,b\n1,2,remark\n", ["2:1|2"]), ("a,,,b\n1,x,y,2\n1\n", ["2:1|2", "3:1|"]),
            ("a,b\n1,\"2\"x\n", ["2:a quote is out of place or is never closed"]),
        ] as [(String, [String])])
    func looseRows(_ text: String, _ expected: [String]) {
        #expect(Self.rows(text, allowsOtherCounts: true) == expected)
    }

    @Test("names that several columns have are known, empty ones are none")
    func repeatedColumns() {
        let text = Array("a,,b,a,,c,b,a\n".utf8)
        let repeated = CSVTable(text.span).repeatedColumns
        #expect(repeated == ["a", "b"])
    }
}
