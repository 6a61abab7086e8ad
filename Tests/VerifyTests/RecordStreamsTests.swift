import Files
import Testing

@testable import Verify

/// The CSV files of a report as `verify` reads them: record by record, strictly, in bounded memory.
@Suite struct RecordStreamsTests {
    /// Calls `body` with a file that has the given text.
    private static func withFile(_ text: String, _ body: (RegularFile) throws -> Void) throws {
        let path = "\(FileSystem.temporaryFolder)/record-streams-\(UInt64.random(in: 0 ... .max))"
        defer { FileSystem.removeAll(path) }
        try File(path, to: .create).write(Array(text.utf8))
        try body(try RegularFile(path: path, followsLink: false))
    }

    private struct Record: Equatable {
        let line: Int
        /// nil for a malformed record.
        let fields: [String]?
    }

    private static func records(_ text: String) throws -> [Record] {
        var records: [Record] = []
        try withFile(text) { file in
            let stream = try CSVStream(file)
            while case let step = try stream.next(), step != .end {
                let fields = (0..<stream.header.count).map { stream.text($0) }
                records.append(Record(line: stream.line, fields: step == .record ? fields : nil))
            }
        }
        return records
    }

    @Test(arguments: [
        ("a,b\r\n1,2\r\n", [(2, ["1", "2"])]), ("a,b\n1,2", [(2, ["1", "2"])]), ("a,b\r\n,\r\n", [(2, ["", ""])]),
        ("a,b\r\n\"x,\"\"y\"\"\nz\",2\r\n3,4\r\n", [(2, ["x,\"y\"\nz", "2"]), (4, ["3", "4"])]),
        ("a,b\r\n\"\",\"\"\r\n", [(2, ["", ""])]), ("a,b\r\n", []), ("", []),
    ])
    func wellFormed(text: String, expected: [(Int, [String])]) throws {
        #expect(try Self.records(text) == expected.map { Record(line: $0.0, fields: $0.1) })
    }

    @Test(arguments: ["1", "1,2,3", "1,x\"\"", "\"1\"x,2", "\"1\",2\"\"", "\"1,2"])
    func malformed(record: String) throws {
        #expect(try Self.records("a,b\r\n\(record)\r\n") == [Record(line: 2, fields: nil)])
    }

    /// Records that cross the blocks in which the file is read.
    @Test func longRecords() throws {
        let long = String(repeating: "x", count: RegularFile.usualBlockBytes * 3 / 2)
        let records = try Self.records("a,b\r\n\(long),1\r\n2,\"\(long)\"\r\n")
        #expect(records == [Record(line: 2, fields: [long, "1"]), Record(line: 3, fields: ["2", long])])
    }

    /// A line, or a record of many lines, that no report has ends the reading instead of filling the memory.
    @Test(arguments: [17 << 20, 1 << 10]) func tooLong(lineBytes: Int) throws {
        let line = String(repeating: "x", count: lineBytes - 1) + "\n"
        let text = "a,b\r\n\"" + String(repeating: line, count: (17 << 20) / lineBytes)
        #expect(throws: FileError.self) { try Self.records(text) }
    }

    @Test(arguments: [("a,b\r\n1,2\r\n\"x\n\",3\r\n", 2), ("a,b\r\n", 0), ("", 0)])
    func recordCount(text: String, expected: Int) throws {
        try Self.withFile(text) { file in
            let count = try CSVStream.recordCount(of: file)
            #expect(count == expected)
        }
    }
}
