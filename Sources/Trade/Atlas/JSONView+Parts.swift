import JSON
import Refunds

/// The parts of Atlas's bodies.
extension JSONView {
    /// The member that must be an object; nil where it has no value.
    @_lifetime(copy self)
    package func object(_ key: JSONKey) throws(RecordFault) -> JSONView? {
        guard let value = given(key) else { return nil }
        guard value.kind == .object else { throw RecordFault(notAnObject: value, in: "\(key.name)") }
        return value
    }

    /// Calls `read` with the objects of an array, or with the one object that some of Atlas's schemas have in its place. An
    /// element that is not an object is a fault before any is read.
    @inline(__always)
    func forEachObject(
        _ key: JSONKey, _ read: (JSONView) throws(RecordFault) -> Void
    ) throws(RecordFault) {
        guard let value = given(key) else { return }
        if value.kind == .object { return try read(value) }
        var elements = value.children
        while let element = elements.next() {
            if element.kind != .object { throw Self.noList(key) }
        }
        if value.kind != .array { throw Self.noList(key) }
        elements = value.children
        while let element = elements.next() { try read(element) }
    }

    private static func noList(_ key: JSONKey) -> RecordFault {
        RecordFault(.badJSON, "\(key.name) is not a list of objects", field: "\(key.name)")
    }
}
