import CSV
import Files
import JSON
import Memory
import Refunds

/// The fields of one record by name, whether it came as CSV or as JSON.
protocol RecordFields {
    associatedtype Name

    subscript(name: Name) -> RawField { get }
}

/// A field that both CSV columns and JSON members can be looked up by.
protocol FieldName: RawRepresentable<Int>, CaseIterable, Sendable {
    /// The contract's name.
    var name: StaticString { get }
    /// The keys of all names, by raw value.
    static var keys: [JSONKey] { get }
    /// The field that holds an order number, if there is one.
    static var orderNumber: Self? { get }
}

extension FieldName {
    static var orderNumber: Self? { nil }

    /// The name, for messages.
    var title: String { "\(name)" }
}

/// A JSON object's members as a record's fields. The document was made with `Name.keys`.
struct JSONRecordFields<Name: FieldName>: RecordFields {
    private let fields: JSONFields

    init(_ object: JSONValue) { fields = object.fields }

    subscript(name: Name) -> RawField { fields[name.rawValue] }
}

/// A CSV record's fields by the columns of its file's header.
struct CSVFields<Name: FieldName>: RecordFields {
    let record: CSVRecord
    /// The column of each field; they outlive the record.
    let columns: UnsafeBufferPointer<Int?>

    @inline(__always)
    subscript(name: Name) -> RawField {
        guard let column = columns[name.rawValue] else { return .none }
        return record.rawField(column)
    }
}

extension CSVRecord {
    @inline(__always)
    func rawField(_ index: Int) -> RawField {
        let bytes = field(index)
        return bytes.isEmpty ? .none : .text(FieldText(bytes))
    }
}

/// Which column of a CSV file holds which field.
struct CSVColumns<Name: FieldName>: Sendable {
    /// By the field's raw value; nil where the file lacks it.
    let index: [Int?]
    /// How many fields every record must have.
    var count: Int { titles.count }
    /// The names of all columns.
    private let titles: [String]
    /// Columns that mean nothing to us, listed once in the run's log.
    var unknown: [String] { others.map(\.title) }
    /// The same with their places.
    private let others: [(title: String, column: Int)]

    /// Reads the header; a reason where it is unusable: a name twice, no UTF-8, no CSV.
    init(header: CSVRecord) throws(CSVHeaderFault) {
        if let fault = UTF8Fault(header.bytes) { throw CSVHeaderFault(reason: "the header: \(fault.description)") }
        guard !header.isMalformed else {
            throw CSVHeaderFault(reason: "the header has a quote that is out of place or never closed")
        }
        var index = [Int?](repeating: nil, count: Name.allCases.count)
        var seen: Set<String> = []
        var others: [(title: String, column: Int)] = []
        for column in 0..<header.fieldCount {
            guard case .text(let text) = header.rawField(column) else { continue }
            let title = text.string
            guard seen.insert(title).inserted else { throw CSVHeaderFault(reason: "the column \(title) appears twice") }
            if let name = Name.allCases.first(where: { $0.title == title }) {
                index[name.rawValue] = column
            } else {
                others.append((title, column))
            }
        }
        self.index = index
        self.others = others
        titles = (0..<header.fieldCount).map { String(decoding: header.field($0), as: UTF8.self) }
    }

    /// Columns with fields that mean nothing to this record.
    init<Other: FieldName>(amongUnknownOf columns: CSVColumns<Other>) {
        index = Name.allCases.map { name in columns.others.first { $0.title == name.title }?.column }
        others = columns.others.filter { column in !Name.allCases.contains { $0.title == column.title } }
        titles = columns.titles
    }

    /// Which column of a record is not UTF-8; nil if that cannot be said.
    func notUTF8(_ record: CSVRecord) -> RecordFault? {
        guard !record.isMalformed, record.fieldCount == count else { return nil }
        for column in 0..<count {
            guard let fault = UTF8Fault(record.field(column)) else { continue }
            let known = Name.allCases.first { index[$0.rawValue] == column }
            return RecordFault(
                .badUTF8, "column \(titles[column]): \(fault.description)", field: known.map(\.title))
        }
        return nil
    }

    func has(_ name: Name) -> Bool { index[name.rawValue] != nil }
}

/// Why a CSV header makes its file unusable.
struct CSVHeaderFault: Error {
    let reason: String
}
