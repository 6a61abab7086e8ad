import CSV
import Files
import Memory

/// Which column of a CSV file holds which field.
public struct CSVColumns<Name: FieldName>: Sendable {
    /// By the field's raw value; nil where the file lacks it.
    let index: [Int?]
    /// The names of all columns.
    private let titles: [String]
    /// How many fields every record must have.
    var count: Int { titles.count }
    /// The names of the columns that hold no field that is read.
    public let unknown: [String]

    /// Reads the header; the error is a reason why it is unusable: a name given twice, no UTF-8, no CSV.
    ///
    /// - Parameter isRead: whether a field is read at all.
    fileprivate init(header: CSVRow, isRead: (Name) -> Bool) throws(HeaderError) {
        if let fault = UTF8Fault(header.bytes) { throw HeaderError(reason: "the header: \(fault.description)") }
        guard !header.isMalformed else {
            throw HeaderError(reason: "the header has a quote that is out of place or never closed")
        }
        var index = [Int?](repeating: nil, count: Name.allCases.count)
        var seen: Set<String> = []
        var unknown: [String] = []
        titles = (0..<header.fieldCount).map { header.bytes(at: $0).string }
        for (column, title) in titles.enumerated() where !title.isEmpty {
            guard seen.insert(title).inserted else { throw HeaderError(reason: "the column \(title) appears twice") }
            if let name = Name.allCases.first(where: { $0.title == title }), isRead(name) {
                index[name.rawValue] = column
            } else {
                unknown.append(title)
            }
        }
        self.index = index
        self.unknown = unknown
    }

    public func has(_ name: Name) -> Bool { index[name.rawValue] != nil }

    /// Which column of a record is not UTF-8; nil if that cannot be said.
    func notUTF8(_ row: CSVRow) -> RecordError? {
        guard !row.isMalformed, row.fieldCount == count else { return nil }
        for column in 0..<count {
            guard let fault = UTF8Fault(row.bytes(at: column)) else { continue }
            let known = Name.allCases.first { index[$0.rawValue] == column }
            return RecordError(.notUTF8, "column \(titles[column]): \(fault.description)", field: known.map(\.title))
        }
        return nil
    }
}

private struct HeaderError: Error {
    let reason: String
}

/// The beginning of a CSV file, up to the end of its header.
struct CSVHeader<Name: FieldName> {
    let columns: CSVColumns<Name>
    let blankLinesBefore: Int
    /// The physical lines of the header and before it.
    let lineCount: Int32
    private let byteCount: Int

    /// Reads the header, the first line that is not blank; the blocks go on after it.
    init(of blocks: BlockSource, mostBytes: Int, isRead: (Name) -> Bool) async throws {
        let path = blocks.file.path
        let noHeader = InputError.unusable(path: path, reason: "the file has no header")
        guard var text = try await blocks.next() else { throw noHeader }
        while true {
            let next = try await blocks.next()
            do throws(HeaderError) {
                if let header = try Self(in: text.bytes, isLast: next == nil, isRead: isRead) {
                    self = header
                    if let next { blocks.putBack(next) }
                    blocks.putBack(text.dropFirst(byteCount))
                    return
                }
            } catch { throw InputError.unusable(path: path, reason: error.reason) }
            guard let next else { throw noHeader }
            if text.count > mostBytes {
                throw InputError.unusable(
                    path: path, reason: "its first \(mostBytes) bytes hold no complete header")
            }
            text = text.followed(by: next)
        }
    }

    /// nil if the header does not end within the text.
    private init?(in text: Span<UInt8>, isLast: Bool, isRead: (Name) -> Bool) throws(HeaderError) {
        var rows = CSVRows(text)
        var blankLines = 0
        while let row = rows.next() {
            guard row.isTerminated || isLast else { return nil }
            if row.isBlank {
                blankLines += 1
                continue
            }
            columns = try CSVColumns(header: row, isRead: isRead)
            blankLinesBefore = blankLines
            lineCount = row.nextLine - 1
            byteCount = row.end
            return
        }
        return nil
    }
}
