import JSON
import Memory

/// A field that both CSV columns and JSON members can be looked up by.
public protocol FieldName: RawRepresentable<Int>, CaseIterable, Sendable {
    /// The name in headers and keys.
    var name: StaticString { get }
    /// The keys of all names, by raw value.
    static var keys: [JSONKey] { get }
}

extension FieldName {
    /// The name, for messages.
    public var title: String { "\(name)" }
}

/// The fields of one record by name, whether it came as CSV or as JSON.
public protocol RecordFields: ~Escapable {
    associatedtype Name: FieldName

    subscript(name: Name) -> Field { @_lifetime(copy self) get }
}

/// A JSON object's members as a record's fields. Its reader was made with `Name.keys`.
public struct JSONFieldsByName<Name: FieldName>: RecordFields, ~Escapable {
    private let members: JSONMembers

    @inline(__always)
    @_lifetime(copy object)
    public init(_ object: JSONView) { members = object.members }

    @inline(__always)
    public subscript(name: Name) -> Field { @_lifetime(copy self) get { members[name.rawValue] } }
}
