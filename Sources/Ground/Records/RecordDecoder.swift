import JSON
import Memory

/// Makes values of records. Several tasks use it at once.
public protocol RecordDecoder: Sendable {
    associatedtype Value: RecordValue
    associatedtype Failure: RecordFailure

    /// A longer record is refused.
    var recordBytes: Int { get }
    /// The name of a record in messages.
    var recordNoun: String { get }
}

extension RecordDecoder {
    public var recordBytes: Int { 1 << 20 }
    public var recordNoun: String { "record" }
}

/// Decodes records whose fields have columns.
public protocol FieldsDecoder: RecordDecoder {
    associatedtype Name: FieldName

    /// Whether the decoder reads a field at all; the column of one that it does not read is as good as unknown.
    func isRead(_ name: Name) -> Bool

    /// The columns that a file must have and lacks, by name.
    func missing(from columns: CSVColumns<Name>) -> [String]

    /// The value of a record; nil of one of another kind, which is good and not kept.
    ///
    /// - Parameter line: of the record within its block (`RecordValue.move`).
    func value(
        of fields: CSVFields<Name>, line: Int32, with tools: inout RecordTools
    ) throws(Failure) -> Value?
}

extension FieldsDecoder {
    public func isRead(_ name: Name) -> Bool { true }
}

/// Decodes records that are JSON objects, of whatever shapes.
public protocol ObjectDecoder: RecordDecoder {
    /// Names whose members are looked up at once (`JSONView.members`).
    var names: [JSONKey] { get }

    /// The value of a record; nil of one of another kind, which is good and not kept.
    ///
    /// - Parameter line: of the record within its block (`RecordValue.move`).
    func value(of object: JSONView, line: Int32, with tools: inout RecordTools) throws(Failure) -> Value?
}

extension ObjectDecoder {
    public var names: [JSONKey] { [] }
}

/// The memory with which a task decodes the records of a block.
public struct RecordTools: ~Copyable {
    /// Where texts that stay are kept.
    public let texts = TextArena()
    /// For JSON within a text of a record.
    public var inner: JSONReader

    init(names: [JSONKey]) { inner = JSONReader(names: names) }
}

/// The value of a record.
public protocol RecordValue: Sendable {
    /// Adds to its line number the lines that are before its block; nothing where it has none.
    mutating func move(byLines lines: Int32)
}

extension RecordValue {
    public mutating func move(byLines lines: Int32) {}
}
